import { parseQuery } from '../../core/audit/parse-query.ts';
import { resolved, type SavedSearch, savedName } from '../../core/audit/saved-search.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from './record.ts';
import type { AuditSearchPorts } from './search.ts';

/** More than a list can show makes none findable. */
const MOST = 200;
/** What a search without words means. */
export const TODAY = 'on:today';

/** Whose searches these are: of those who ask about one workspace, or of those who may see all of them. */
export const scopeOf = ({ workspace = '' }: Actor): string => workspace;

/** The search as it is read, with what a name in it stands for. */
export async function readNamed({ watches }: Pick<Stores, 'watches'>, actor: Actor, text: string): Promise<string> {
  return text.trimStart().startsWith('@') ? resolved(text, await watches.saved(scopeOf(actor))) : text;
}

export async function savedSearches({ database }: AuditSearchPorts, actor: Actor): Promise<SavedSearch[]> {
  authorise(actor, 'audit');
  return database.read(({ watches }) => watches.saved(scopeOf(actor)));
}

export interface Saved {
  search: SavedSearch;
  /** What had the name before and was another search. */
  replaced: SavedSearch | undefined;
}

/** Keeps a search under a name. The same one again changes nothing. Throws a QueryMistake for one that cannot be read. */
export async function saveSearch(
  { database, clock, zone }: AuditSearchPorts,
  actor: Actor,
  wish: { name: string; text: string },
): Promise<Saved> {
  authorise(actor, 'audit');
  const [name, now, scope] = [savedName(wish.name), clock.now(), scopeOf(actor)];
  return database.transaction(async (stores) => {
    const query = (await readNamed(stores, actor, wish.text)).trim() || TODAY;
    parseQuery(query, now, zone());
    const known = await stores.watches.saved(scope);
    const same = known.find((search) => search.name === name && search.query === query);
    if (same) return { search: same, replaced: undefined };
    if (known.length >= MOST && !known.some((search) => search.name === name)) {
      throw new UserError('bad_argument', `There are ${MOST} saved searches already. Delete one first: /audit saved`, {
        path: '/name',
      });
    }
    const search: SavedSearch = { name, query, by: actor.person, at: now };
    const replaced = await stores.watches.save(scope, search);
    const deed = {
      action: 'search.saved',
      resource: { kind: 'search', id: name, name: `search @${name}` },
      outcome: 'done',
      ...(replaced ? { before: { query: replaced.query } } : {}),
      after: { query },
    } as const;
    await record(stores, actor, deed, now);
    return { search, replaced };
  });
}

/** The search that was deleted; undefined if there is none of that name any more. */
export async function deleteSearch(
  { database, clock }: AuditSearchPorts,
  actor: Actor,
  name: string,
): Promise<SavedSearch | undefined> {
  authorise(actor, 'audit');
  return database.transaction(async (stores) => {
    const gone = await stores.watches.forget(scopeOf(actor), savedName(name));
    if (!gone) return undefined;
    const resource = { kind: 'search', id: gone.name, name: `search @${gone.name}` };
    const deed = { action: 'search.deleted', resource, outcome: 'done', before: { query: gone.query } } as const;
    await record(stores, actor, deed, clock.now());
    return gone;
  });
}
