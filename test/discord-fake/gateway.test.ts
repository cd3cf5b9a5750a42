import { Client, Events, PermissionFlagsBits, type TextChannel } from 'discord.js';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../support/wait.ts';
import { startBot, startFake } from './bot.ts';

const ping = { name: 'ping', description: 'Says pong', type: 1 };

test('discord.js connects, knows guild, channels and its own permissions', async () => {
  const { fake, client } = await startBot({
    guilds: [
      {
        name: 'Acme',
        channels: [
          { name: 'ops' },
          { name: 'hidden', private: true },
          { name: 'mute', missing: ['SEND_MESSAGES', 'ATTACH_FILES'] },
        ],
      },
    ],
  });
  expect(client.user.id).toBe(fake.botId);
  expect(client.application.id).toBe(fake.applicationId);
  const guild = client.guilds.cache.get(fake.guild().id);
  expect(guild?.name).toBe('Acme');
  const me = await guild?.members.fetchMe();
  const missingIn = (name: string) => {
    const channel = guild?.channels.cache.get(fake.channel(name).id) as TextChannel;
    return me && channel.permissionsFor(me).missing(309237763072n);
  };
  expect(missingIn('ops')).toEqual([]);
  expect(missingIn('mute')).toEqual(['SendMessages', 'AttachFiles']);
  expect(missingIn('hidden')).toContain('ViewChannel');
  expect(PermissionFlagsBits.AttachFiles).toBe(32768n);
  expect(fake.identifies).toEqual([{ at: expect.any(Number), intents: 1, token: fake.token, accepted: true }]);
  expect(fake.problems).toEqual([]);
});

test('a wrong token is refused by REST, a wrong one on the socket with 4004', async () => {
  const fake = await startFake();
  const client = new Client({ intents: [1], rest: { api: fake.apiUrl } });
  await expect(client.login('wrong')).rejects.toThrow('An invalid token was provided.');
  const socket = new WebSocket(`${fake.url.replace('http', 'ws')}/gateway?v=10&encoding=json`);
  const closed = new Promise<number>((resolve) => {
    socket.onclose = (event) => resolve(event.code);
  });
  socket.onopen = () => socket.send(JSON.stringify({ op: 2, d: { token: 'wrong', intents: 1, properties: {} } }));
  expect(await closed).toBe(4004);
});

test('more intents than needed are a problem, or refused with 4014', async () => {
  const { fake } = await startBot({}, undefined, { intents: [1, 512] });
  expect(fake.problems).toEqual(['IDENTIFY asks for more intents than it needs: 512']);
  const strict = await startFake({ intents: { refuse: true } });
  const client = new Client({ intents: [1, 32768], rest: { api: strict.apiUrl } });
  client.on(Events.Error, () => {});
  const disconnected = new Promise<number>((resolve) => client.on(Events.ShardDisconnect, (event) => resolve(event.code)));
  client.login(strict.token).catch(() => {});
  expect(await disconnected).toBe(4014);
  await client.destroy();
});

test('after a cut socket the session is resumed and what was missed is replayed', async () => {
  const { fake, rest, errors } = await startBot({}, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply('pong');
  });
  await rest.put(`/applications/${fake.applicationId}/commands`, { body: [ping] });
  fake.closeSockets();
  const asked = fake.user('ana').command('ops', '/ping');
  await asked;
  expect(fake.resumes).toEqual([{ at: expect.any(Number), seq: expect.any(Number), accepted: true, replayed: 1 }]);
  expect((await asked).acked).toBe(true);
  expect(fake.identifies).toHaveLength(1);
  expect(fake.lastSeenBy('bo', 'ops').content).toBe('pong');
  expect(errors).toEqual([]);
});

test('told to reconnect, the client resumes', async () => {
  const { fake } = await startBot();
  fake.reconnectSockets();
  await until('a resume', () => fake.resumes.length === 1);
  await fake.connected();
  expect(fake.resumes[0]?.accepted).toBe(true);
});

test('an invalid session that may be resumed is resumed on the same socket', async () => {
  const { fake } = await startBot();
  fake.invalidateSessions(true);
  await until('a resume', () => fake.resumes.length === 1);
  await fake.connected();
  expect(fake.sockets()).toBe(1);
});

test('an invalid session is begun anew', async () => {
  const { fake, client } = await startBot();
  // Until READY is in, the library would wait for ever to be destroyed.
  const ready = new Promise((resolve) => client.once(Events.ShardReady, resolve));
  fake.invalidateSessions(false);
  await ready;
  expect(fake.identifies).toHaveLength(2);
  expect(fake.resumes).toEqual([]);
});

test('a heartbeat without ACK makes the client come back', async () => {
  const { fake } = await startBot({ heartbeatMs: 50 });
  await until('heartbeats', () => fake.heartbeats > 1);
  fake.ignoreHeartbeats();
  await until('a resume', () => fake.resumes.length === 1);
});

test('a revoked token ends sockets and requests', async () => {
  const { fake, client } = await startBot();
  const gone = new Promise<number>((resolve) => client.on(Events.ShardDisconnect, (event) => resolve(event.code)));
  fake.revokeToken();
  expect(await gone).toBe(4004);
  await expect(client.channels.fetch(fake.channel('ops').id, { force: true })).rejects.toMatchObject({ status: 401 });
});

test('put out of a guild, back again, and channels that go', async () => {
  const { fake, client } = await startBot();
  const { id } = fake.channel('ops');
  fake.guildDelete();
  await until('the guild is gone', () => client.guilds.cache.size === 0);
  await expect(client.rest.post(`/channels/${id}/messages`, { body: { content: 'x' } })).rejects.toMatchObject({
    code: 50001,
    status: 403,
  });
  fake.guildCreate();
  await until('the guild is back', () => client.guilds.cache.size === 1);
  fake.channelDelete('ops');
  await until('the channel is gone', () => !client.channels.cache.has(id));
  await expect(client.rest.get(`/channels/${id}`)).rejects.toMatchObject({ code: 10003, status: 404 });
});
