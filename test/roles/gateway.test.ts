import { expect, test } from 'vitest';
import { describeMessage, type FakeDiscord } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { discordOf, isOk, onSharedEngines, process } from './house.ts';

onSharedEngines((open) => {
  /** What Dana is answered, of all processes. */
  async function answered(fake: FakeDiscord): Promise<string[]> {
    const before = fake.requests().length;
    const asked = await fake.user('dana').command('ops', '/warden help');
    const answer = describeMessage(await asked.answer());
    const acks = fake
      .requests('POST /interactions/:id/:token/callback')
      .filter((request) => fake.requests().indexOf(request) >= before);
    return [answer, `acknowledged ${acks.length} times`];
  }

  test('of two processes one listens on Discord’s gateway; the other stands by, well, and takes over when it is stopped', async () => {
    const settings = await open();
    const { fake, discord } = await discordOf();
    const first = await process({ ...settings, discord });
    await isOk(first, 'discord');
    const second = await process({ ...settings, discord });
    await isOk(second, 'discord');
    expect(fake.identifies).toHaveLength(1);
    expect(fake.sockets()).toBe(1);
    const [help, acks] = await answered(fake);
    expect(help).toContain('/pipeline');
    expect(acks).toBe('acknowledged 1 times');
    expect(fake.problems).toEqual([]);

    await first.app.stop();
    await until('the other listens', () => fake.identifies.length === 2 && fake.sockets() === 1);
    expect(await answered(fake)).toEqual([help, acks]);
    await isOk(second, 'discord');
  });

  test('a worker never listens, and what a web process heard is answered by it', async () => {
    const settings = await open();
    const { fake, discord } = await discordOf();
    const worker = await process({ ...settings, discord, role: 'worker' });
    await isOk(worker, 'status');
    const web = await process({ ...settings, discord, role: 'web' });
    await isOk(web, 'status');
    const [help] = await answered(fake);
    expect(help).toContain('/pipeline');
    await web.app.stop();
    await until('nobody listens', () => fake.sockets() === 0);
    expect(fake.identifies).toHaveLength(1);
  });
});
