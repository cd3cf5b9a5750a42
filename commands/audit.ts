import { erasedMessage, eraseQuestion } from '../src/core/cards/erase-card.ts';
import { forwardsCard } from '../src/core/cards/forwards-card.ts';
import { verifyCard } from '../src/core/cards/verify-card.ts';
import { verifyingMessage } from '../src/core/cards/verifying-message.ts';
import type { Command, Verb } from '../src/core/commands/command.ts';
import type { Use } from '../src/flows/index.ts';
import { exporting, saved, search, watches, watching } from './audit/answers.ts';
import { erasureOf } from './audit/args.ts';
import { shared } from './audit/shared.ts';

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
    export: {
      summary: 'Links to download what a search finds, as CSV or JSON Lines; alone, the changes of today',
      example: '/audit export since:30d',
      options: { query: query('Qualifiers and words, e.g. actor:dana since:7d; @name for a saved search') },
      personal: true,
      ...shared(exporting),
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
