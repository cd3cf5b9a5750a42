import { nearest, quoted } from '../delivery/directory.ts';
import { cited, UserError } from '../errors.ts';
import type { Args, Command, CommandFacts, Verb } from './command.ts';

/** Quotes may stand anywhere in a word (`source:"Web shop"`); one that is left open reaches to the end of the line. */
const wordShape = /(?:[^\s"]|"[^"]*(?:"|$))+/g;
const unquoted = (word: string): string => word.replaceAll('"', '');

/** Words of a line; double quotes hold blanks together. */
export const wordsOfLine = (text: string): string[] => (text.match(wordShape) ?? []).map(unquoted);

export interface ParsedLine<Use> {
  command: Command<Use>;
  verbName: string;
  verb: Verb<Use>;
  args: Args;
}

/**
 * Reads "/pipeline web amplitude 24h" or "/pipeline show source:web …". The first word is a verb if it matches one, else the
 * default verb is meant. Throws a UserError that says what to type.
 */
export function parseLine<Use>(commands: readonly Command<Use>[], text: string): ParsedLine<Use> {
  const [first = '', ...rest] = wordsOfLine(text.trim());
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
  const named = rest[0] !== undefined && Object.hasOwn(command.verbs, rest[0]);
  const verbName = named ? (rest[0] as string) : command.defaultVerb;
  const verb = command.verbs[verbName] as Verb<Use>;
  return { command, verbName, verb, args: argsOf(command, verb, named ? rest.slice(1) : rest) };
}

function argsOf<Use>(command: Command<Use>, verb: Verb<Use>, words: readonly string[]): Args {
  const { args, tooMany } = bind(verb, words);
  if (tooMany !== undefined) {
    throw new UserError('bad_argument', `“${cited(tooMany)}” is one word too many. Try ${verb.example}`);
  }
  const missing = Object.keys(verb.options).find((name) => verb.options[name]?.required && args[name] === undefined);
  if (missing) throw new UserError('bad_argument', `/${command.name} needs a ${missing}. Try ${verb.example}`);
  return args;
}

const keyed = /^([a-z]+):(.*)$/s;

/** Gives each word to the option it names (`period:24h`), or to the first one still without a value. */
function bind<Use>(verb: Verb<Use>, words: readonly string[]): { args: Args; tooMany?: string } {
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
  /** The start of the word; empty after a blank. */
  typed: string;
  /** The line before that word. */
  before: string;
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
  const [first, ...rest] = wordsOfLine(before);
  const command = commands.find((candidate) => `/${candidate.name}` === first?.toLowerCase());
  if (!first || !command) return { commandStart: text.trim().replace(/^\//, '') };
  const hasVerb = rest[0] !== undefined && Object.hasOwn(command.verbs, rest[0]);
  const verb = command.verbs[hasVerb ? (rest[0] as string) : command.defaultVerb] as Verb<Use>;
  const { args } = bind(verb, hasVerb ? rest.slice(1) : rest);
  const names = Object.keys(verb.options);
  const [, key = '', start = ''] = keyed.exec(typed) ?? [];
  if (names.includes(key)) return { command, verb, option: key, typed: start, before: `${before}${key}:`, args };
  const option = names.find((name) => args[name] === undefined);
  return { command, verb, option, typed, before, args };
}

/** The line again, from its parts: what a suggestion or a link puts into the box. */
export const lineOf = (before: string, word: string): string => `${before}${quoted(word)} `;

/** The line that platforms with typed options would have sent as text. Options without a value are left out. */
export function lineFrom({ name }: Pick<CommandFacts, 'name'>, verb: string, options: Record<string, string>): string {
  const given = Object.entries(options).filter(([, value]) => value !== '');
  return [`/${name}`, verb, ...given.map(([option, value]) => `${option}:${quoted(value)}`)].join(' ');
}
