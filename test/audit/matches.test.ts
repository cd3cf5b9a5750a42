import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/core/audit/event.ts';
import { matches } from '../../src/core/audit/matches.ts';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import { DAY, HOUR, plus } from '../../src/core/delivery/time.ts';
import { asNew } from '../../src/flows/audit/ingest.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onEachBackend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { auditEvent, NOW } from './samples.ts';

const trail = [
  auditEvent(),
  auditEvent({
    action: 'source.enabled',
    resource: { kind: 'source', name: 'Web_%' },
    actor: { id: 'u-2', name: 'Sam', email: '' },
  }),
  auditEvent({ action: 'filter.created', resource: { kind: 'filter', id: 'f\\1', name: 'Mixpanel EU' }, via: 'webhook' }),
  auditEvent({ after: { if: 'event = "Order Completed"', note: ["d'accord", 12.5, true] }, at: plus(NOW, -3 * DAY) }),
  auditEvent({ before: { b: 'order', a: 'completed' }, at: plus(NOW, -40 * DAY), workspace: 'shop' }),
  auditEvent({ resource: { id: 'ÉTÉ ΑΣ ı', name: 'İstanbul 語語', kind: '' }, actor: { id: '', name: '', email: '' } }),
  // A word that stands more often, and further back, than the database keeps.
  auditEvent({ context: Array.from({ length: 9_000 }, (_, i) => (i % 20 === 0 ? 'often' : `w${i}`)) }),
  auditEvent({ context: `${'often '.repeat(300)}last often` }),
  // Dana again, by another way: a search shows the first alone.
  auditEvent({ via: 'webhook' }),
  auditEvent({ action: 'destination_filter.updated', type: 'Destination Filter Updated', at: plus(NOW, -HOUR) }),
];

await onEachBackend((backend) => {
  describe('whether a search matches one event', () => {
    let database: OpenDatabase;
    let events: StoredEvent[];
    beforeAll(async () => {
      database = await backend.open(fakeClock(NOW));
      for (const event of trail) await database.transaction(({ audit }) => audit.add([asNew(event)], NOW));
      events = await database.read(({ audit }) => audit.after(0, 99));
    });

    async function saysTheSame(text: string): Promise<number> {
      const query = parseQuery(text, plus(NOW, 1));
      const found = await database.read(({ audit }) => audit.search(query, { limit: 99 }));
      const matching = events.filter((event) => matches(query, event)).map(({ seq }) => seq);
      expect(matching, text).toEqual(found.map(({ seq }) => seq).sort((a, b) => a - b));
      return matching.length;
    }

    test.each<[string, number]>([
      ['', 9],
      ['actor:dana@acme.example', 7],
      ['actor:"DANA rossi"', 7],
      ['actor:*', 8],
      ['-actor:*', 1],
      ['kind:*', 8],
      ['action:destination.*', 6],
      ['action:dest*.*ed', 7],
      ['action:destination.disabled -via:webhook', 6],
      ['resource:*_%', 1],
      ['resource:web_%', 1],
      ['resource:f\\*', 1],
      ['resource:istanbul*', 0],
      ['resource:İSTANBUL*', 1],
      ['"order completed"', 1],
      ['"completed order"', 0],
      [`"d'accord 12"`, 0],
      [`"d'accord"`, 1],
      ['"12.5"', 1],
      ['often', 2],
      ['"often often"', 1],
      ['"last often"', 0],
      ['w8999', 1],
      ['since:2d', 7],
      ['until:1d', 2],
      ['on:today workspace:main', 7],
      ['-workspace:shop -often since:30d', 6],
    ])('%s', async (text, count) => {
      expect(await saysTheSame(text)).toBe(count);
    });

    test('is told for any search as the store tells it', async () => {
      const piece = fc.constantFrom(
        ...[
          'destination',
          '.',
          'disabled',
          'dana',
          'rossi',
          '*',
          '*',
          'web',
          '_',
          '%',
          'mixpanel',
          'eu',
          '\\',
          'e',
          'u-2',
          '語',
          'often',
        ],
        ...['order', ' ', 'completed', 'w8', '2', "'", ':', '!', '|', 'main', 'shop', 'push', 'webhook', '@', 'S', 'filter'],
      );
      const value = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
      const field = fc.constantFrom('', '', 'actor:', 'action:', 'kind:', 'resource:', 'workspace:', 'via:');
      const term = fc.tuple(fc.constantFrom('', '-'), field, value).map(([sign, name, text]) => `${sign}${name}"${text}"`);
      const time = fc.constantFrom('', '', 'since:2d', 'until:1h', 'on:today', 'since:4d until:2d');
      const query = fc
        .tuple(fc.array(term, { minLength: 1, maxLength: 2 }), time)
        .map(([terms, when]) => [...terms, when].join(' '));
      let found = 0;
      await fc.assert(
        fc.asyncProperty(query, async (text) => {
          try {
            parseQuery(text, NOW);
          } catch {
            return fc.pre(false);
          }
          if ((await saysTheSame(text)) > 0) found++;
        }),
        { numRuns: 300 },
      );
      expect(found).toBeGreaterThan(30);
    });
  });
});
