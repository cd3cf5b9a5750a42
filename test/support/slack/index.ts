import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from './api.ts';
import { createCourier, type Route } from './deliver.ts';
import { createEvents } from './events.ts';
import type { FakeSlack, Person } from './interface.ts';
import type { Json } from './json.ts';
import { processFile } from './methods/files.ts';
import { createPerson } from './person.ts';
import { createLimiter } from './rates.ts';
import { createSockets } from './socket.ts';
import { createTroubles } from './trouble.ts';
import type { FakeChannel, FakeFile, FakeMessage, FakeSlackOptions } from './types.ts';
import { addChannel, addUser, createWorld, findMessage, maySee, type World } from './world.ts';

export { type Control, controlsOf } from './controls.ts';
export { sign } from './deliver.ts';
export { describeMessage, describeView } from './describe.ts';
export type * from './interface.ts';
export type * from './types.ts';

function channelOf(world: World, id: string): FakeChannel {
  const found = id.startsWith('#') ? [...world.channels.values()].find((one) => `#${one.name}` === id) : world.channels.get(id);
  if (!found) throw new Error(`no channel ${id}`);
  return found;
}

function seenBy(world: World, user: string, id: string): FakeMessage[] {
  const channel = channelOf(world, id);
  if (!maySee(world, user, channel)) return [];
  return channel.all.filter((message) => !message.deleted && (!message.only || message.only === user));
}

/**
 * A Slack on 127.0.0.1: strict, with a memory, and with hands to drive an app as its users would.
 *
 *     const fake = await createFakeSlack({ users: [{ id: 'U1' }], channels: [{ id: 'C1', members: ['bot', 'U1'] }] });
 *     fake.requestUrl = `${app.url}/slack/events`; // the app is given fake.apiUrl, fake.botToken and fake.signingSecret
 *     await fake.user('U1').command('C1', '/pipeline web');
 *     await until('the card', () => fake.seenBy('U1', 'C1').length > 0); // a delivery resolves with its ack, not with what follows
 *     await fake.user('U1').press(fake.lastSeenBy('U1', 'C1'), 'Open');
 *     expect(fake.problems).toEqual([]);
 */
export async function createFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const world = createWorld(options);
  const troubles = createTroubles();
  const handle = createApi(world, createLimiter(world), troubles);
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      world.problems.push(`the fake itself: ${error instanceof Error ? error.stack : error}`);
      response.writeHead(500).end();
    });
  });
  const sockets = createSockets(world, server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const route: Route = {
    delivery: options.delivery ?? 'http',
    requestUrl: options.requestUrl,
    signingSecret: options.signingSecret ?? 'fake-signing-secret',
    withinMs: options.ackWithinMs ?? 3000,
  };
  const courier = createCourier(world, sockets, route);
  const people = new Map<string, Person>();

  const events = createEvents(world, courier, options.events);

  function user(id: string): Person {
    const known = world.users.get(id);
    if (!known) throw new Error(`no user ${id}`);
    const commands = options.commands ? { commands: options.commands } : {};
    const person = people.get(id) ?? createPerson({ world, courier, event: events.tell, ...commands }, known);
    people.set(id, person);
    return person;
  }

  return {
    apiUrl: `${world.url}/api/`,
    url: world.url,
    botToken: world.botToken,
    appToken: world.appToken,
    signingSecret: route.signingSecret,
    team: world.team,
    app: world.app,
    log: world.log,
    problems: world.problems,
    files: world.files,
    rates: world.rates,
    get requestUrl() {
      return route.requestUrl;
    },
    set requestUrl(url) {
      route.requestUrl = url;
    },
    get delivery() {
      return route.delivery;
    },
    set delivery(way) {
      route.delivery = way;
    },
    requests: (method) => world.log.filter((one) => one.kind === 'request').filter((one) => !method || one.method === method),
    deliveries: (type) => world.log.filter((one) => one.kind === 'delivery').filter((one) => !type || one.type === type),

    channel: (id) => channelOf(world, id),
    thread: (channel, ts) => channelOf(world, channel).messages.filter((message) => message.ts === ts || message.threadTs === ts),
    seenBy: (who, channel) => seenBy(world, who, channel),
    lastSeenBy(who, channel) {
      const last = seenBy(world, who, channel).at(-1);
      if (!last) throw new Error(`${who} sees nothing in ${channel}`);
      return last;
    },
    message: (channel, ts) => findMessage(world, channel, ts),
    file: (id) => world.files.get(id),

    user,
    addUser: (seed) => user(addUser(world, seed).id),
    addChannel: (seed) => addChannel(world, seed),
    addFile(seed) {
      const blank = { name: 'file.png', title: 'file.png', altText: '', length: seed.bytes?.length ?? 0, completed: true };
      const file: FakeFile = { ...blank, processed: false, polls: 0, mimetype: '', channels: [], ...seed };
      processFile(file);
      world.files.set(file.id, file);
      return file;
    },
    changeUser(id, change) {
      Object.assign(world.users.get(id) ?? {}, change);
    },
    group(id) {
      const group = world.groups.get(id);
      if (!group) throw new Error(`no group ${id}`);
      return group;
    },

    event: (event, fields) => events.tell(event, fields),
    interaction: (payload) => courier.send('interactive', payload),
    replay: (delivery, forgery = {}) => courier.replay(delivery, forgery),
    async verifyUrl() {
      const delivery = await courier.send('events_api', { token: 'legacy', challenge: 'a-challenge', type: 'url_verification' });
      const answer = typeof delivery.ackBody === 'object' ? (delivery.ackBody as Json | null)?.challenge : delivery.ackBody;
      if (delivery.acked && answer !== 'a-challenge') world.problems.push('the challenge is not answered');
      return delivery;
    },
    archive: (channel) => events.archive(channelOf(world, channel)),
    unarchive(channel) {
      channelOf(world, channel).archived = false;
    },
    rename: (channel, name) => events.rename(channelOf(world, channel), name),
    kick: (channel) => events.kick(channelOf(world, channel)),
    uninstall: () => events.uninstall(),
    revokeToken() {
      world.tokenState = 'token_revoked';
    },
    restoreToken() {
      world.tokenState = 'active';
    },
    setScopes(scopes) {
      world.scopes = new Set(scopes);
    },

    fail: (method, fault) => troubles.fail(method, fault),
    hold: (method) => troubles.hold(method),
    heal: () => troubles.heal(),
    processFiles() {
      for (const file of world.files.values()) if (file.completed) processFile(file);
    },

    connected: (count = 1) => sockets.connected(count),
    sockets: () => sockets.count(),
    recycleSockets: (reason = 'refresh_requested') => sockets.recycle(reason),
    closeSockets: (code) => sockets.end(code),
    pingSockets: () => sockets.ping(),
    refuseSockets: (refuse = true) => sockets.refuse(refuse),

    async close() {
      troubles.heal();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
