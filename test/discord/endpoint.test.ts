import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/http/server.ts';
import { desk } from './desk.ts';

async function endpoint() {
  const d = await desk({ unstarted: true });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const server = createServer({ routes: d.adapter.routes, publicUrl: undefined, log });
  onTestFinished(() => server.close());
  d.fake.interactionsUrl = `${await server.listen('127.0.0.1', 0)}/discord/interactions`;
  return d.fake;
}

describe('the interactions address', () => {
  test('answers Discord’s ping', async () => {
    expect(await (await endpoint()).ping()).toMatchObject({
      status: 200,
      contentType: expect.stringContaining('application/json'),
      body: { type: 1 },
    });
  });

  test('refuses what Discord did not sign, before it is read', async () => {
    const fake = await endpoint();
    const statuses = [
      await fake.ping({ badSignature: true }),
      await fake.ping({ unsigned: true }),
      await fake.ping({ tamper: (raw) => `${raw} ` }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401]);
  });

  test('tells whoever asks there that we listen elsewhere', async () => {
    const fake = await endpoint();
    const asked = await fake.user('dana').command('ops', '/pipeline show');
    expect(asked).toMatchObject({ acked: true, callbackType: 4 });
    expect(JSON.stringify(fake.lastSeenBy('dana', 'ops').components)).toContain('Interactions Endpoint URL');
    expect(fake.seenBy('sam', 'ops')).toEqual([]);
  });

  test('is not there without the key to check with', async () => {
    const d = await desk({ unstarted: true, more: { publicKey: undefined } });
    expect(d.adapter.routes).toEqual([]);
  });
});
