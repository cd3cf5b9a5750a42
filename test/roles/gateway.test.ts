import { expect, test } from 'vitest';
import { describeMessage, type FakeDiscord } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { discordOf, isOk, onSharedEngines, process } from './house.ts';

onSharedEngines((open) => {
  async function answered(fake: FakeDiscord): Promise<string> {
    const asked = await fake.user('dana').command('ops', '/warden help');
    return describeMessage(await asked.answer());
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
    const help = await answered(fake);
    expect(help).toContain('/pipeline');
    // Acknowledged twice, it would be a problem.
    expect(fake.problems).toEqual([]);
    expect(fake.seenBy('dana', 'ops').filter(({ only }) => only !== undefined)).toHaveLength(1);

    await first.app.stop();
    await until('the other listens', () => fake.identifies.length === 2 && fake.sockets() === 1);
    expect(await answered(fake)).toBe(help);
    await isOk(second, 'discord');
  });

  test('a worker never listens, and what a web process heard is answered by it', async () => {
    const settings = await open();
    const { fake, discord } = await discordOf();
    const worker = await process({ ...settings, discord, role: 'worker' });
    await isOk(worker, 'status');
    const web = await process({ ...settings, discord, role: 'web' });
    await isOk(web, 'status');
    const help = await answered(fake);
    expect(help).toContain('/pipeline');
    await web.app.stop();
    await until('nobody listens', () => fake.sockets() === 0);
    expect(fake.identifies).toHaveLength(1);
  });
});
