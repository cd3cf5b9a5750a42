import { QueryMistake } from '../src/core/audit/query-mistake.ts';
import { withoutTimes } from '../src/core/audit/watch-query.ts';
import { auditEventCard } from '../src/core/cards/audit-event-card.ts';
import { auditForm, auditMistakeCard, mistakeInWords } from '../src/core/cards/audit-mistake-card.ts';
import { beforeOf, newer, older, pageOf } from '../src/core/cards/audit-pages.ts';
import { savedCard, savedSentence, saveForm } from '../src/core/cards/audit-saved-cards.ts';
import { askedFor, auditSearchCard, isSpan, searchWithin } from '../src/core/cards/audit-search-card.ts';
import { watchCard, watchesCard, watchForm } from '../src/core/cards/audit-watch-cards.ts';
import { erasedMessage, eraseQuestion } from '../src/core/cards/erase-card.ts';
import { forwardsCard } from '../src/core/cards/forwards-card.ts';
import { verifyCard } from '../src/core/cards/verify-card.ts';
import { verifyingMessage } from '../src/core/cards/verifying-message.ts';
import type { Answer, Args, Call, Command, Verb } from '../src/core/commands/command.ts';
import { cited, UserError } from '../src/core/errors.ts';
import type { Use } from '../src/flows/index.ts';

/**
 * All verbs lead to the same cards. Arguments: `query` is the search as typed, `way` the pages from the newest to this one, `seq` the
 * event that is open, `as` that a search is shown whatever the verb, `filled` that something comes from a form, `list` which list is
 * shown. `watch` (a search), `stop` (a watch), `save`, `delete` (names) and `restore` (both) are deeds: done again, they change
 * nothing, and the next button leaves them behind.
 */
const deeds = ['filled', 'watch', 'stop', 'save', 'delete', 'restore', 'list'];
const settled = (args: Args): Args => Object.fromEntries(Object.entries(args).filter(([name]) => !deeds.includes(name)));

/** What a new search keeps of the old one's arguments. */
const kept = (args: Args): Args => Object.fromEntries(Object.entries(args).filter(([name]) => name === 'as' || name === 'name'));

const shared = (other: (call: Call<Use>) => Promise<Answer>): Pick<Verb<Use>, 'run' | 'actions' | 'forms'> => ({
  run: (call) => (cardOf(call.args) ?? other)(call),
  actions: {
    open: (args, choice, choices) => ({ ...settled(args), seq: chosen(choices, choice) }),
    back: ({ seq: _seq, ...args }) => settled(args),
    query: (args, choice, choices) => ({ ...kept(args), query: chosen(choices, choice) }),
    // A search that is called by its name stands among the choices as it is read: only there its times can be taken off.
    when: ({ query = '', ...args }, span, choices) => {
      const text = query.startsWith('@') ? (choices.at(-1) ?? '') : query;
      return { ...kept(args), query: searchWithin(text, isSpan(span) ? span : 'today') };
    },
    older: (args, choice, choices) => older(settled(args), chosen(choices, choice)),
    newer: (args) => newer(settled(args)),
    refresh: (args) => settled(args),
    list: (_, which) => ({ list: which }),
    stop: (args, choice, choices) => ({ ...settled(args), stop: chosen(choices, choice) }),
    run: (_, choice, choices) => ({ as: 'search', query: `@${chosen(choices, choice)}` }),
    delete: (_, choice, choices) => ({ list: 'saved', delete: chosen(choices, choice) }),
    restore: (_, choice, choices) => ({ list: 'saved', restore: chosen(choices, choice) }),
  },
  forms: {
    change: {
      open: async ({ args }) => auditForm(args.query ?? ''),
      submit: (args, { query = '' }) => ({ ...kept(args), query: query.trim(), filled: 'yes' }),
    },
    keep: { open: async () => saveForm(), submit: (args, { name = '' }) => ({ ...settled(args), save: name, filled: 'yes' }) },
    watch: {
      open: async ({ args }) => watchForm(withoutTimes(args.query ?? '')),
      submit: (args, { query = '' }) => ({ ...settled(args), watch: query, filled: 'yes' }),
    },
  },
});

/** What the arguments say is to be shown; undefined where it is what the verb is for. */
function cardOf({ stop, list, watch, seq, ...args }: Args): ((call: Call<Use>) => Promise<Answer>) | undefined {
  if (stop !== undefined || list === 'watches') return watches;
  if (list === 'saved') return (call) => saved(call);
  if (watch !== undefined) return (call) => watching(call, watch);
  if (seq !== undefined) return event;
  return args.save !== undefined || args.as === 'search' ? search : undefined;
}

const query = (summary: string, required = false) => ({ kind: 'query' as const, summary, required });

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
      options: { query: query('Qualifiers and words, e.g. actor:dana since:7d; @name for a saved search') },
      ...shared(search),
    },
    show: {
      summary: 'One change with its before and after, and what happened around it',
      example: '/audit show 123',
      options: { seq: { kind: 'text', summary: 'The number of the change', required: true } },
      ...shared(search),
    },
    watch: {
      summary: 'Posts what matches into this channel from now on',
      example: '/audit watch action:destination.* -actor:deploy-bot',
      options: { query: query('Qualifiers and words without times, e.g. action:destination.*', true) },
      personal: true,
      ...shared((call) => watching(call, call.args.query ?? '')),
    },
    watches: {
      summary: 'What is watched for in this channel; for owners in all, to stop it',
      example: '/audit watches',
      options: {},
      personal: true,
      ...shared(watches),
    },
    save: {
      summary: 'Keeps a search under a name for everyone who may search',
      example: '/audit save night-deploys actor:deploy-bot since:1d',
      options: {
        name: { kind: 'text', summary: 'One word, e.g. night-deploys', required: true },
        query: query('The search', true),
      },
      personal: true,
      ...shared((call) => saved(call, { name: call.args.name ?? '', text: call.args.query ?? '' })),
    },
    saved: {
      summary: 'The saved searches, to run or delete one',
      example: '/audit saved',
      options: {},
      personal: true,
      ...shared((call) => saved(call)),
    },
    verify: {
      summary: 'Whether anybody changed, removed or put in anything afterwards',
      example: '/audit verify',
      options: { checkpoint: { kind: 'text', summary: 'One that was posted or kept elsewhere', required: false } },
      actions: { again: (args) => args },
      run: async ({ actor, use, args, progress, act }) => {
        const anchors = args.checkpoint === undefined ? [] : [args.checkpoint];
        const verified = await use.verifyAudit(actor, anchors, (rows, of) => progress?.(verifyingMessage(rows, of)));
        return { message: verifyCard({ ...verified, act }) };
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

async function search(call: Call<Use>): Promise<Answer> {
  const { actor, args, use, capabilities, place, act } = call;
  const { query: asked = '' } = args;
  const page = pageOf(args);
  return pointed(call, async () => {
    const done =
      args.save === undefined ? undefined : savedSentence(await use.saveSearch(actor, { name: args.save, text: asked }));
    const found = await use.searchAudit(actor, { text: asked, limit: askedFor(page, capabilities), before: beforeOf(args) });
    const card = auditSearchCard({ ...found, page, done, canWatch: place.channel !== '', capabilities, act });
    return asked.startsWith('@') ? { ...card, choices: [...card.choices, found.text] } : card;
  });
}

/** A search that cannot be read is answered with a mark under what is wrong; a form stays open and says it at its field. */
async function pointed(
  { args, act }: Call<Use>,
  answer: () => Promise<Answer>,
  words?: { again: string; change: string },
): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof QueryMistake)) throw error;
    if (args.filled) throw new UserError(error.code, mistakeInWords(error), { path: '/query', suggestions: error.suggestions });
    return auditMistakeCard(error, act, words);
  }
}

async function event({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const found = await use.auditEvent(actor, seqOf(args.seq));
  return auditEventCard({ ...found, fromSearch: args.query !== undefined || pageOf(args) > 0, capabilities, act });
}

function watching(call: Call<Use>, text: string): Promise<Answer> {
  const { actor, place, args, use, act } = call;
  const begin = async () =>
    watchCard({ ...(await use.beginWatch(actor, place, text)), fromSearch: args.watch !== undefined, act });
  return pointed(call, begin, { again: 'Watch for', change: 'Change it' });
}

async function watches({ actor, place, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const done = args.stop === undefined ? undefined : ((await use.stopWatch(actor, place, args.stop))?.query ?? '');
  return watchesCard({
    watches: await use.listWatches(actor, place),
    done: done === undefined ? undefined : stoppedSentence(done),
    capabilities,
    act,
  });
}

const stoppedSentence = (text: string): string =>
  text === '' ? 'That watch was stopped before' : `Not watched for any more: ${cited(text)}`;

/** The list, after what was asked: to keep one, to put one back, to delete one. */
async function saved(call: Call<Use>, wish = restored(call.args)): Promise<Answer> {
  const { actor, args, use, capabilities, act } = call;
  return pointed(call, async () => {
    const done = wish && savedSentence(await use.saveSearch(actor, wish));
    const deleted = args.delete === undefined ? undefined : await use.deleteSearch(actor, args.delete);
    const gone =
      args.delete === undefined ? undefined : deleted ? `Deleted @${deleted.name}` : `@${cited(args.delete)} was deleted before`;
    const searches = await use.savedSearches(actor);
    return savedCard({ searches, done: done ?? gone, deleted, workspace: actor.workspace, capabilities, act });
  });
}

function restored({ restore }: Args): { name: string; text: string } | undefined {
  const [, name, text] = /^(\S+) (.*)$/s.exec(restore ?? '') ?? [];
  return name === undefined || text === undefined ? undefined : { name, text };
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
