import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { until } from '../wait.ts';
import { may } from './access.ts';
import { createSigner, deliverByHttp, postSigned } from './drive/http.ts';
import { createPerson } from './drive/person.ts';
import { createGateway } from './gateway.ts';
import type { FakeDiscord, FakeDiscordOptions, Person } from './interface.ts';
import { channelJson, guildJson } from './payloads.ts';
import { commandRoutes } from './routes/commands.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { messageRoutes } from './routes/messages.ts';
import { readRoutes } from './routes/reads.ts';
import { threadRoutes } from './routes/threads.ts';
import { createApi } from './server.ts';
import { createTroubles } from './trouble.ts';
import type { Interaction, Request } from './types.ts';
import * as worlds from './world.ts';

export { type Control, controlsOf, describeMessage } from './describe.ts';
export { describeModal } from './drive/form.ts';
export type * from './interface.ts';
export type { Json } from './json.ts';
export type { PermissionName } from './permissions.ts';
export type * from './types.ts';

/** A Discord of one's own on 127.0.0.1: REST, gateway and people, as strict as the real one where our limits are concerned. */
export async function createFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const world = worlds.createWorld(options);
  const signer = createSigner();
  world.publicKey = signer.publicKey;
  const troubles = createTroubles();
  const people = new Map<string, Person>();
  const server = createApi(
    world,
    [
      ...readRoutes(() => ({ url: gateway.url(), remaining: Math.max(0, gateway.sessionStarts - gateway.identifies.length) })),
      ...commandRoutes,
      ...messageRoutes,
      ...threadRoutes,
      ...interactionRoutes,
    ],
    troubles,
  );
  const gateway = createGateway(world, server, options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const deliver = (live: worlds.Live): void => {
    if (fake.interactionsUrl) void deliverByHttp(world, signer, fake.interactionsUrl, live);
    else if (gateway.sessions() === 0) {
      live.error = 'no_socket';
      live.settle();
    } else world.emit('INTERACTION_CREATE', live.payload);
  };
  const person = (nameOrId: string): Person => {
    const { id } = worlds.findUser(world, nameOrId);
    const known = people.get(id) ?? createPerson(world, id, deliver);
    people.set(id, known);
    return known;
  };
  const endpoint = (): string => {
    if (!fake.interactionsUrl) throw new Error('no interactionsUrl is set');
    return fake.interactionsUrl;
  };
  const seenBy = (user: string, name: string) => {
    const channel = worlds.findChannel(world, name);
    const { id } = worlds.findUser(world, user);
    if (!may(world, id, channel, 'VIEW_CHANNEL')) return [];
    return channel.all.filter((message) => !message.deleted && (!message.only || message.only === id));
  };

  const fake: FakeDiscord = {
    apiUrl: `${world.url}/api`,
    url: world.url,
    token: world.token,
    publicKey: signer.publicKey,
    applicationId: world.applicationId,
    botId: world.botId,
    interactionsUrl: options.interactionsUrl,
    log: world.log,
    requests: (route) =>
      world.log.filter((one): one is Request => one.kind === 'request' && (route === undefined || one.route === route)),
    interactions: (type) =>
      world.log.filter((one): one is Interaction => one.kind === 'interaction' && (type === undefined || one.type === type)),
    problems: world.problems,
    identifies: gateway.identifies,
    resumes: gateway.resumes,
    get heartbeats() {
      return gateway.heartbeats;
    },

    channel: (name) => worlds.findChannel(world, name),
    seenBy,
    lastSeenBy(user, channel) {
      const last = seenBy(user, channel).at(-1);
      if (!last) throw new Error(`${user} sees nothing in ${channel}`);
      return last;
    },
    message: (id) => world.messages.get(id),
    threadOf: (message) => worlds.findChannel(world, message.threadId ?? 'thread of a message without one'),
    guild: (name) => worlds.findGuild(world, name),
    commands: (guild) => world.commands.get(guild === undefined ? 'global' : worlds.findGuild(world, guild).id) ?? [],

    user: person,
    addUser: (seed) => person(worlds.addUser(world, seed).id),
    addGuild(seed) {
      const guild = worlds.addGuild(world, seed);
      world.emit('GUILD_CREATE', guildJson(world, guild));
      return guild;
    },
    addChannel(seed, guild) {
      const channel = worlds.addChannel(world, worlds.findGuild(world, guild), seed);
      world.emit('CHANNEL_CREATE', channelJson(world, channel));
      return channel;
    },
    setMissing(name, missing) {
      const channel = worlds.findChannel(world, name);
      worlds.denyBot(world, channel, missing);
      world.emit('CHANNEL_UPDATE', channelJson(world, channel));
    },
    setRoles(user, roles, name) {
      const guild = worlds.findGuild(world, name);
      const member = guild.members.get(worlds.findUser(world, user).id);
      if (!member) throw new Error(`${user} is not in ${guild.name}`);
      member.roleIds = roles.map((role) => worlds.findRole(guild, role));
    },

    guildDelete(name) {
      const guild = worlds.findGuild(world, name);
      guild.joined = false;
      world.emit('GUILD_DELETE', { id: guild.id });
    },
    guildCreate(name) {
      const guild = worlds.findGuild(world, name);
      Object.assign(guild, { joined: true, unavailable: false });
      world.emit('GUILD_CREATE', guildJson(world, guild));
    },
    guildUnavailable(name) {
      const guild = worlds.findGuild(world, name);
      guild.unavailable = true;
      world.emit('GUILD_DELETE', { id: guild.id, unavailable: true });
    },
    channelDelete(name) {
      const channel = worlds.findChannel(world, name);
      channel.deleted = true;
      world.emit(channel.kind === 'thread' ? 'THREAD_DELETE' : 'CHANNEL_DELETE', channelJson(world, channel));
    },
    messageDelete(message) {
      message.deleted = true;
    },
    archiveThread(name, how) {
      const thread = worlds.findChannel(world, name);
      Object.assign(thread, { archived: true, locked: how?.locked ?? thread.locked });
      world.emit('THREAD_UPDATE', channelJson(world, thread));
    },
    revokeToken() {
      world.tokenValid = false;
      gateway.closeSockets(4004);
    },
    restoreToken() {
      world.tokenValid = true;
    },
    expireTokens() {
      for (const live of world.live.values()) Object.assign(live, { dead: true, expired: true });
    },

    fail: troubles.fail,
    hold: troubles.hold,
    heal: troubles.heal,
    limits: world.limits,
    strict: world.strict,

    async connected(sessions = 1) {
      await until(`${sessions} sessions are ready`, () => gateway.ready() >= sessions);
    },
    sockets: gateway.sockets,
    dispatch: world.emit,
    reconnectSockets: gateway.reconnectSockets,
    invalidateSessions: gateway.invalidateSessions,
    closeSockets: gateway.closeSockets,
    refuseSockets(refuse = true) {
      gateway.refuses = refuse;
    },
    ignoreHeartbeats(ignore = true) {
      gateway.ignoresHeartbeats = ignore;
    },

    ping: (forgery) => postSigned(world, signer, endpoint(), pingPayload(world), forgery),
    post: (payload, forgery) => postSigned(world, signer, endpoint(), payload, forgery),

    async close() {
      troubles.heal();
      gateway.close();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

const pingPayload = (world: worlds.World) => ({
  id: world.newId(),
  application_id: world.applicationId,
  type: 1,
  token: 'ping',
  version: 1,
});
