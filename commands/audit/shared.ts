import { withoutTimes } from '../../src/core/audit/watch-query.ts';
import { auditExportCard } from '../../src/core/cards/audit-export-card.ts';
import { auditForm } from '../../src/core/cards/audit-mistake-card.ts';
import { newer, older } from '../../src/core/cards/audit-pages.ts';
import { saveForm } from '../../src/core/cards/audit-saved-cards.ts';
import { isSpan, searchWithin } from '../../src/core/cards/audit-search-card.ts';
import { watchForm } from '../../src/core/cards/audit-watch-cards.ts';
import type { Answer, Args, Call, Verb } from '../../src/core/commands/command.ts';
import type { Use } from '../../src/flows/index.ts';
import { event, saved, search, watches, watching } from './answers.ts';
import { chosen, kept, settled } from './args.ts';

/** A verb that leads to the cards of the others: what they all do at a press. */
export const shared = (other: (call: Call<Use>) => Promise<Answer>): Pick<Verb<Use>, 'run' | 'actions' | 'asides' | 'forms'> => ({
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
  asides: {
    export: async ({ actor, args, use }) => auditExportCard(await use.exportLinks(actor, args.query ?? '')),
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
