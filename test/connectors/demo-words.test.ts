import { describe, expect, test } from 'vitest';
import { eventKey } from '../../src/connectors/demo/model.ts';
import { destinations, sources } from '../../src/connectors/demo/shop.ts';
import { groupBy } from '../../src/core/collections.ts';
import { normaliseReason, reasonFacts } from '../../src/core/delivery/reasons.ts';
import { isVariant, stepFacts } from '../../src/core/delivery/steps.ts';
import { DAY, floorTo, HOUR, plus } from '../../src/core/delivery/time.ts';
import { at, demo, lasting, resources } from './demo-facts.ts';

describe('words', () => {
  test('every id in a series is a resource of its kind and parent', async () => {
    const byId = new Map(resources.map((resource) => [resource.id, resource]));
    const { counts, gauges, syncs, samples } = await demo.delivery(lasting(at('05-04T00:00'), DAY));
    const all = [...counts, ...gauges, ...syncs, ...samples].map(({ series }) => series);
    for (const { workspace, source, destination, mapping, audience } of all) {
      expect(workspace).toBe('demo');
      expect(byId.get(source)?.kind).toBe('source');
      if (destination) expect(byId.get(destination)).toMatchObject({ kind: 'destination', parent: source });
      if (mapping) expect(byId.get(mapping)).toMatchObject({ kind: 'mapping', parent: destination });
      if (audience) expect(byId.get(audience)).toMatchObject({ kind: 'audience', parent: source });
    }
  });

  test('ids, slugs and variants of the resources', () => {
    expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
    for (const kind of ['source', 'destination']) {
      const slugs = resources.filter((resource) => resource.kind === kind).map(({ slug }) => slug);
      expect(new Set(slugs).size).toBe(slugs.length);
    }
    for (const { slug } of resources) expect(slug).toMatch(/^[a-z0-9-]{2,20}$/);
    const ofKind = groupBy(resources, ({ kind }) => kind);
    expect(ofKind.get('source')?.map(({ slug }) => slug)).toEqual(['web', 'ios', 'server', 'support', 'profiles']);
    expect(ofKind.get('destination')).toHaveLength(15);
    expect(ofKind.get('audience')?.map(({ id }) => id)).toEqual(['aud_vip', 'aud_cart', 'aud_new']);
    const special = { warehouse: 'storage', 'facebook-audiences': 'linked_audience', sendgrid: 'engage' } as Record<
      string,
      string
    >;
    for (const { id, slug, variant } of ofKind.get('destination') ?? []) {
      const mappings = ofKind.get('mapping')?.filter(({ parent }) => parent === id) ?? [];
      expect(variant).toBe(special[slug] ?? (mappings.length > 0 ? 'actions' : 'classic'));
      expect(isVariant(variant)).toBe(true);
      if (variant === 'actions') expect(mappings.length === 2 || mappings.length === 3).toBe(true);
    }
  });

  test('what mappings and losses refer to exists', () => {
    for (const source of sources) {
      const keys = source.events.map(eventKey);
      const own = destinations.filter((destination) => destination.source === source.slug);
      const named = [source, ...own].flatMap(({ losses }) => losses.flatMap(({ events }) => events));
      const taken = own.flatMap(({ mappings }) => mappings.flatMap(({ takes }) => takes));
      expect([...named, ...taken].filter((key) => !keys.includes(key))).toEqual([]);
      expect(source.events.reduce((total, { mix }) => total + mix, 0)).toBeCloseTo(1);
    }
  });

  test('every reason is documented, save the one that is meant to be new', async () => {
    const runs = await demo.history(lasting(at('05-04T00:00'), 28 * DAY));
    const discards = runs.filter(({ step }) => stepFacts[step].role === 'discard');
    expect(discards.every(({ reason }) => reason !== '')).toBe(true);
    const unknown = discards.filter(({ step, reason }) => !reasonFacts(step, normaliseReason(reason).code).known);
    expect([...new Set(unknown.map(({ reason }) => reason))]).toEqual(['413']);
    expect(discards.some(({ reason }) => reason === 'errors.discarded.400')).toBe(true);
    expect(runs.every(({ step, reason }) => stepFacts[step].role === 'discard' || reason === '')).toBe(true);
  });

  test('a month is told in a hundred and forty rows or so', async () => {
    const window = { from: floorTo(HOUR, at('05-04T00:00')), to: plus(at('05-04T00:00'), 28 * DAY) };
    const runs = await demo.history(window);
    expect(runs.length).toBeLessThanOrEqual(150);
    for (const run of runs)
      expect([Number(run.from), run.counts.length, run.retried.length]).toEqual([Number(window.from), 672, 672]);
  });
});
