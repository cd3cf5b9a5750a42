import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/core/audit/event.ts';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import { DAY, plus } from '../../src/core/delivery/time.ts';
import type { AuditPage } from '../../src/core/ports/audit.ts';
import { asNew } from '../../src/flows/audit/ingest.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { auditEvent, NOW, newEvents } from '../audit/samples.ts';
import { type Backend, rowCounts } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

/** Events: kept once, in order, never changed, found. */
export function auditStoreContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(fakeClock(NOW));
  });
  const add = (...events: ReturnType<typeof newEvents>) => database.transaction(({ audit }) => audit.add(events, NOW));
  const search = (query = '', page: Partial<AuditPage> = {}, workspace?: string) =>
    database.read(({ audit }) =>
      audit.search({ ...parseQuery(query, NOW), ...(workspace ? { workspace } : {}) }, { limit: 50, ...page }),
    );
  const names = async (...asked: Parameters<typeof search>) => (await search(...asked)).map((event) => event.resource.name);
  const named = (name: string, some: Parameters<typeof auditEvent>[0] = {}) =>
    asNew(auditEvent({ ...some, resource: { id: name, ...some.resource, name } }));

  describe('an event', () => {
    const full: AuditEvent = auditEvent({
      id: `o'clock \\ "x" 💥`,
      resource: { name: `it's :* & | ! <-> ()` },
      before: { b: [1, null, { ' ': true }], a: 'é' },
      after: null,
      context: 'said so',
    });

    test('comes back as it was added', async () => {
      const [added] = await add(asNew(full));
      expect(added).toEqual({ outcome: 'new', seq: expect.any(Number) });
      const stored = { ...full, seq: added?.seq, arrived: NOW, sameAs: null, erased: false };
      expect(await search()).toEqual([stored]);
      expect(await database.read(({ audit }) => audit.event(added?.seq ?? 0))).toEqual(stored);
      expect(await database.read(({ audit }) => audit.event(999))).toBeUndefined();
    });

    test('is sealed as what it is, its times to the millisecond', async () => {
      const [added] = await add(asNew({ ...full, at: new Date('2026-11-25T10:31:00.120Z') }));
      const { before: _before, after: _after, context: _context, ...covered } = full;
      const detailsHash = expect.stringMatching(/^[0-9a-f]{64}$/);
      const own = { seq: added?.seq, arrived: NOW.toISOString(), at: '2026-11-25T10:31:00.120Z', sameAs: null, detailsHash };
      expect(await database.read(({ seals }) => seals.toSeal(0, added?.seq ?? 0, 9))).toEqual([{ ...covered, ...own }]);
    });

    test('again is the same, in one call and in the next; context and way do not count', async () => {
      const [first] = await add(asNew(full));
      const again = await add(asNew(full), asNew({ ...full, context: 1 }));
      expect(again).toEqual([first, first].map((one) => ({ outcome: 'same', seq: one?.seq })));
      const one = asNew(auditEvent());
      expect((await add(one, one)).map(({ outcome }) => outcome)).toEqual(['new', 'same']);
    });

    test.each<[string, (event: AuditEvent) => AuditEvent]>([
      ['time', (event) => ({ ...event, at: plus(event.at, 1) })],
      ['actor', (event) => ({ ...event, actor: { ...event.actor, name: '' } })],
      ['type', (event) => ({ ...event, type: 'Other' })],
      ['resource', (event) => ({ ...event, resource: { ...event.resource, kind: 'source' } })],
      ['details', (event) => ({ ...event, after: 0 })],
    ])('of the same id with other %s is a conflict, and the first stays', async (_, change) => {
      const [first] = await add(asNew(full));
      expect(await add(asNew(change(full)))).toEqual([{ outcome: 'conflict', seq: first?.seq }]);
      expect((await add(...[full, change(full)].map((e) => asNew({ ...e, id: 'x' })))).map((one) => one.outcome)).toEqual([
        'new',
        'conflict',
      ]);
      expect(await search()).toHaveLength(2);
    });

    test('of the same id in another workspace, or from another provider, is another', async () => {
      const ids = [full, { ...full, workspace: 'shop' }, { ...full, provider: 'demo' as const }].map(asNew);
      expect((await add(...ids)).map(({ outcome }) => outcome)).toEqual(['new', 'new', 'new']);
    });

    test('sent by eight at once is stored once', async () => {
      const events = [asNew(full), ...newEvents({}, {}, {})];
      const added = await Promise.all(Array.from({ length: 8 }, (_, i) => add(...(i % 2 ? events : [...events].reverse()))));
      expect(added.flat().filter(({ outcome }) => outcome === 'new')).toHaveLength(4);
      expect(await rowCounts(database.kysely)).toMatchObject({ audit_event: 4, audit_detail: 4, audit_key: 4 });
    });

    test('is never changed or removed', async () => {
      await add(asNew(full));
      const { kysely } = database;
      const refused = 'never changed or removed';
      for (const table of ['audit_event', 'audit_event_202611']) {
        await expect(sql`update ${sql.table(table)} set action = 'x'`.execute(kysely)).rejects.toThrow(refused);
        await expect(sql`delete from ${sql.table(table)}`.execute(kysely)).rejects.toThrow(refused);
        await expect(sql`truncate ${sql.table(table)}`.execute(kysely)).rejects.toThrow(refused);
      }
      expect(await search()).toHaveLength(1);
    });
  });

  describe('the same change by another way', () => {
    const forwarded = (ms: number, some: Parameters<typeof auditEvent>[0] = {}) =>
      asNew(auditEvent({ via: 'webhook', at: plus(NOW, ms), ...some }));

    test('is stored and says so; search shows the first', async () => {
      const [first] = await add(asNew(auditEvent()));
      const [second] = await add(forwarded(-5_000));
      expect((await search()).map(({ seq }) => seq)).toEqual([first?.seq]);
      expect(await database.read(({ audit }) => audit.event(second?.seq ?? 0))).toMatchObject({ sameAs: first?.seq });
    });

    test.each<[string, ReturnType<typeof forwarded>]>([
      ['more than 5 s apart', forwarded(5_001)],
      ['by the same way', forwarded(0, { via: 'push' })],
      ['by another actor', forwarded(0, { actor: { id: 'u-2' } })],
      ['of another resource', forwarded(0, { resource: { id: 'dst-2' } })],
      ['in another workspace', forwarded(0, { workspace: 'shop' })],
      ['with another action', forwarded(0, { action: 'destination.enabled' })],
    ])('is not one %s', async (_, other) => {
      await add(asNew(auditEvent()));
      await add(other);
      expect(await search()).toHaveLength(2);
    });
  });

  describe('a search', () => {
    test('finds the newest first, and of one time what came last', async () => {
      await add(named('b'), named('a', { at: plus(NOW, -1) }), named('d', { at: plus(NOW, 1) }), named('c'));
      expect(await names()).toEqual(['d', 'c', 'b', 'a']);
    });

    test('pages without a gap or a repeat, whatever comes meanwhile', async () => {
      const all = Array.from({ length: 23 }, (_, i) => named(`r${i}`, { at: plus(NOW, -Math.floor(i / 4)) }));
      await add(...all);
      const seen: string[] = [];
      let before: AuditPage['before'];
      do {
        const page = await search('', { limit: 5, ...(before ? { before } : {}) });
        seen.push(...page.map((event) => event.resource.name));
        await add(named('new', { at: plus(NOW, 10) }));
        const last = page.at(-1);
        before = last && { at: last.at, seq: last.seq };
      } while (before);
      expect(new Set(seen).size).toBe(23);
      expect(seen).toHaveLength(23);
    });

    const trail = () =>
      add(
        named('amplitude', { action: 'destination.disabled' }),
        named('Web_%', { action: 'source.enabled', resource: { kind: 'source' }, actor: { id: 'u-2', name: 'Sam', email: '' } }),
        named('Mixpanel EU', {
          action: 'filter.created',
          resource: { kind: 'filter' },
          via: 'webhook',
          after: { if: 'event = "Order Completed"', note: "d'accord" },
          at: plus(NOW, -3 * DAY),
        }),
        named('Mixpanel', { action: 'destination_filter.created', workspace: 'shop', at: plus(NOW, -40 * DAY) }),
      );

    test.each<[string, string[]]>([
      ['actor:sam', ['Web_%']],
      ['actor:U-2', ['Web_%']],
      ['actor:dana@acme.example', ['amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['actor:dana*', ['amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['actor:*ROSSI', ['amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['actor:da*si', ['amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['actor:dana', []],
      ['actor:"dana rossi"', ['amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['action:destination.*', ['amplitude']],
      ['-action:destination.*', ['Web_%', 'Mixpanel EU', 'Mixpanel']],
      ['action:*.created -kind:filter', ['Mixpanel']],
      ['kind:filter', ['Mixpanel EU']],
      ['resource:web_%', ['Web_%']],
      ['resource:*_%', ['Web_%']],
      ['resource:ampl_tude', []],
      ['resource:*', ['Web_%', 'amplitude', 'Mixpanel EU', 'Mixpanel']],
      ['-resource:*', []],
      ['workspace:shop', ['Mixpanel']],
      ['via:webhook', ['Mixpanel EU']],
      ['mixpanel', ['Mixpanel EU', 'Mixpanel']],
      ['"order completed"', ['Mixpanel EU']],
      ['"completed order"', []],
      ['"mixpanel eu" -sam', ['Mixpanel EU']],
      [`"d'accord"`, ['Mixpanel EU']],
      ['-mixpanel', ['Web_%', 'amplitude']],
      ['mixpanel since:7d', ['Mixpanel EU']],
      ['mixpanel until:2026-11-20', ['Mixpanel']],
      ['on:today', ['Web_%', 'amplitude']],
      [`resource:${"'\\\\|&!():*<->".repeat(3)}x`, []],
    ])('for %s', async (query, found) => {
      await trail();
      expect(await names(query)).toEqual(found);
    });

    test('never leaves its workspace', async () => {
      await trail();
      expect(await names('mixpanel', {}, 'shop')).toEqual(['Mixpanel']);
      expect(await names('workspace:main', {}, 'shop')).toEqual([]);
      expect(await names('-kind:x', {}, 'sh')).toEqual([]);
    });

    test('finds what is rare in front of much else, and pages through it', async () => {
      const much = Array.from({ length: 9_000 }, (_, i) => auditEvent({ at: plus(NOW, -i * 60_000) }));
      for (let i = 0; i < much.length; i += 1_000) await add(...much.slice(i, i + 1_000).map(asNew));
      await add(...[100, 500, 8_500, 8_900].map((i) => named(`rare ${i}`, { at: plus(NOW, -i * 60_000 + 1) })));
      const old = named('rare old', { at: new Date('2001-01-01T00:00:00Z') });
      await add(old);
      expect(await names('rare')).toEqual(['rare 100', 'rare 500', 'rare 8500', 'rare 8900', 'rare old']);
      const page = await search('rare', { limit: 3 });
      const { at, seq } = page.at(-1) as (typeof page)[0];
      expect(await names('rare', { limit: 3, before: { at, seq } })).toEqual(['rare 8900', 'rare old']);
      expect(await names('rare until:2020-01-01')).toEqual(['rare old']);
      expect(await names('actor:*nobody*')).toEqual([]);
      // What the index knows of it is true of all.
      expect(await names('kind:destination resource:*are*')).toHaveLength(5);
      // Nobody has patience: every page ends after the first looks, and says from where to look on.
      const found: string[] = [];
      let pages = 0;
      let from: AuditPage['before'];
      do {
        const query = parseQuery('resource:*are*', NOW);
        const before = from ? { before: from } : {};
        const { events, reached } = await database.read(({ audit }) => audit.page(query, { limit: 3, ...before }, 0));
        found.push(...events.map((event) => event.resource.name));
        const last = events.at(-1);
        from = reached ?? (events.length === 3 && last ? { at: last.at, seq: last.seq } : undefined);
        pages++;
      } while (from);
      expect(found).toEqual(['rare 100', 'rare 500', 'rare 8500', 'rare 8900', 'rare old']);
      expect(pages).toBeGreaterThan(2);
    });

    test('takes events of every size, and asks of every length', async () => {
      const words = Array.from({ length: 60_000 }, (_, i) => `w${i}${'語'.repeat(20)}`);
      await add(named('large', { after: [words.join(' '), 'x'.repeat(3_000_000)], resource: { id: 'İ'.repeat(512) } }));
      expect(await names(`large resource:${'İ'.repeat(512)}`)).toEqual(['large']);
      expect(await names(`resource:${'語'.repeat(980)}`)).toEqual([]);
      expect(await names(`${'語 '.repeat(19)}`)).toEqual([]);
    });
  });

  test('following it by seq misses nothing, however many write at once', async () => {
    const writers = Array.from({ length: 6 }, () => add(...newEvents({}, {}, {})));
    const settled = await database.transaction(({ audit }) => audit.settledSeq());
    const first = await database.read(({ audit }) => audit.after(0, 99));
    await Promise.all(writers);
    const later = await database.read(({ audit }) => audit.after(0, 99));
    const upTo = (events: typeof first) => events.map(({ seq }) => seq).filter((seq) => seq <= settled);
    expect(upTo(later)).toEqual(upTo(first));
    expect(later.map(({ seq }) => seq)).toEqual([...later.map(({ seq }) => seq)].sort((a, b) => a - b));
    expect(await database.read(({ audit }) => audit.after(later.at(-3)?.seq ?? 0, 1))).toEqual([later.at(-2)]);
  });
}
