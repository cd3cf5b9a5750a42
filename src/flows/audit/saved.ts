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

const ALL = '';

/** Where searches are kept that are saved here: for those who ask about one workspace, or for all of them. */
const scopeOf = ({ workspace = ALL }: Actor): string => workspace;

/**
 * The searches that can be run here, by name. Where one workspace is meant: its own, and those for all workspaces, but for those whose
 * name it has given to another search, and those about another workspace.
 */
export async function searchesFor({ watches }: Pick<Stores, 'watches'>, actor: Actor, now: Date): Promise<SavedSearch[]> {
  const own = await watches.saved(scopeOf(actor));
  const { workspace } = actor;
  if (workspace === undefined) return own;
  const taken = new Set(own.map(({ name }) => name));
  const others = (await watches.saved(ALL)).filter(({ name, query }) => !taken.has(name) && isAbout(query, workspace, now));
  return [...own, ...others.map((search) => ({ ...search, forAll: true }))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isAbout(query: string, workspace: string, now: Date): boolean {
  const { terms } = parseQuery(query, now);
  const named = terms.filter(({ field, negated }) => field === 'workspace' && !negated);
  return named.every(({ pattern }) => pattern.includes('*') || pattern.toLowerCase() === workspace.toLowerCase());
}

/** The search as it is read, with what a name in it stands for. */
export async function readNamed(stores: Pick<Stores, 'watches'>, actor: Actor, text: string, now: Date): Promise<string> {
  return text.trimStart().startsWith('@') ? resolved(text, await searchesFor(stores, actor, now)) : text;
}

export async function savedSearches({ database, clock }: AuditSearchPorts, actor: Actor): Promise<SavedSearch[]> {
  authorise(actor, 'audit');
  return database.read((stores) => searchesFor(stores, actor, clock.now()));
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
    const query = (await readNamed(stores, actor, wish.text, now)).trim() || TODAY;
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
    if (!gone) {
      // It would stay in the list: say where it is kept.
      if ((await searchesFor(stores, actor, clock.now())).some((search) => search.name === savedName(name))) {
        throw new UserError(
          'bad_argument',
          `@${savedName(name)} is kept for all workspaces. Delete it in a channel that is about all of them.`,
        );
      }
      return undefined;
    }
    const resource = { kind: 'search', id: gone.name, name: `search @${gone.name}` };
    const deed = { action: 'search.deleted', resource, outcome: 'done', before: { query: gone.query } } as const;
    await record(stores, actor, deed, clock.now());
    return gone;
  });
}
