import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseDeliveryBody } from '../../src/core/delivery/delivery-body.ts';
import { DAY, HOUR, plus } from '../../src/core/delivery/time.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

const now = new Date('2026-11-25T10:30:20Z');
const clock = fakeClock(now);

const odd = [
  "Robert'); drop table series;--",
  'NULL',
  'null',
  '{a,"b"}',
  '\\',
  '\\x41',
  '"quoted", \'twice\'',
  ' blanks \t\r\n around ',
  '\u0001\u001f\u007f\u0085',
  '\u202eright to left',
  'e\u0301 is not \u00e9',
  '👩‍👩‍👧 💥',
  // Not in front: PGlite's reader takes a leading U+FEFF for a byte order mark and drops it.
  'a\ufeff\ufffd\uffff\u{10ffff}',
  '$1 %s {{x}} <b>&amp;',
  '__proto__',
];

/** That every text the parser lets through comes back as it was. */
export function deliveryTextsContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });

  describe('texts', () => {
    const bodyOf = (text: string, other: string) => ({
      batchId: text,
      counts: [
        {
          time: '2026-11-25T10:04:00Z',
          source: text,
          destination: text,
          mapping: other,
          audience: text,
          step: 'failed_delivery',
          eventType: text,
          eventName: other,
          appVersion: text,
          reason: other,
          count: 2,
        },
        {
          time: '2026-11-25T10:04:00Z',
          source: text,
          destination: text,
          mapping: other,
          audience: text,
          step: 'failed_delivery',
          eventType: other,
          eventName: text,
          appVersion: text,
          reason: text,
          count: 3,
        },
      ],
      gauges: [{ time: '2026-11-25T10:04:00Z', source: text, metric: text, value: 4 }],
      resources: [{ kind: 'source', id: text, name: other }],
    });

    async function comesBack(text: string, other: string, workspace: string): Promise<void> {
      const batch = parseDeliveryBody(bodyOf(text, other), workspace, now);
      await database.transaction(async ({ delivery, resources }) => {
        await delivery.claimBatch({ workspace, sender: 's', id: batch.batchId, bodyHash: 'aa', at: now });
        await delivery.addCounts(batch.counts, 'push', now);
        await delivery.putGauges(batch.gauges, 'push');
        await resources.put(batch.resources);
      });
      const reopened = await backend.reopen(clock);
      await reopened.read(async ({ delivery, resources }) => {
        const [counted, levelled] = await delivery.allSeries(workspace);
        expect(counted).toMatchObject({ source: text, destination: text, mapping: other, audience: text });
        const window = { from: plus(now, -HOUR), to: now };
        const ids = [counted?.id as number];
        const cells = await delivery.cells({
          series: ids,
          now: window,
          before: window,
          minutesFrom: plus(now, -DAY),
          provisionalFrom: now,
        });
        const byReason = new Map<string, number>();
        for (const c of cells) if (c.part === 'now') byReason.set(c.reason, (byReason.get(c.reason) ?? 0) + c.count);
        expect(Object.fromEntries(byReason)).toEqual(text === other ? { [text]: 5 } : { [other]: 2, [text]: 3 });
        expect(await delivery.gauge([levelled?.id as number], text, now)).toBe(4);
        expect(await resources.all(workspace)).toMatchObject([{ id: text, name: other }]);
      });
      const names = await database.kysely.selectFrom('facet').select('event_name').where('app_version', '=', text).execute();
      expect(names.map((row) => row.event_name).sort()).toEqual([other, text].sort());
    }

    test('of 1,024 bytes in every place, alike but for the last character', async () => {
      await comesBack(`${'x'.repeat(1_023)}a`, `${'x'.repeat(1_023)}b`, 'long');
      await comesBack(`${'💥'.repeat(255)}abcd`, '💥'.repeat(256), 'wide');
    });

    test.each(odd.map((text) => [JSON.stringify(text), text]))('come back as they were: %s', async (_, text) => {
      await comesBack(text, `${text}!`, 'odd');
    });

    test('come back as they were, whatever the parser lets through', async () => {
      let runs = 0;
      const accepted = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((text) => {
        if (text.startsWith('\ufeff')) return false;
        try {
          parseDeliveryBody({ batchId: text }, 'main', now);
          return true;
        } catch {
          return false;
        }
      });
      await fc.assert(
        fc.asyncProperty(accepted, (text) => comesBack(text, `${text}!`, `w${++runs}`)),
        { numRuns: 15 },
      );
    });
  });
}
