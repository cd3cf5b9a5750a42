import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import type { SavedSearch } from '../../src/core/audit/saved-search.ts';
import { type Batch, tell } from '../../src/core/audit/watch-batch.ts';
import { batchCard, batchSearch } from '../../src/core/cards/audit-batch-card.ts';
import { savedCard, savedSentence } from '../../src/core/cards/audit-saved-cards.ts';
import { watchBegunCard, watchCard, watchEndedMessage, watchesCard } from '../../src/core/cards/audit-watch-cards.ts';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Message } from '../../src/core/messages/message.ts';
import type { Watch } from '../../src/core/ports/audit-watches.ts';
import { act, hostile, roomy, stored } from '../audit/card-samples.ts';
import { NOW } from '../audit/samples.ts';

let ids = 0;
const channel = { scope: 'main', closed: false, newId: () => `vw_${++ids}` };
const actors = ['Dana Rossi', 'Sam Okoro', 'Deploy bot'];
/** Changes some seconds apart, of as many actors. */
const changes = (count: number, { apart = 14, people = 1 } = {}) =>
  Array.from({ length: count }, (_, n) => {
    const at = plus(NOW, -3 * MINUTE + n * apart * 1_000);
    const actor = { id: `u-${n % people}`, type: 'user', name: actors[n % people] ?? `Person ${n % people}`, email: '' };
    return stored({
      seq: 300 + n,
      at,
      arrived: at,
      actor,
      resource: { kind: 'destination', id: `dst-${n}`, name: `Destination ${n + 1}` },
    });
  });
const batchOf = (events: Parameters<typeof tell>[1], more: Partial<typeof channel> | { scope: null } = {}): Batch =>
  tell([], events, { ...channel, ...more }).at(-1) as Batch;

const watch = (some: Partial<Watch> = {}): Watch => ({
  id: 'aw_1',
  place: { platform: 'slack', team: 'T1', channel: 'C0OPS' },
  query: 'action:destination.* -actor:deploy-bot',
  after: 200,
  by: 'Dana Rossi',
  account: 'slack:U1',
  at: NOW,
  ...some,
});
const search = (some: Partial<SavedSearch> = {}): SavedSearch => ({
  name: 'night-deploys',
  query: 'actor:deploy-bot since:1d',
  by: 'Sam Okoro',
  at: NOW,
  ...some,
});
const list = { done: undefined, deleted: undefined, workspace: undefined, capabilities: roomy, act };

describe('the cards read like', () => {
  test.each<[string, { message: Message; choices?: string[] }]>([
    ['audit-watch-one', batchCard(batchOf(changes(1)), act)],
    ['audit-watch-many', batchCard(batchOf(changes(12)), act)],
    ['audit-watch-storm', batchCard(batchOf(changes(67, { apart: 0.7, people: 40 })), act)],
    ['audit-watch-held', batchCard(batchOf(changes(5, { apart: 900, people: 3 }), { closed: true }), act)],
    ['audit-watch-begun', watchBegunCard({ ...watch(), act })],
    ['audit-watch-ended', { message: watchEndedMessage(watch()) }],
    ['audit-watch-answer', watchCard({ watch: watch(), isNew: true, workspace: 'main', fromSearch: true, act })],
    ['audit-watch-again', watchCard({ watch: watch(), isNew: false, workspace: undefined, fromSearch: false, act })],
    [
      'audit-watches',
      watchesCard({
        ...list,
        watches: [
          { ...watch(), here: true },
          { ...watch({ id: 'aw_2', query: 'kind:user' }), here: false },
        ],
      }),
    ],
    ['audit-watches-none', watchesCard({ ...list, watches: [], done: 'Not watched for any more: kind:user' })],
    ['audit-saved', savedCard({ ...list, searches: [search(), search({ name: 'ops', query: 'kind:user' })] })],
    [
      'audit-saved-in-one',
      savedCard({ ...list, searches: [search({ forAll: true }), search({ name: 'ops' })], workspace: 'main' }),
    ],
    [
      'audit-saved-deleted',
      savedCard({ ...list, searches: [], done: 'Deleted @night-deploys', deleted: search(), workspace: 'main' }),
    ],
  ])('%s', async (name, card) => {
    await expect(`${JSON.stringify(card, null, 2)}\n`).toMatchFileSnapshot(`../golden/cards/${name}.json`);
  });
});

describe('what a message is called', () => {
  const title = (batch: Batch): string => batchCard(batch, act).message.title;
  test.each([
    [changes(2, { apart: 0 }), 'Dana Rossi made 2 changes at once'],
    [changes(2, { apart: 1 }), 'Dana Rossi made 2 changes in 1 second'],
    [changes(12), 'Dana Rossi made 12 changes in 3 minutes'],
  ])('%#', (events, wanted) => {
    expect(title(batchOf(events))).toBe(wanted);
  });

  test('of what came late, by when it happened', () => {
    const old = changes(2).map((event, n) => ({ ...event, at: plus(NOW, -n * 50 * 60 * MINUTE), arrived: NOW }));
    expect(title(batchOf(old))).toBe('Dana Rossi made 2 changes in 2 days');
  });

  test('names the workspace where the channel is about all', () => {
    const context = JSON.stringify(batchCard(batchOf(changes(1), { scope: null }), act).message.blocks[0]);
    expect(context).toContain('workspace main');
  });
});

describe('Show all', () => {
  test.each([
    [batchOf(changes(12)), undefined, 'actor:"u-0" since:2026-11-25T10:27:20Z until:2026-11-25T10:29:55Z'],
    [
      batchOf(changes(2), { scope: null }),
      undefined,
      'actor:"u-0" workspace:"main" since:2026-11-25T10:27:20Z until:2026-11-25T10:27:35Z',
    ],
    [
      batchOf(changes(67, { apart: 0.7, people: 40 })),
      'kind:destination',
      'kind:destination since:2026-11-25T10:27:34Z until:2026-11-25T10:28:07Z',
    ],
  ])('searches for what is in it: %#', (batch, watched, wanted) => {
    const text = batchSearch(batch, watched);
    expect(text).toBe(wanted);
    expect(() => parseQuery(text, NOW)).not.toThrow();
  });

  test('of an actor whose id would be read as something else leaves it out', () => {
    const odd = changes(2).map((event) => ({ ...event, actor: { ...event.actor, id: 'a*"b' } }));
    expect(batchSearch(batchOf(odd), 'x '.repeat(400))).toBe('since:2026-11-25T10:27:20Z until:2026-11-25T10:27:35Z');
  });
});

test('hostile words are data', () => {
  const events = changes(3).map((event) => ({
    ...event,
    workspace: hostile,
    action: hostile,
    type: hostile,
    actor: { id: hostile, type: hostile, name: hostile, email: hostile },
    resource: { kind: hostile, id: hostile, name: hostile },
  }));
  for (const some of [events, events.slice(0, 1)]) {
    const batch = batchOf(some, { scope: null });
    expect(JSON.stringify(batchCard(batch, act).message)).not.toMatch(/\\n|\u202E|\\u0000/);
    expect(() => parseQuery(batchSearch(batch, undefined), NOW)).not.toThrow();
  }
  expect(watchEndedMessage({ query: hostile, by: hostile }).title).not.toMatch(/\n|\u202E|\p{Cc}/u);
  expect(savedSentence({ search: search({ query: hostile }), replaced: search({ by: hostile, query: hostile }) })).not.toMatch(
    /\n|\u202E/u,
  );
});
