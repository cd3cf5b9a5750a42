import { beforeEach, expect, test } from 'vitest';
import { createSeal } from '../../src/config/seal.ts';
import { createSigner } from '../../src/config/signing.ts';
import { QueryMistake } from '../../src/core/audit/query-mistake.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { auditUse } from '../../src/flows/audit/search.ts';
import { onPglite } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { NOW, newEvents } from './samples.ts';

const approver: Actor = { person: 'Sam', account: 'console:sam', personKey: 'console:sam', roles: ['approver'] };
const viewer: Actor = { ...approver, roles: ['viewer', 'operator'] };

onPglite((backend) => {
  let database: Database;
  let clock: FakeClock;
  let use: ReturnType<typeof auditUse>;
  beforeEach(async () => {
    clock = fakeClock(NOW.toISOString());
    database = await backend.open(clock);
    use = auditUse({
      database,
      clock,
      signer: createSigner(Buffer.alloc(32, 1)),
      jobs: { wake() {} },
      zone: () => 'UTC',
      url: () => 'http://127.0.0.1:3000',
      links: createSeal(Buffer.alloc(32, 2)),
    });
  });
  const add = (...events: Parameters<typeof newEvents>): Promise<number[]> =>
    database.transaction(async ({ audit }) => (await audit.add(newEvents(...events), NOW)).map(({ seq }) => seq));

  test('alone it is today, newest first, and says whether there is more', async () => {
    await add({ at: plus(NOW, -24 * HOUR) }, { at: plus(NOW, -HOUR) }, { at: plus(NOW, -2 * HOUR) });
    const { events, hasMore } = await use.searchAudit(approver, { text: ' ', limit: 10 });
    expect(events.map(({ at }) => at)).toEqual([plus(NOW, -HOUR), plus(NOW, -2 * HOUR)]);
    expect(hasMore).toBe(false);
    const first = await use.searchAudit(approver, { text: 'since:2d', limit: 1 });
    expect(first).toMatchObject({ hasMore: true, zone: 'UTC', now: NOW });
    const [{ at, seq } = { at: NOW, seq: 0 }] = first.events;
    const rest = await use.searchAudit(approver, { text: 'since:2d', limit: 10, before: { at, seq } });
    expect(rest.events).toHaveLength(2);
  });

  test('is for those who may, and for what their channel is about', async () => {
    const [eu = 0] = await add({ workspace: 'eu' }, { workspace: 'main' });
    await expect(use.searchAudit(viewer, { text: '', limit: 10 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(use.auditEvent(viewer, eu)).rejects.toMatchObject({ code: 'forbidden' });
    const bound = { ...approver, workspace: 'main' };
    const { events } = await use.searchAudit(bound, { text: 'workspace:eu', limit: 10 });
    expect(events).toEqual([]);
    expect((await use.searchAudit(bound, { text: '', limit: 10 })).events).toHaveLength(1);
    await expect(use.auditEvent(bound, eu)).rejects.toMatchObject({ code: 'not_found' });
    await expect(use.auditEvent(approver, 999_999)).rejects.toMatchObject({ code: 'not_found' });
    await expect(use.searchAudit(approver, { text: 'acter:x', limit: 10 })).rejects.toBeInstanceOf(QueryMistake);
  });

  test('a change stands among the nearest of its actor, and the last of its resource', async () => {
    const star = { id: 'u*' };
    const [seq = 0] = await add({ actor: star, at: plus(NOW, -3 * HOUR) });
    await add(
      ...Array.from({ length: 8 }, (_, at) => ({
        actor: star,
        resource: { id: `dst-${at + 2}` },
        at: plus(NOW, -3 * HOUR + (at - 4) * 10 * MINUTE - 5 * MINUTE),
      })),
      // Another one whose id the pattern would match, and the same one two hours later.
      { actor: { id: 'u-other' }, resource: { id: 'dst-1' }, at: plus(NOW, -HOUR) },
      { actor: star, resource: { id: 'dst-1', kind: 'source' }, at: plus(NOW, -HOUR) },
      { actor: star, resource: { id: 'dst-1' }, workspace: 'eu', at: plus(NOW, -3 * HOUR) },
    );
    const { event, byActor, ofResource } = await use.auditEvent(approver, seq);
    expect(event.seq).toBe(seq);
    const minutes = byActor.events.map(({ at }) => (Number(at) - Number(event.at)) / MINUTE);
    expect(minutes).toEqual([25, 15, 5, -5, -15]);
    expect(byActor).toMatchObject({ left: 3, andMore: false });
    expect(ofResource.events.map(({ actor }) => actor.id)).toEqual(['u-other']);
    expect(ofResource).toMatchObject({ left: 0, andMore: false });
  });

  test('a change leads to its resource where that one’s address is known, and to itself', async () => {
    const resource = { workspace: 'main', kind: 'destination', id: 'dst-1', slug: '', name: '', parent: '', variant: '' };
    const url = 'https://provider.example/dst-1';
    await database.transaction(({ resources }) =>
      resources.put([
        { ...resource, url },
        { ...resource, id: 'dst-2', url: '' },
      ]),
    );
    const seqs = await add(
      {},
      { resource: { id: 'dst-2' } },
      { resource: { id: 'dst-3' } },
      { resource: { kind: 'source' } },
      { workspace: 'eu' },
    );
    const links = await Promise.all(seqs.map(async (seq) => (await use.auditEvent(approver, seq)).links));
    expect(links.map((one) => one.resource)).toEqual([url, undefined, undefined, undefined, undefined]);
    expect(links[0]?.permalink).toBe(`http://127.0.0.1:3000/audit/${seqs[0]}`);
  });
});
