import { randomBytes } from 'node:crypto';
import { permissionsIn } from './access.ts';
import type { Json } from './json.ts';
import { channelJson, memberJson, userJson } from './payloads.ts';
import type { FakeChannel, FakeMessage, Interaction } from './types.ts';
import { findUser, type Live, type World } from './world.ts';

const types: Record<Interaction['type'], number> = { ping: 1, command: 2, component: 3, autocomplete: 4, modal: 5 };

/** The fields every interaction has, with all the ones discord.js reads. */
function payload(world: World, live: Pick<Live, 'id' | 'token' | 'type' | 'userId'>, channel: FakeChannel, data: Json): Json {
  const user = findUser(world, live.userId);
  const guild = world.guilds.get(channel.guildId ?? '');
  const member = guild?.members.get(user.id);
  const permissions = String(permissionsIn(world, user.id, channel));
  return {
    id: live.id,
    application_id: world.applicationId,
    type: types[live.type],
    token: live.token,
    version: 1,
    data,
    channel_id: channel.id,
    channel: { ...channelJson(world, channel), permissions },
    ...(guild && member
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: { ...memberJson(world, member), permissions },
        }
      : { user: userJson(user) }),
    app_permissions: String(permissionsIn(world, world.botId, channel)),
    locale: user.locale,
    entitlements: [],
    authorizing_integration_owners: { 0: guild?.id ?? '0' },
    context: guild ? 0 : 1,
    attachment_size_limit: guild?.attachmentLimit ?? 10 * 1024 * 1024,
  };
}

export interface Begun {
  type: Interaction['type'];
  userId: string;
  channel: FakeChannel;
  data: Json;
  source?: FakeMessage;
  /** Further fields of the payload. */
  extra?: Json;
}

/** An interaction from the moment the user acts; nothing is delivered yet. */
export function beginInteraction(world: World, begun: Begun): { live: Live; settled: Promise<void> } {
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const waiting = new Set<() => void>();
  const id = world.newId();
  const token = `aW50ZXJhY3Rpb24.${randomBytes(24).toString('hex')}`;
  const { source } = begun;
  const editsBefore = source?.edits.length ?? 0;
  const live: Live = {
    kind: 'interaction',
    id,
    token,
    type: begun.type,
    at: world.now(),
    userId: begun.userId,
    channelId: begun.channel.id,
    payload: {},
    acked: false,
    ackMs: 0,
    followUps: [],
    choices: [],
    startedAt: Date.now(),
    dead: false,
    expired: false,
    ...(source ? { source } : {}),
    settle,
    changed: () => {
      for (const look of waiting) look();
    },
    answer: () =>
      new Promise<FakeMessage>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(`${begun.type} ${id} got no answer (callback ${live.callbackType ?? 'none'}, ${live.error ?? 'no error'})`),
          );
        }, 10_000);
        const look = () => {
          const found = answerOf(live, editsBefore);
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
  live.payload = { ...payload(world, live, begun.channel, begun.data), ...begun.extra };
  world.live.set(token, live);
  world.log.push(live);
  return { live, settled };
}

function answerOf(live: Live, editsBefore: number): FakeMessage | undefined {
  const { original, source } = live;
  if (!live.acked) return undefined;
  if (original && original !== source) return original.loading ? undefined : original;
  if (source && source.edits.length > editsBefore) return source;
  return live.followUps[0];
}
