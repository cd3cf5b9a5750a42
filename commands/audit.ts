import { QueryMistake } from '../src/core/audit/query-mistake.ts';
import { auditEventCard } from '../src/core/cards/audit-event-card.ts';
import { auditForm, auditMistakeCard, mistakeInWords } from '../src/core/cards/audit-mistake-card.ts';
import { beforeOf, newer, older, pageOf } from '../src/core/cards/audit-pages.ts';
import { askedFor, auditSearchCard, isSpan, searchWithin } from '../src/core/cards/audit-search-card.ts';
import { erasedMessage, eraseQuestion } from '../src/core/cards/erase-card.ts';
import { forwardsCard } from '../src/core/cards/forwards-card.ts';
import { verifyCard } from '../src/core/cards/verify-card.ts';
import type { Answer, Args, Call, Command, Verb } from '../src/core/commands/command.ts';
import { cited, UserError } from '../src/core/errors.ts';
import type { Use } from '../src/flows/index.ts';

/**
 * Both verbs show the same two cards. Arguments: `query` is the search as typed, `way` the pages from the newest to this one, `seq`
 * the event that is open, `filled` that the search comes from the form, once.
 */
const cards: Pick<Verb<Use>, 'run' | 'actions' | 'forms'> = {
  run: (call) => (call.args.seq === undefined ? search(call) : event(call)),
  actions: {
    open: (args, choice, choices) => ({ ...settled(args), seq: chosen(choices, choice) }),
    back: ({ seq: _seq, ...args }) => settled(args),
    query: (_, choice, choices) => ({ query: chosen(choices, choice) }),
    when: ({ query = '' }, span) => ({ query: searchWithin(query, isSpan(span) ? span : 'today') }),
    older: (args, choice, choices) => older(settled(args), chosen(choices, choice)),
    newer: (args) => newer(settled(args)),
    refresh: (args) => settled(args),
  },
  forms: {
    change: {
      open: async ({ args }) => auditForm(args.query ?? ''),
      submit: (_, { query = '' }) => ({ query: query.trim(), filled: 'yes' }),
    },
  },
};

/** What is to be sent again stands in the arguments until the card runs with it, once. */
const forwards: Verb<Use> = {
  summary: 'Where changes are sent on as webhooks, and what could not be delivered',
  example: '/audit forwards',
  options: {},
  personal: true,
  actions: { refresh: () => ({}), again: (_, name) => ({ again: name }) },
  run: async ({ actor, args, use, capabilities, act }) => {
    const done = args.again === undefined ? undefined : await use.sendAgain(actor, args.again);
    return { message: forwardsCard({ ...(await use.listForwards(actor)), ...(done ? { done } : {}), capabilities, act }) };
  },
};

/** `/audit`: what was changed today; `/audit actor:dana since:7d`: a search; `/audit show 123`: one change. */
export const audit: Command<Use> = {
  name: 'audit',
  summary: 'Who changed what, and when',
  defaultVerb: 'search',
  verbs: {
    search: {
      summary: 'Changes that match, newest first; alone, those of today',
      example: '/audit actor:dana* action:destination.* since:7d',
      options: { query: { kind: 'query', summary: 'Qualifiers and words, e.g. actor:dana since:7d', required: false } },
      ...cards,
    },
    show: {
      summary: 'One change with its before and after, and what happened around it',
      example: '/audit show 123',
      options: { seq: { kind: 'text', summary: 'The number of the change', required: true } },
      ...cards,
    },
    verify: {
      summary: 'Whether anybody changed, removed or put in anything afterwards',
      example: '/audit verify',
      options: { checkpoint: { kind: 'text', summary: 'One that was posted or kept elsewhere', required: false } },
      actions: { again: (args) => args },
      run: async ({ actor, use, args, act }) => {
        const anchors = args.checkpoint === undefined ? [] : [args.checkpoint];
        return { message: verifyCard({ ...(await use.verifyAudit(actor, anchors)), act }) };
      },
    },
    erase: {
      summary: 'Removes the details of one change for good, where the law asks for it',
      example: '/audit erase 123 asked for by the customer',
      options: { what: { kind: 'query', summary: 'Its number, and why', required: true } },
      personal: true,
      actions: { sure: (args) => ({ ...args, sure: 'yes' }) },
      run: async ({ actor, use, args, act }) => {
        const { seq, reason } = erasureOf(args.what);
        const { event } = await use.auditEvent(actor, seq);
        if (!args.sure) return { message: eraseQuestion({ event, reason, act }) };
        await use.eraseDetails(actor, { seqs: [seq], reason });
        return { message: erasedMessage(event) };
      },
    },
    forwards,
  },
};

function erasureOf(what = ''): { seq: number; reason: string } {
  const [, number, reason] = /^(\S+)\s+(.+)$/s.exec(what.trim()) ?? [];
  if (reason !== undefined) return { seq: seqOf(number), reason };
  throw new UserError(
    'bad_argument',
    'Say which change and why, e.g. /audit erase 123 asked for by the customer. The reason stays.',
  );
}

const settled = ({ filled: _filled, ...args }: Args): Args => args;

async function search({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const { query: text = '' } = args;
  const page = pageOf(args);
  try {
    const found = await use.searchAudit(actor, { text, limit: askedFor(page, capabilities), before: beforeOf(args) });
    return auditSearchCard({ ...found, text, page, capabilities, act });
  } catch (error) {
    if (!(error instanceof QueryMistake)) throw error;
    // The form stays open and says it at its field.
    if (args.filled) throw new UserError(error.code, mistakeInWords(error), { path: '/query', suggestions: error.suggestions });
    return auditMistakeCard(error, act);
  }
}

async function event({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const found = await use.auditEvent(actor, seqOf(args.seq));
  return auditEventCard({ ...found, fromSearch: args.query !== undefined || pageOf(args) > 0, capabilities, act });
}

function seqOf(text = ''): number {
  const digits = /^#?(\d{1,15})$/.exec(text.trim())?.[1];
  if (digits !== undefined) return Number(digits);
  throw new UserError('bad_argument', `“${cited(text)}” is not the number of a change. Search with /audit and open one there.`);
}

function chosen(choices: readonly string[], choice: string): string {
  const value = /^\d+$/.test(choice) ? choices[Number(choice)] : undefined;
  if (value === undefined) throw new UserError('bad_argument', 'This choice is not in the list any more. Press Refresh first.');
  return value;
}
