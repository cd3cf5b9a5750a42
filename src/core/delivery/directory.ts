import { distance } from 'fastest-levenshtein';
import { groupBy } from '../collections.ts';
import { cited, UserError } from '../errors.ts';
import type { SeriesState } from '../ports/stores.ts';
import type { Pipeline, Resource } from './series.ts';
import { isVariant, type Variant } from './steps.ts';

/** A source or destination as people know it. Without a resource row, its id is its name. */
export interface Named {
  id: string;
  slug: string;
  name: string;
  url: string;
}

/** A known pipeline with its names, and the series its numbers come from. */
export interface Entry {
  pipeline: Pipeline;
  variant: Variant;
  source: Named;
  destination: Named;
  /** What its counts can be narrowed to. */
  mappings: Named[];
  audiences: Named[];
  /** Its own series and its source's. */
  series: SeriesState[];
}

/** Every pipeline that has series, in the order of workspace, source and destination. */
export function directoryOf(series: readonly SeriesState[], resources: readonly Resource[]): Entry[] {
  const byKey = new Map(resources.map((r) => [JSON.stringify([r.workspace, r.kind, r.id]), r]));
  const named = (workspace: string, kind: string, id: string): Named & { variant: string } => {
    const found = byKey.get(JSON.stringify([workspace, kind, id]));
    return { id, slug: found?.slug || id, name: found?.name || id, url: found?.url ?? '', variant: found?.variant ?? '' };
  };
  const bySource = groupBy(
    series.filter((s) => s.destination === ''),
    (s) => JSON.stringify([s.workspace, s.source]),
  );
  const byPipeline = groupBy(
    // A level may name a destination alone; that is no pipeline.
    series.filter((s) => s.source !== '' && s.destination !== ''),
    (s) => JSON.stringify([s.workspace, s.source, s.destination]),
  );
  return [...byPipeline]
    .map(([, own]): Entry => {
      const { workspace, source, destination } = own[0] as SeriesState;
      const { variant, ...names } = named(workspace, 'destination', destination);
      return {
        pipeline: { workspace, source, destination },
        // Nobody said: events that go through mappings are Segment's actions destinations.
        variant: isVariant(variant) ? variant : own.some((s) => s.mapping !== '') ? 'actions' : 'classic',
        source: pickNamed(named(workspace, 'source', source)),
        destination: names,
        mappings: distinct(own, 'mapping').map((id) => pickNamed(named(workspace, 'mapping', id))),
        audiences: distinct(own, 'audience').map((id) => pickNamed(named(workspace, 'audience', id))),
        series: [...(bySource.get(JSON.stringify([workspace, source])) ?? []).filter((s) => isOnPath(s, own)), ...own],
      };
    })
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** What happens at the source for one audience concerns the pipelines of that audience only. */
const isOnPath = (ofSource: SeriesState, own: readonly SeriesState[]): boolean =>
  ofSource.audience === '' || own.some((s) => s.audience === ofSource.audience);

const distinct = (series: readonly SeriesState[], key: 'mapping' | 'audience'): string[] =>
  [...new Set(series.map((s) => s[key]))].filter((id) => id !== '').sort();

const sortKey = ({ pipeline: p }: Entry): string => `${p.workspace}\n${p.source}\n${p.destination}`;
const pickNamed = ({ id, slug, name, url }: Named): Named => ({ id, slug, name, url });

const isNamed = (named: Named, word: string): boolean => {
  const wanted = word.toLowerCase();
  return named.id === word || named.slug.toLowerCase() === wanted || named.name.toLowerCase() === wanted;
};

/** The one mapping or audience these words name. Throws `bad_argument` with what there is. */
export function findPart(parts: readonly Named[], kind: 'mapping' | 'audience', word: string): Named {
  // An id is its own, whatever others are called.
  const byId = parts.filter(({ id }) => id === word);
  const found = byId.length > 0 ? byId : parts.filter((part) => isNamed(part, word));
  if (found.length === 1) return found[0] as Named;
  const near = nearest(
    word,
    parts.map((part) => part.name),
    3,
  );
  const hint = near.length === 0 ? `This pipeline has no ${kind}s.` : `Did you mean ${near.join(' or ')}?`;
  const which =
    found.length > 1
      ? `More than one ${kind} is called ${cited(word)}: use the id.`
      : `There is no ${kind} ${cited(word)}. ${hint}`;
  throw new UserError('bad_argument', which, { suggestions: found.length > 1 ? found.map(({ id }) => id) : near });
}

export const isSource = (entry: Entry, word: string): boolean => isNamed(entry.source, word);

export const isDestination = (entry: Entry, word: string): boolean => isNamed(entry.destination, word);

export function unknownSource(word: string, sources: readonly string[]): UserError {
  const near = nearest(word, sources, 3);
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ' No counts have arrived yet.';
  return new UserError('unknown_pipeline', `There is no source ${cited(word)}.${hint}`, { suggestions: near });
}

/** What to type for this pipeline: slugs, in quotes where they hold blanks. */
export const wordsOf = (entry: Entry): string => [entry.source.slug, entry.destination.slug].map(quoted).join(' ');
export const quoted = (word: string): string => (/[\s"]/.test(word) ? `"${word.replaceAll('"', '')}"` : word);

/**
 * The one pipeline these words name, by id, slug or name. Throws `unknown_pipeline` with the nearest names, or `ambiguous`
 * with what it could be.
 */
export function findPipeline(
  entries: readonly Entry[],
  wanted: { source: string; destination: string; workspace?: string },
): Entry {
  const found = entries.filter(
    (entry) =>
      (wanted.workspace === undefined || entry.pipeline.workspace === wanted.workspace) &&
      isNamed(entry.source, wanted.source) &&
      isNamed(entry.destination, wanted.destination),
  );
  const byIds = found.filter(({ pipeline: p }) => p.source === wanted.source && p.destination === wanted.destination);
  const [only, ...others] = byIds.length > 0 ? byIds : found;
  if (only && others.length === 0) return only;
  if (found.length > 1) {
    const listed = found.map(({ pipeline: p }) => `${p.workspace}: ${p.source} → ${p.destination}`);
    throw new UserError(
      'ambiguous',
      `More than one pipeline has these names: ${listed.join('; ')}. Name the workspace, or use the ids.`,
      {
        suggestions: listed,
      },
    );
  }
  throw unknown(entries, wanted);
}

function unknown(entries: readonly Entry[], wanted: { source: string; destination: string }): UserError {
  const near = nearest(`${wanted.source} ${wanted.destination}`, entries.map(wordsOf), 3);
  const asked = `${cited(wanted.source)} → ${cited(wanted.destination)}`;
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ' No counts have arrived yet.';
  return new UserError('unknown_pipeline', `There is no pipeline ${asked}.${hint}`, { suggestions: near });
}

/** The at most `limit` candidates most like the word, nearest first; none that is much farther from it than the nearest. */
export function nearest(word: string, candidates: readonly string[], limit: number): string[] {
  const wanted = word.toLowerCase().slice(0, 200);
  const sorted = [...new Set(candidates)]
    .map((candidate) => ({ candidate, cost: distance(wanted, candidate.toLowerCase().slice(0, 200)) }))
    .sort((a, b) => a.cost - b.cost || (a.candidate < b.candidate ? -1 : 1));
  const most = 2 * (sorted[0]?.cost ?? 0) + 1;
  return sorted
    .filter(({ cost }) => cost <= most)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}
