import { continuations } from '../../core/audit/continuations.ts';
import type { Args, OptionKind } from '../../core/commands/command.ts';
import { cursorOf, lineOf } from '../../core/commands/line.ts';
import { type Entry, isDestination, isSource } from '../../core/delivery/directory.ts';
import { periods } from '../../core/delivery/period.ts';
import { type Actor, may } from '../../core/people/actor.ts';
import type { Suggestion } from '../../core/ports/chat.ts';
import type { Database } from '../../core/ports/stores.ts';
import { searchesFor } from '../audit/saved.ts';
import { entriesFor } from '../delivery/selection.ts';
import type { ChatPorts } from './ports.ts';

/** Discord's limit, the smallest of the platforms. */
const MOST = 25;

interface Candidate {
  word: string;
  label: string;
  hint: string;
}

/** What could stand at the end of the line typed so far: commands, then verbs and the names of sources, destinations, periods. */
export async function complete(
  ports: Pick<ChatPorts, 'database' | 'clock' | 'commands'>,
  call: { actor: Actor; text: string },
): Promise<Suggestion[]> {
  const cursor = cursorOf(ports.commands, call.text);
  if ('commandStart' in cursor) {
    return ports.commands
      .filter((command) => command.name.startsWith(cursor.commandStart.toLowerCase()))
      .map(({ name, summary }) => ({ text: `/${name} `, value: name, label: `/${name}`, hint: summary }));
  }
  const kind = cursor.option === undefined ? undefined : cursor.verb.options[cursor.option]?.kind;
  if (!kind) return [];
  if (kind === 'query') {
    const query = cursor.args[cursor.option ?? ''] ?? '';
    const names = query === '' && may(call.actor, 'audit') ? await savedNames(ports, call.actor, cursor) : [];
    return [...queryWords(cursor, query), ...names].slice(0, MOST);
  }
  const candidates = await candidatesFor(ports.database, call.actor, kind, cursor.args);
  return candidates
    .filter((candidate) => matches(candidate, cursor.typed))
    .slice(0, MOST)
    .map(({ word, label, hint }) => ({ text: lineOf(cursor.before, word), value: word, label, hint }));
}

async function candidatesFor(
  database: Database,
  actor: Actor,
  kind: Exclude<OptionKind, 'query'>,
  args: Args,
): Promise<Candidate[]> {
  if (kind === 'period') return Object.entries(periods).map(([word, { label }]) => ({ word, label: word, hint: label }));
  if (kind === 'text') return [];
  if (kind === 'metric') return ['percent', 'counts'].map((word) => ({ word, label: word, hint: '' }));
  const entries = await database.read((stores) => entriesFor(stores, actor));
  if (kind === 'workspace') {
    return [...new Set(entries.map((entry) => entry.pipeline.workspace))].map((word) => ({ word, label: word, hint: '' }));
  }
  if (kind === 'mapping' || kind === 'audience') return partCandidates(entries, kind, args);
  return nameCandidates(entries, kind, args.source);
}

/** What may come next in a search. The value is the whole search: platforms with typed options put it in its place. */
function queryWords({ before, typed }: { before: string; typed: string }, query: string): Suggestion[] {
  return continuations(typed)
    .slice(0, MOST)
    .map(({ word, hint }) => ({ text: `${before}${word}`, value: `${query}${word}`, label: word, hint }));
}

/** Saved searches stand at the beginning of a search, by their name. */
async function savedNames(
  { database, clock }: Pick<ChatPorts, 'database' | 'clock'>,
  actor: Actor,
  { before, typed }: { before: string; typed: string },
): Promise<Suggestion[]> {
  if (typed !== '' && !typed.startsWith('@')) return [];
  const saved = await database.read((stores) => searchesFor(stores, actor, clock.now()));
  return saved
    .map(({ name, query }) => ({ value: `@${name}`, hint: query }))
    .filter(({ value }) => value.startsWith(typed.toLowerCase()))
    .map(({ value, hint }) => ({ text: `${before}${value} `, value, label: value, hint }));
}

const matches = (candidate: Candidate, typed: string): boolean => {
  const start = typed.toLowerCase();
  return candidate.word.toLowerCase().includes(start) || candidate.hint.toLowerCase().includes(start);
};

/** Mappings or audiences of the pipeline already typed. */
function partCandidates(entries: readonly Entry[], kind: 'mapping' | 'audience', { source, destination }: Args): Candidate[] {
  const fitting = entries.filter(
    (entry) => source !== undefined && isSource(entry, source) && destination !== undefined && isDestination(entry, destination),
  );
  return fitting
    .flatMap((entry) => entry[`${kind}s`])
    .map(({ slug, name }) => ({ word: slug, label: slug, hint: name === slug ? '' : name }));
}

/** Sources, or the destinations of the source already typed. */
function nameCandidates(entries: readonly Entry[], kind: 'source' | 'destination', source: string | undefined): Candidate[] {
  const fitting = kind === 'source' || source === undefined ? entries : entries.filter((entry) => isSource(entry, source));
  const byId = new Map(fitting.map((entry) => [`${entry.pipeline.workspace} ${entry[kind].id}`, entry[kind]]));
  return [...byId.values()].map((named) => ({
    word: named.slug,
    label: named.slug,
    hint: named.name === named.slug ? '' : named.name,
  }));
}
