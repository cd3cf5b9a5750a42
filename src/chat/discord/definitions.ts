import { isDeepStrictEqual } from 'node:util';
import type { CommandFacts, Option } from '../../core/commands/command.ts';
import { label } from './text.ts';

/** A slash command as Discord is told of it. */
export interface Definition {
  name: string;
  description: string;
  type: number;
  options: SubCommand[];
  /** In servers, and in direct messages with us. */
  contexts: number[];
  /** Installed into servers, not into one person's account. */
  integration_types: number[];
}

interface SubCommand {
  type: number;
  name: string;
  description: string;
  options: StringOption[];
}

interface StringOption {
  type: number;
  name: string;
  description: string;
  required: boolean;
  autocomplete: boolean;
}

const CHAT_INPUT = 1;
const SUB_COMMAND = 1;
const STRING = 3;
const DESCRIPTION = 100;
const MOST = 25;
const MOST_COMMANDS = 100;
/** Of names, descriptions and values of one command. */
const WEIGHT = 8_000;
const nameShape = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/**
 * Every verb is a sub-command, the default one too: a command with sub-commands cannot be sent by itself. Names are never cut; what
 * Discord would refuse is a RangeError here.
 */
export function definitionsOf(commands: readonly CommandFacts[]): Definition[] {
  atMost(commands, MOST_COMMANDS, 'commands');
  return commands.map((command) => {
    const definition = {
      name: named(command.name),
      description: label(command.summary, DESCRIPTION),
      type: CHAT_INPUT,
      options: Object.entries(command.verbs).map(([name, verb]) => subCommand(name, verb)),
      contexts: [0, 1],
      integration_types: [0],
    };
    atMost(definition.options, MOST, `verbs of /${command.name}`);
    if (weightOf(definition) > WEIGHT)
      throw new RangeError(`/${command.name} is longer than Discord takes: ${weightOf(definition)}`);
    return definition;
  });
}

function subCommand(name: string, { summary, options }: CommandFacts['verbs'][string]): SubCommand {
  const all = Object.entries(options).map(([option, facts]) => stringOption(option, facts));
  atMost(all, MOST, `options of ${name}`);
  const inOrder = [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
  return { type: SUB_COMMAND, name: named(name), description: label(summary, DESCRIPTION), options: inOrder };
}

const stringOption = (name: string, { kind, summary, required }: Option): StringOption => ({
  type: STRING,
  name: named(name),
  description: label(summary, DESCRIPTION),
  required,
  autocomplete: kind !== 'text',
});

function named(name: string): string {
  if (!nameShape.test(name) || name !== name.toLowerCase()) throw new RangeError(`Discord takes no command or option “${name}”`);
  return name;
}

function atMost(all: readonly unknown[], most: number, what: string): void {
  if (all.length > most) throw new RangeError(`Discord takes ${most} ${what}, not ${all.length}`);
}

interface Named {
  name: string;
  description: string;
  options?: readonly Named[];
}

const weightOf = ({ name, description, options = [] }: Named): number =>
  name.length + description.length + options.reduce((sum, option) => sum + weightOf(option), 0);

/** Names of what a registration would change. */
export interface Difference {
  added: string[];
  changed: string[];
  removed: string[];
}

/** What is registered, as Discord lists it, against what should be. Fields that are not ours do not count. */
export function differenceOf(registered: readonly unknown[], wanted: readonly Definition[]): Difference {
  const now = new Map(registered.map((one) => [(one as Definition).name, ours(one)]));
  return {
    added: wanted.filter(({ name }) => !now.has(name)).map(({ name }) => name),
    changed: wanted
      .filter((one) => now.has(one.name) && !isDeepStrictEqual(now.get(one.name), ours(one)))
      .map(({ name }) => name),
    removed: [...now.keys()].filter((name) => !wanted.some((one) => one.name === name)),
  };
}

export const isSame = ({ added, changed, removed }: Difference): boolean => added.length + changed.length + removed.length === 0;

/** Only what we define, with Discord's defaults where it lists nothing. */
function ours(command: unknown): unknown {
  const {
    name,
    description,
    type = CHAT_INPUT,
    options,
    contexts,
    integration_types,
    required,
    autocomplete,
  } = command as Partial<Definition & StringOption>;
  return {
    ...{ name, description, type, required: required ?? false, autocomplete: autocomplete ?? false },
    contexts: contexts ? [...contexts].sort() : null,
    integration_types: integration_types ? [...integration_types].sort() : null,
    options: (options ?? []).map(ours),
  };
}

/** See and post, files, history and threads; docs/discord.md says why each. */
export const PERMISSIONS = 309_237_763_072n;

/** Where an admin lets the bot into a server. */
export const inviteUrl = (applicationId: string): string =>
  `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${PERMISSIONS}`;
