import { type ConsoleOptions, createConsole } from './chat/console/adapter.ts';
import type { ConsolePerson } from './chat/console/session.ts';
import type { SlackOptions } from './chat/slack/adapter.ts';
import type { Config } from './config/env.ts';
import type { PersonRole } from './core/people/actor.ts';
import type { BuiltIn } from './core/people/person.ts';
import type { ChatAdapter, ChatListener } from './core/ports/chat.ts';
import type { Turns } from './core/ports/turns.ts';
import { type Connection, type ConnectPorts, connect, connectInTurn } from './flows/chat/connect.ts';

const TEAM = 'Pipewarden';
const channels = [
  { name: 'general', about: 'Ask about any pipeline here' },
  { name: 'data-alerts', about: 'Where alerts will be posted' },
  { name: 'sandbox', about: 'A place to try things' },
];

/** Where those are told whom no other place reaches. */
export const lastResort = { platform: 'console', team: TEAM, channel: 'general' };

/** Without a token, whoever opens the console is its owner; in the demo they may look as others do. */
const owner: ConsolePerson = { account: 'console:local', name: 'You' };
const demoPeople: (ConsolePerson & { note: PersonRole })[] = [
  { account: 'console:dana', name: 'Dana', note: 'owner' },
  { account: 'console:sam', name: 'Sam', note: 'approver' },
  { account: 'console:kim', name: 'Kim', note: 'viewer' },
];

/** Who has a role by being on this machine, or by a token that names nobody. The demo's people exist only where nobody signs in. */
export function builtInRoles({ demo, consoleTokens }: Config): BuiltIn {
  const ownerRole: BuiltIn = { [owner.account]: ['owner'] };
  if (consoleTokens) return consoleTokens.some(({ person }) => person === undefined) ? ownerRole : {};
  return demo ? Object.fromEntries(demoPeople.map(({ account, note }) => [account, [note]])) : ownerRole;
}

/** The console is always there. */
export const consoleOf = (
  { demo, consoleTokens, publicUrl }: Config,
  parts: Pick<ConsoleOptions, 'log' | 'draw' | 'clock' | 'logins' | 'sessionKey'>,
): ChatAdapter =>
  createConsole({
    ...parts,
    people: demo ? demoPeople : [owner],
    channels,
    team: TEAM,
    tokens: consoleTokens?.map(({ person, token }) => ({
      token,
      person: person ? { account: `console:${person}`, name: person } : owner,
    })),
    secure: publicUrl?.startsWith('https:'),
  });

/** The chats whose tokens are configured. Their libraries are loaded for them only: they take time and memory. */
export async function platformsOf(
  { slack, discord, publicUrl }: Config,
  parts: Omit<SlackOptions, 'config' | 'publicUrl'>,
): Promise<ChatAdapter[]> {
  const platforms: ChatAdapter[] = [];
  if (slack) {
    const { createSlack } = await import('./chat/slack/adapter.ts');
    platforms.push(createSlack({ config: slack, publicUrl, ...parts }));
  }
  if (discord) {
    const { createDiscord } = await import('./chat/discord/adapter.ts');
    platforms.push(createDiscord({ config: discord, publicUrl, ...parts }));
  }
  return platforms;
}

/** Without listeners all of them send only. */
export const connectAll = (
  platforms: readonly ChatAdapter[],
  listenerOf: ((platform: ChatAdapter) => ChatListener) | undefined,
  { turns, ...ports }: ConnectPorts & { turns: Turns | undefined },
): Connection[] =>
  platforms.map((platform) => {
    const listener = listenerOf?.(platform);
    return listener && turns && platform.oneListens
      ? connectInTurn(platform, listener, { ...ports, turns })
      : connect(platform, listener, ports);
  });
