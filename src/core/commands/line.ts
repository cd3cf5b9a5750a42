import { nearest, quoted } from '../delivery/directory.ts';
import { cited, UserError } from '../errors.ts';
import type { Args, Command, CommandFacts, Verb, VerbFacts } from './command.ts';

/** Quotes may stand anywhere in a word (`source:"Web shop"`); one that is left open reaches to the end of the line. */
const wordShape = /(?:[^\s"]|"[^"]*(?:"|$))+/g;
const unquoted = (word: string): string => word.replaceAll('"', '');

/** Parts of a line as typed; double quotes hold blanks together. */
export const partsOfLine = (text: string): string[] => text.match(wordShape) ?? [];

/** The same without the quotes. */
export const wordsOfLine = (text: string): string[] => partsOfLine(text).map(unquoted);

export interface ParsedLine<Of extends CommandFacts> {
  command: Of;
  verbName: string;
  verb: Of['verbs'][string];
  args: Args;
}

/**
 * Reads "/pipeline web amplitude 24h" or "/pipeline show source:web …". The first word is a verb if it matches one, else the
 * default verb is meant. Throws a UserError that says what to type.
 */
export function parseLine<Of extends CommandFacts>(commands: readonly Of[], text: string): ParsedLine<Of> {
  const { first, second, rest } = headOf(text.trim());
  const name = first.replace(/^\//, '').toLowerCase();
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const near = nearest(
      name,
      commands.map((c) => c.name),
      1,
    );
    throw new UserError('unknown_command', `There is no command ${cited(first)}. Did you mean /${near[0]}?`, {
      suggestions: near,
    });
  }
  const verbName = Object.hasOwn(command.verbs, second) ? second : command.defaultVerb;
  const verb = command.verbs[verbName] as Of['verbs'][string];
  return { command, verbName, verb, args: argsOf(command, verb, verbName === second ? rest : `${second}${rest}`) };
}

/** The first two words as typed (a verb in quotes is none), and everything after them. */
function headOf(line: string): { first: string; second: string; rest: string } {
  const [first, second] = line.matchAll(wordShape);
  const end = second ? second.index + second[0].length : line.length;
  return { first: unquoted(first?.[0] ?? ''), second: second?.[0] ?? '', rest: line.slice(end) };
}

/** The option that takes the rest of the line as it is. */
const queryOption = ({ options }: Pick<VerbFacts, 'options'>): string | undefined =>
  Object.keys(options).find((name) => options[name]?.kind === 'query');

function argsOf(command: CommandFacts, verb: VerbFacts, text: string): Args {
  const args = queryOption(verb) === undefined ? boundOrRefused(verb, text) : withQuery(verb, text).args;
  const missing = Object.keys(verb.options).find((name) => verb.options[name]?.required && args[name] === undefined);
  if (missing) throw new UserError('bad_argument', `/${command.name} needs a ${missing}. Try ${verb.example}`);
  return args;
}

function boundOrRefused(verb: VerbFacts, text: string): Args {
  const { args, tooMany } = bind(verb, wordsOfLine(text));
  if (tooMany === undefined) return args;
  throw new UserError('bad_argument', `“${cited(tooMany)}” is one word too many. Try ${verb.example}`);
}

/** Options before a query take a word each, the query what is left. `rest` is that as it was typed, with the blanks around it. */
function withQuery(verb: VerbFacts, text: string): { args: Args; rest: string } {
  const { [queryOption(verb) ?? '']: _query, ...others } = verb.options;
  const words = [...text.matchAll(wordShape)].slice(0, Object.keys(others).length);
  const { args } = bind(
    { options: others },
    words.map(([word]) => unquoted(word)),
  );
  const last = words.at(-1);
  const rest = last ? text.slice(last.index + last[0].length) : text;
  return { args: rest.trim() === '' ? args : { ...args, [queryOption(verb) ?? '']: rest.trim() }, rest };
}

const keyed = /^([a-z]+):(.*)$/s;

/** Gives each word to the option it names (`period:24h`), or to the first one still without a value. */
function bind(verb: Pick<VerbFacts, 'options'>, words: readonly string[]): { args: Args; tooMany?: string } {
  const names = Object.keys(verb.options);
  const args: Args = {};
  for (const word of words) {
    const [, key = '', value = ''] = keyed.exec(word) ?? [];
    const isNamed = value !== '' && names.includes(key);
    const name = isNamed ? key : names.find((candidate) => args[candidate] === undefined);
    if (name === undefined) return { args, tooMany: word };
    args[name] = isNamed ? value : word;
  }
  return { args };
}

/** What is being typed at the end of a line: which option, and the part of the word so far. */
export interface Cursor<Use> {
  command: Command<Use>;
  verb: Verb<Use>;
  /** Name of the option asked for next; undefined when all are given. */
  option: string | undefined;
  /** The start of the word; empty after a blank. Of a query as typed, with its quotes. */
  typed: string;
  /** The line before that word. */
  before: string;
  /** What was given before it; of a query its text so far, with the blank at its end. */
  args: Args;
}

/** Where the cursor stands, or the start of a command's name. */
export function cursorOf<Use>(commands: readonly Command<Use>[], text: string): Cursor<Use> | { commandStart: string } {
  const line = text.trimStart();
  const last = [...line.matchAll(wordShape)].at(-1);
  // A word with a blank after it is finished.
  const word = last && last.index + last[0].length === line.length ? last[0] : '';
  const typed = unquoted(word);
  const before = line.slice(0, line.length - word.length);
  const { first, second, rest } = headOf(before);
  const command = commands.find((candidate) => `/${candidate.name}` === first.toLowerCase());
  if (!command) return { commandStart: text.trim().replace(/^\//, '') };
  const hasVerb = Object.hasOwn(command.verbs, second);
  const verb = command.verbs[hasVerb ? second : command.defaultVerb] as Verb<Use>;
  const given = hasVerb ? rest : `${second}${rest}`;
  const query = queryOption(verb);
  if (query !== undefined) {
    const { args, rest } = withQuery(verb, given);
    const missing = Object.keys(verb.options).find((name) => name !== query && args[name] === undefined);
    if (missing !== undefined) return { command, verb, option: missing, typed, before, args };
    return { command, verb, option: query, typed: word, before, args: { ...args, [query]: rest.trimStart() } };
  }
  const { args } = bind(verb, wordsOfLine(given));
  const names = Object.keys(verb.options);
  const [, key = '', start = ''] = keyed.exec(typed) ?? [];
  if (names.includes(key)) return { command, verb, option: key, typed: start, before: `${before}${key}:`, args };
  const option = names.find((name) => args[name] === undefined);
  return { command, verb, option, typed, before, args };
}

/** The line again, from its parts: what a suggestion or a link puts into the box. */
export const lineOf = (before: string, word: string): string => `${before}${quoted(word)} `;

/**
 * The line that platforms with typed options would have sent as text. Options without a value are left out; a query stands as it was
 * typed, since it is read as it stands.
 */
export function lineFrom(
  { name, verbs }: Pick<CommandFacts, 'name' | 'verbs'>,
  verb: string,
  options: Record<string, string>,
): string {
  const query = verbs[verb] && queryOption(verbs[verb]);
  const given = Object.entries(options).filter(([, value]) => value !== '');
  // Whatever came first: a query is the rest of the line.
  const inOrder = given.toSorted(([a], [b]) => Number(a === query) - Number(b === query));
  const words = inOrder.map(([option, value]) => (option === query ? value : `${option}:${quoted(value)}`));
  return [`/${name}`, verb, ...words].join(' ');
}
