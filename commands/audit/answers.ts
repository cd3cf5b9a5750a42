import { QueryMistake } from '../../src/core/audit/query-mistake.ts';
import { auditEventCard } from '../../src/core/cards/audit-event-card.ts';
import { auditExportCard } from '../../src/core/cards/audit-export-card.ts';
import { auditMistakeCard, mistakeInWords } from '../../src/core/cards/audit-mistake-card.ts';
import { beginningOf, pageOf } from '../../src/core/cards/audit-pages.ts';
import { savedCard, savedSentence } from '../../src/core/cards/audit-saved-cards.ts';
import { askedFor, auditSearchCard } from '../../src/core/cards/audit-search-card.ts';
import { watchCard, watchesCard } from '../../src/core/cards/audit-watch-cards.ts';
import type { Answer, Call } from '../../src/core/commands/command.ts';
import { cited, UserError } from '../../src/core/errors.ts';
import type { Use } from '../../src/flows/index.ts';
import { restored, seqOf } from './args.ts';

export async function search(call: Call<Use>): Promise<Answer> {
  const { actor, args, use, capabilities, place, act } = call;
  const { query: asked = '' } = args;
  const [page, before] = [pageOf(args), beginningOf(args)];
  return pointed(call, async () => {
    const done =
      args.save === undefined ? undefined : savedSentence(await use.saveSearch(actor, { name: args.save, text: asked }));
    const found = await use.searchAudit(actor, { text: asked, limit: askedFor(page, capabilities), before });
    const card = auditSearchCard({
      ...found,
      page,
      rowsBefore: before?.rows ?? 0,
      done,
      canWatch: place.channel !== '',
      capabilities,
      act,
    });
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

export async function event({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const found = await use.auditEvent(actor, seqOf(args.seq));
  return auditEventCard({ ...found, fromSearch: args.query !== undefined || pageOf(args) > 0, capabilities, act });
}

export function watching(call: Call<Use>, text: string): Promise<Answer> {
  const { actor, place, args, use, act } = call;
  const begin = async () =>
    watchCard({ ...(await use.beginWatch(actor, place, text)), fromSearch: args.watch !== undefined, act });
  return pointed(call, begin, { again: 'Watch for', change: 'Change it' });
}

export async function watches({ actor, place, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
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
export async function saved(call: Call<Use>, wish = restored(call.args)): Promise<Answer> {
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

/** Links to what the search finds, as files. */
export const exporting = (call: Call<Use>): Promise<Answer> =>
  pointed(
    call,
    async () => {
      const links = await call.use.exportLinks(call.actor, call.args.query ?? '');
      return { message: auditExportCard({ ...links, act: call.act }) };
    },
    { again: 'Export', change: 'Change it' },
  );
