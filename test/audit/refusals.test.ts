import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConsoleOptions, createConsole } from '../../src/chat/console/adapter.ts';
import { interactionsRoute } from '../../src/chat/discord/endpoint.ts';
import { HttpReceiver } from '../../src/chat/slack/http-receiver.ts';
import type { RefusedAttempt } from '../../src/core/audit/refusals.ts';
import { Background } from '../../src/core/background.ts';
import { HOUR, MINUTE } from '../../src/core/delivery/time.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { createRefusals, type Refusals } from '../../src/flows/audit/refusals.ts';
import { auditRoutes } from '../../src/http/audit-routes.ts';
import { segmentRoutes } from '../../src/http/segment-routes.ts';
import { createServer, type HttpServer } from '../../src/http/server.ts';
import { type ApiToken, bearer, writeKeys } from '../../src/http/tokens.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onPglite } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';
import { gate, until } from '../support/wait.ts';

const tokens: ApiToken[] = [
  { name: 'reader', token: 'token-reader', scopes: ['read'] },
  { name: 'shop', workspace: 'shop', token: 'token-shop', scopes: ['read'] },
];

const never = async (): Promise<never> => {
  throw new Error('nobody gets so far');
};

onPglite((backend) => {
  let clock: FakeClock;
  let database: OpenDatabase;
  let refusals: Refusals;
  const log = keptLog();

  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:20:00Z');
    database = await backend.open(clock);
    refusals = createRefusals({ database, clock, log });
    log.lines.length = 0;
  });

  const events = async () =>
    (await database.read(({ audit }) => audit.search({ terms: [] }, { limit: 200 })))
      .toReversed()
      .map(({ actor, resource, action, workspace, context }) => ({
        who: actor.id,
        at: resource.name,
        action,
        workspace,
        context,
      }));
  const known = async (count: number) => {
    await until(`${count} events`, async () => (await events()).length >= count);
    return events();
  };
  const attempt = (some: Partial<RefusedAttempt> = {}): RefusedAttempt => ({
    ...{ route: '/v1/audit', address: '203.0.113.7', why: 'unknown' },
    ...some,
  });

  describe('over the wire', () => {
    let server: HttpServer;
    let url: string;
    const serve = async (trustedProxies: string[] = []) => {
      const parts = { clock, sign: () => 'signed', print: () => 'print' };
      const consoleOptions = { log: database.consoleLog, draw: {}, clock, channels: [{ name: 'general', about: '' }], team: 'T' };
      const person = { account: 'console:dana', name: 'Dana' };
      const chat = createConsole({
        ...(consoleOptions as unknown as ConsoleOptions),
        ...{ people: [person], tokens: [{ token: 'console-token', person }] },
      });
      server = createServer({
        routes: [
          ...auditRoutes(
            { ingestAudit: never, auditPage: never, exportAudit: never, exportProof: never },
            { ...parts, actorOf: bearer(tokens) },
          ),
          ...segmentRoutes(
            { ingestAudit: never },
            { ...parts, secrets: ['a shared secret'], batchesAllowed: () => false, keys: writeKeys(tokens) },
          ),
          ...chat.routes,
          interactionsRoute('0'.repeat(64)),
          new HttpReceiver({ secrets: ['slack secret'], clock, background: new Background(() => {}) }).route,
        ],
        ...{ publicUrl: undefined, log, refused: refusals.note, trustedProxies },
      });
      url = await server.listen('127.0.0.1', 0);
    };
    afterEach(() => server.close());
    const ask = async (path: string, headers: Record<string, string>, body?: string) =>
      (await fetch(`${url}${path}`, { headers, ...(body === undefined ? {} : { method: 'POST', body }) })).status;
    const json = { 'content-type': 'application/json' };

    test('a wrong token, a missing one and one without the scope are in the trail, each once', async () => {
      await serve();
      for (const path of ['/v1/audit', '/v1/audit.csv', '/v1/audit']) {
        expect(await ask(path, { authorization: 'Bearer secret-guess' })).toBe(401);
        expect(await ask(path, {})).toBe(401);
        expect(await ask(path, { authorization: 'Bearer token-reader' })).toBe(403);
        expect(await ask(path, { authorization: 'Bearer token-shop' })).toBe(403);
      }
      const found = await known(3);
      const same = { at: '/v1/audit', action: 'access.refused' };
      expect(found).toMatchObject([
        { ...same, who: 'address:127.0.0.0/24', workspace: 'main' },
        { ...same, who: 'api:reader', workspace: 'main' },
        { ...same, who: 'api:shop', workspace: 'shop' },
      ]);
      expect(found).toHaveLength(3);
      expect(JSON.stringify(found)).not.toContain('guess');
      clock.advance(HOUR);
      const numbers = (await known(4))[3];
      expect(numbers).toMatchObject({
        who: 'pipewarden:itself',
        at: '12 refused attempts',
        context: {
          outcome: 'refused',
          more: { attempts: 12, since: '2026-11-25T10:00:00.000Z', most: [{ who: 'address:127.0.0.0/24', attempts: 6 }, {}, {}] },
        },
      });
    });

    test('so are a wrong write key, a wrong signature and a wrong sign-in to the console', async () => {
      await serve();
      const basic = { authorization: `Basic ${Buffer.from('wrong-key:').toString('base64')}` };
      expect(await ask('/v1/track', { ...json, ...basic }, '{}')).toBe(401);
      expect(await ask('/v1/batch', json, '{"writeKey":"wrong-key"}')).toBe(401);
      expect(await ask('/webhooks/segment', { ...json, 'x-signature': 'a'.repeat(40) }, '{}')).toBe(401);
      expect(await ask('/login', { 'content-type': 'application/x-www-form-urlencoded' }, 'token=wrong-key')).toBe(401);
      const found = await known(4);
      expect(found.map(({ at }) => at).sort()).toEqual(['/login', '/v1/batch', '/v1/track', '/webhooks/segment']);
      expect(JSON.stringify(found)).not.toContain('wrong-key');
    });

    test('so is what no chat platform has signed', async () => {
      await serve();
      expect(await ask('/slack/events', json, '{}')).toBe(401);
      expect(await ask('/discord/interactions', json, '{}')).toBe(401);
      expect((await known(2)).map(({ at }) => at)).toEqual(['/slack/events', '/discord/interactions']);
    });

    test('whoever is only sent to the sign-in is not', async () => {
      await serve();
      expect(await ask('/c/general', {})).toBe(401);
      expect(await ask('/login', { 'content-type': 'application/x-www-form-urlencoded' }, 'token=wrong')).toBe(401);
      expect((await known(1)).map(({ at }) => at)).toEqual(['/login']);
    });

    test('who calls is what a trusted proxy says, and nobody else', async () => {
      const forwarded = { 'x-forwarded-for': '198.51.100.7' };
      await serve(['127.0.0.1']);
      await ask('/v1/audit', forwarded);
      await server.close();
      await serve(['192.0.2.1']);
      await ask('/v1/audit', forwarded);
      expect((await known(2)).map(({ who }) => who)).toEqual(['address:198.51.100.0/24', 'address:127.0.0.0/24']);
    });
  });

  test('addresses without end make fifty events an hour, one for the others, and one with the numbers', async () => {
    for (let at = 0; at < 5_000; at++) refusals.note(attempt({ address: `10.${at >> 8}.${at % 256}.1` }));
    const found = await known(51);
    expect(found).toHaveLength(51);
    expect(found[50]).toMatchObject({ who: 'pipewarden:itself', at: 'More than 50 callers' });
    clock.advance(HOUR);
    expect((await known(52)).at(-1)).toMatchObject({ at: '5,000 refused attempts', context: { more: { attempts: 5_000 } } });
    expect(await events()).toHaveLength(52);
  });

  test('the next hour begins anew; an hour in which nobody tried twice has no numbers', async () => {
    refusals.note(attempt());
    await known(1);
    clock.advance(HOUR);
    refusals.note(attempt());
    expect((await known(2)).map(({ at }) => at)).toEqual(['/v1/audit', '/v1/audit']);
  });

  test('a second process, and one that starts again, tell the same once; the end of a process tells its numbers', async () => {
    for (let at = 0; at < 3; at++) refusals.note(attempt());
    await refusals.stop();
    const other = createRefusals({ database, clock, log });
    other.note(attempt());
    await other.stop();
    expect((await events()).map(({ at }) => at)).toEqual(['/v1/audit', '3 refused attempts']);
  });

  test('a flood is written in one go, behind those who were answered', async () => {
    let writes = 0;
    const door = gate();
    const slow: Database = {
      ...database,
      async transaction(work) {
        writes += 1;
        await door.opened;
        return database.transaction(work);
      },
    };
    const behind = createRefusals({ database: slow, clock, log });
    for (let at = 0; at < 40; at++) behind.note(attempt({ address: `10.0.${at}.1` }));
    expect(await events()).toEqual([]);
    door.open();
    await known(40);
    expect(writes).toBe(2);
  });

  test('what could not be written is written once the database is back', async () => {
    let away = true;
    const shaky: Database = {
      ...database,
      transaction: (work) => (away ? Promise.reject(new Error('away')) : database.transaction(work)),
    };
    const behind = createRefusals({ database: shaky, clock, log });
    behind.note(attempt());
    await until('it was tried', () => log.lines.length > 0);
    away = false;
    clock.advance(MINUTE);
    expect(await known(1)).toHaveLength(1);
  });
});
