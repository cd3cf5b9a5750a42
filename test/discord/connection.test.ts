import { describe, expect, test } from 'vitest';
import { describeMessage } from '../support/discord/index.ts';
import { Listener } from '../support/listener.ts';
import { until } from '../support/wait.ts';
import { card, desk } from './desk.ts';

/** The library waits half a second before it connects again: the heartbeats of another connection tell when that has passed. */
async function pastTheLibrarysPause(): Promise<void> {
  const other = await desk({ heartbeatMs: 100 });
  await until('seven beats are over', () => other.fake.heartbeats >= 8);
}

describe('the connection', () => {
  test('needs one intent, and is whole once started', async () => {
    const d = await desk();
    expect(d.fake.identifies.map(({ intents }) => intents)).toEqual([1]);
    await d.adapter.check();
  });

  test('a refused token, refused intents and a Discord that is away each say what to do', async () => {
    const refused = await desk({ more: { token: 'wrong.token.of.somebody' }, unstarted: true });
    await expect(refused.adapter.start(refused.listener)).rejects.toThrow(/refuses DISCORD_TOKEN.*Reset the token/);
    await expect(refused.adapter.check()).rejects.toThrow();
    const intents = await desk({ intents: { allowed: 0, refuse: true }, unstarted: true });
    await expect(intents.adapter.start(intents.listener)).rejects.toThrow(/does not allow this bot the intent/);
    const away = await desk({ unstarted: true });
    await away.fake.close();
    await expect(away.adapter.start(away.listener)).rejects.toThrow(/Discord cannot be reached/);
    await expect(away.adapter.check()).rejects.toThrow();
  });

  test('is tried again after it failed, and what had failed stays closed', async () => {
    const d = await desk({ unstarted: true });
    d.fake.refuseSockets();
    await expect(d.adapter.start(d.listener)).rejects.toThrow(/Discord cannot be reached/);
    d.fake.refuseSockets(false);
    await d.adapter.start(d.listener);
    await pastTheLibrarysPause();
    expect(d.fake.sockets()).toBe(1);
    expect(d.fake.identifies).toHaveLength(1);
  });

  test('comes back by itself with what was missed; meanwhile the check says so', async () => {
    const d = await desk();
    d.listener.onCommand = (call) => d.answer(call, card('Still here'));
    d.fake.closeSockets();
    await until('it is noticed', () =>
      d.adapter.check().then(
        () => false,
        () => true,
      ),
    );
    await expect(d.adapter.check()).rejects.toThrow(/connection to Discord is broken/);
    const asked = await d.fake.user('dana').command('ops', '/pipeline show');
    expect(describeMessage(await asked.answer())).toContain('Still here');
    await d.adapter.check();
    expect(d.fake.resumes).toHaveLength(1);
    expect(d.listener.joins).toHaveLength(1);
  });

  test('that ends for good says so', async () => {
    const d = await desk();
    d.fake.revokeToken();
    await until('it is noticed', () => d.logged.some(({ fields }) => 'code' in fields));
    await expect(d.adapter.check()).rejects.toThrow(/refuses DISCORD_TOKEN/);
  });

  test('stopped, it leaves nothing open: not when it is whole, nor broken, nor half-way', async () => {
    const whole = await desk();
    await whole.adapter.stop();
    await until('the socket is closed', () => whole.fake.sockets() === 0);
    const broken = await desk();
    broken.fake.closeSockets();
    await until('it is noticed', () =>
      broken.adapter.check().then(
        () => false,
        () => true,
      ),
    );
    await broken.adapter.stop();
    const halfway = await desk({ unstarted: true });
    const door = halfway.fake.hold('GET /gateway/bot');
    const starting = expect(halfway.adapter.start(new Listener())).rejects.toThrow('stopped');
    await door.arrived;
    await halfway.adapter.stop();
    door.release();
    await starting;
    await pastTheLibrarysPause();
    expect([whole, broken, halfway].map(({ fake }) => fake.sockets())).toEqual([0, 0, 0]);
    await whole.adapter.stop();
  });
});

describe('where we are', () => {
  test('a server is greeted in its first open channel, at the start and when we are let in', async () => {
    const d = await desk();
    expect(d.listener.joins).toEqual([d.at('ops')]);
    d.fake.addGuild({ name: 'Beta', channels: [{ name: 'quiet', missing: ['SEND_MESSAGES'] }, { name: 'talk' }] });
    await until('it is greeted', () => d.listener.joins.length === 2);
    expect(d.listener.joins[1]).toEqual({ ...d.at('talk'), team: d.fake.guild('Beta').id });
  });

  test('a server that puts us out is left; one that is only away is not', async () => {
    const d = await desk();
    d.fake.guildUnavailable();
    d.fake.guildCreate();
    await until('it is there again', () => d.fake.log.length > 0);
    d.fake.guildDelete();
    await until('it is told', () => d.listener.leaves.length > 0);
    expect(d.listener.leaves).toEqual([
      { platform: 'discord', team: d.fake.guild().id, why: 'I was removed from Acme. Invite me again.' },
    ]);
  });

  test('a server that invites us again is told as one that lets us in, and greeted', async () => {
    const d = await desk();
    const back = () => d.listener.returns.length;
    await until('the start is told', () => back() > 0 && d.listener.joins.length > 0);
    const [returns, joins] = [back(), d.listener.joins.length];
    d.fake.guildDelete();
    await until('it is told', () => d.listener.leaves.length > 0);
    d.fake.guildCreate();
    await until('it is told', () => back() > returns && d.listener.joins.length > joins);
    expect(d.listener.returns.at(-1)).toEqual({ platform: 'discord', team: d.fake.guild().id });
  });

  test('a channel that is deleted or closed is left, and entered again once it is opened', async () => {
    const d = await desk();
    d.fake.setMissing('ops', ['SEND_MESSAGES']);
    await until('it is told', () => d.listener.leaves.length === 1);
    expect(d.listener.leaves[0]).toEqual({
      platform: 'discord',
      team: d.fake.guild().id,
      channel: d.fake.channel('ops').id,
      why: 'I may not post there. Give me Send Messages in the settings of #ops.',
    });
    d.fake.setMissing('ops', ['SEND_MESSAGES', 'ATTACH_FILES']);
    d.fake.setMissing('ops', []);
    await until('it is told', () => d.listener.joins.length === 2);
    expect(d.listener.joins[1]).toEqual(d.at('ops'));
    d.fake.channelDelete('ops');
    await until('it is told', () => d.listener.leaves.length === 2);
    expect(d.listener.leaves[1]?.why).toBe('#ops was deleted.');
  });
});
