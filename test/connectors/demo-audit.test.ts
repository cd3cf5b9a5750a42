import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditIn } from '../../src/connectors/demo/audit.ts';
import { incidentAt, nextIncident } from '../../src/connectors/demo/incident.ts';
import { groupBy } from '../../src/core/collections.ts';
import { DAY, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import { mask } from '../../src/core/privacy/mask.ts';
import { at, demo, lasting, resources, START } from './demo-facts.ts';

const told = ({ from, to }: Window) => auditIn({ from: Number(from), to: Number(to) });
/** Four weeks from a Monday. */
const MONDAY = Number(at('03-02T00:00'));
const month = told(lasting(MONDAY, 28 * DAY));

describe('the trail of the demo', () => {
  test('each event is told once, in order, however the time is split', () => {
    const spans = fc.array(fc.integer({ min: 1, max: 30 * HOUR }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.integer({ min: START, max: START + 90 * DAY }), spans, (from, parts) => {
        let start = from;
        const split = parts.flatMap((part) => {
          const window = lasting(start, part);
          start += part;
          return told(window);
        });
        expect(split).toEqual(told({ from: new Date(from), to: new Date(start) }));
      }),
      { numRuns: 50 },
    );
    expect(new Set(month.map(({ id }) => id)).size).toBe(month.length);
    expect(month.every((event) => event.workspace === 'demo' && event.provider === 'demo' && event.via === 'demo')).toBe(true);
  });

  test('before every incident Dana has disabled a mapping of its destination, three minutes before, and enables it after', async () => {
    const amplitude = resources.find(({ slug, kind }) => kind === 'destination' && slug === 'amplitude');
    const mapping = resources.find(({ kind, name, parent }) => {
      return kind === 'mapping' && name === 'Order Completed' && parent === amplitude?.id;
    });
    expect(mapping).toBeDefined();
    for (let from = at('05-04T00:00'); from < at('05-11T00:00'); from = plus(from, 2 * HOUR)) {
      const incident = nextIncident(from);
      const before = await demo.audit?.(lasting(plus(incident.from, -5 * MINUTE), 5 * MINUTE));
      const suspect = before?.find(({ action }) => action === 'mapping.disabled');
      expect(suspect).toMatchObject({
        at: plus(incident.from, -3 * MINUTE),
        actor: { name: 'Dana' },
        type: 'Mapping Disabled',
        resource: { kind: 'mapping', id: mapping?.id, name: 'Order Completed' },
        before: { enabled: true },
        after: { enabled: false },
      });
      const after = told({ from: incident.to, to: plus(incident.to, 15 * MINUTE) });
      const undone = after.find(({ action, resource }) => action === 'mapping.enabled' && resource.id === mapping?.id);
      expect(undone).toMatchObject({ actor: suspect?.actor, before: suspect?.after, after: suspect?.before });
      expect(undone && incidentAt(undone.at)).toBe(false);
    }
  });

  test('most is done at work, by many, on many things', () => {
    const isWork = (time: Date) => time.getUTCHours() >= 8 && time.getUTCHours() < 19 && ![0, 6].includes(time.getUTCDay());
    const [work, rest] = [month.filter((event) => isWork(event.at)), month.filter((event) => !isWork(event.at))];
    const hoursOfWork = 20 * 11;
    expect(work.length / hoursOfWork).toBeGreaterThan((1.3 * rest.length) / (28 * 24 - hoursOfWork));
    const days = [...groupBy(month, (event) => Math.floor((Number(event.at) - MONDAY) / DAY)).values()].map((day) => day.length);
    expect(Math.min(...days)).toBeGreaterThanOrEqual(10);
    expect(days.reduce((a, b) => a + b) / 28).toBeLessThan(35);
    // Beside what Dana does about the incidents.
    const others = month.filter(({ resource }) => resource.name !== 'Order Completed');
    expect(others.filter((event) => isWork(event.at)).length / others.length).toBeGreaterThan(0.6);
    const kinds = new Set(others.map(({ resource }) => resource.kind));
    for (const kind of ['destination', 'mapping', 'filter', 'source', 'tracking_plan', 'user', 'invite'])
      expect(kinds).toContain(kind);
    expect(new Set(others.map(({ actor }) => actor.name)).size).toBeGreaterThan(8);
    expect(new Set(month.map(({ actor }) => actor.type))).toEqual(new Set(['user', 'token', 'system']));
    expect(month.every(({ action }) => !action.startsWith('other.'))).toBe(true);
  });

  test('what is switched off is switched on again before it is switched off once more', () => {
    const enabled = (value: unknown) => (value as { enabled?: boolean } | undefined)?.enabled;
    const switched = told(lasting(START, 180 * DAY)).filter(({ after }) => enabled(after) !== undefined);
    for (const [, own] of groupBy(switched, ({ resource }) => resource.id)) {
      const first = own.findIndex(({ after }) => enabled(after) === false);
      expect(own.slice(first).map(({ after }) => enabled(after))).toEqual(own.slice(first).map((_, i) => i % 2 === 1));
      for (const { before, after } of own) expect(enabled(before)).toBe(!enabled(after));
    }
  });

  test('what follows from the time before says so, and secrets that changed are masked', () => {
    const secrets = month.filter(({ before }) => /apiKey|sharedSecret/.test(JSON.stringify(before ?? null)));
    expect(secrets.length).toBeGreaterThanOrEqual(8);
    for (const { before, after } of secrets) {
      expect(before).not.toEqual(after);
      expect(JSON.stringify(mask({ before, after }))).not.toMatch(/[0-9a-f]{20}/);
    }
    const continued = [...secrets, ...month.filter(({ action }) => action === 'tracking_plan.modified')];
    for (const [, own] of groupBy(continued, ({ resource }) => resource.id)) {
      expect(own.slice(1).map(({ before }) => before)).toEqual(own.slice(0, -1).map(({ after }) => after));
    }
  });

  test('a window without anything is empty', () => {
    expect(told({ from: at('05-04T12:00'), to: at('05-04T12:00') })).toEqual([]);
    expect(told({ from: at('05-04T12:00'), to: at('05-04T11:00') })).toEqual([]);
  });
});
