import { beforeEach, describe, expect, test } from 'vitest';
import { createDemo } from '../../src/connectors/demo/demo.ts';
import { DAY, MINUTE } from '../../src/core/delivery/time.ts';
import type { Connector } from '../../src/core/ports/connector.ts';
import { collectAudit } from '../../src/flows/audit/collect.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onEachBackend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

await onEachBackend((backend) => {
  describe('a connector’s audit events', () => {
    let clock = fakeClock('2026-11-25T12:09:20Z');
    let database: OpenDatabase;
    beforeEach(async () => {
      clock = fakeClock('2026-11-25T12:09:20Z');
      database = await backend.open(clock);
    });
    const run = (connector: Connector = createDemo()) =>
      collectAudit({ database, clock, print: (secret) => String(secret.length) }, connector);
    const stored = () => database.read(({ audit }) => audit.search({ terms: [] }, { limit: 5_000 }));

    test('go back three weeks at first, then on from where they were', async () => {
      await run();
      const first = await stored();
      expect(first.length).toBeGreaterThan(300);
      expect(Number(clock.now()) - Number(first.at(-1)?.at)).toBeLessThan(21 * DAY);
      expect(Number(clock.now()) - Number(first.at(-1)?.at)).toBeGreaterThan(20 * DAY);
      expect(first[0]).toMatchObject({ action: 'mapping.disabled', actor: { name: 'Dana' }, via: 'demo', provider: 'demo' });
      await run();
      expect(await stored()).toHaveLength(first.length);
      for (let minutes = 0; minutes < 40; minutes += 7) {
        clock.advance(7 * MINUTE);
        await run();
      }
      const events = await stored();
      expect(events.length).toBeGreaterThan(first.length);
      expect(events.find(({ action }) => action === 'mapping.enabled')?.at.toISOString()).toMatch(/^2026-11-25T12:(3|4)/);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    });

    test('are masked before they are stored', async () => {
      await run();
      const text = JSON.stringify(await stored());
      expect(text).toContain('[masked:');
      expect(text).not.toMatch(/[0-9a-f]{40}/);
    });

    test('after a long absence begin three weeks ago, and one that tells none is left alone', async () => {
      await run();
      clock.advance(100 * DAY);
      await run();
      const gap = (await stored()).filter(({ at }) => at > new Date('2026-11-26T00:00:00Z'));
      expect(Number(clock.now()) - Number(gap.at(-1)?.at)).toBeLessThan(21 * DAY);
      const { audit: _audit, ...silent } = createDemo();
      clock.advance(DAY);
      const before = (await stored()).length;
      await run(silent);
      expect(await stored()).toHaveLength(before);
    });
  });
});
