import { describe, expect, test } from 'vitest';
import { deadLetterMessage, type ForwardRow, forwardsCard } from '../../src/core/cards/forwards-card.ts';
import { type Status, statusCard } from '../../src/core/cards/status-card.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import { type Message, plain } from '../../src/core/messages/message.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { act, hostile, roomy } from '../audit/card-samples.ts';
import { NOW } from '../audit/samples.ts';

const siem: ForwardRow = {
  ...{ name: 'siem', url: 'https://siem.example/hook?key=hush', query: '', seq: 1_204 },
  ...{ failures: 0, pausedUntil: null, deliveredAt: plus(NOW, -3 * MINUTE), told: false },
  ...{ waiting: 0, dead: 0, behind: 0, since: null, error: null },
};
const down: ForwardRow = {
  ...{ ...siem, name: 'lake', query: 'action:destination.*', workspace: 'shop', deliveredAt: null, failures: 7 },
  ...{
    waiting: 5,
    dead: 0,
    behind: 40,
    since: plus(NOW, -HOUR),
    error: 'The receiver answered 503.',
    pausedUntil: plus(NOW, MINUTE),
  },
};
const gone: ForwardRow = {
  ...siem,
  name: 'old',
  dead: 2,
  since: plus(NOW, -HOUR),
  error: 'The receiver answered 410: it wants no more.',
};

const card = (rows: ForwardRow[], more: Partial<Parameters<typeof forwardsCard>[0]> = {}) =>
  forwardsCard({ rows, hidden: 0, canManage: true, now: NOW, capabilities: roomy, act, ...more });
const labels = ({ blocks }: Message) =>
  blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons.map(({ label }) => label) : []));
const words = ({ title, blocks }: Message) =>
  [title, ...blocks.map((block) => ('text' in block && block.kind !== 'code' ? plain(block.text) : ''))].join('\n');

describe('/audit forwards', () => {
  test.each<[string, Message]>([
    ['none', card([])],
    ['healthy', card([siem])],
    ['troubled', card([siem, down, gone])],
  ])('reads like forwards-%s', async (name, message) => {
    await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot(`../golden/cards/forwards-${name}.json`);
  });

  test('says in the first line whether all is delivered, and to which not', () => {
    expect(card([siem]).title).toBe('siem gets every change');
    expect(card([siem, { ...siem, name: 'b' }]).title).toBe('All 2 forwards work');
    expect(card([siem, down, gone])).toMatchObject({ title: 'Not everything is delivered: lake, old', tone: 'warning' });
    expect(words(card([down]))).toContain(
      'lake: 5 changes not delivered since 25 Nov 09:30 UTC. The receiver answered 503. 40 newer wait behind.',
    );
  });

  test('has a button for what is dead, for owners alone', () => {
    expect(labels(card([siem, down]))).toEqual(['Refresh']);
    expect(labels(card([siem, gone]))).toEqual(['Send again', 'Refresh']);
    expect(labels(card([gone, { ...gone, name: 'b' }]))).toEqual(['Send again: old', 'Send again: b', 'Refresh']);
    const viewed = card([gone], { canManage: false });
    expect(labels(viewed)).toEqual(['Refresh']);
    expect(words(viewed)).toContain('an owner can send dead ones again');
  });

  test('shows no more of an address than its host, and leaves out nothing in silence', () => {
    expect(JSON.stringify(card([siem, down]))).not.toContain('hush');
    const many = card(
      Array.from({ length: 9 }, (_, i) => ({ ...gone, name: `f${i}` })),
      { capabilities: { ...roomy, tableRows: 4 } },
    );
    expect(many.blocks[0]).toMatchObject({ kind: 'table', left: 5 });
    expect(labels(many)).toHaveLength(5);
    expect(words(many)).toContain('and 5 more');
  });

  test('says where to ask when the forwards are about more than this channel', () => {
    expect(card([], { hidden: 2 }).title).toBe('No forward is about this workspace alone');
    expect(card([]).title).toBe('Nothing is forwarded');
  });

  test('takes a search of any text as text', () => {
    expect(JSON.stringify(card([{ ...siem, query: hostile }]))).toContain(JSON.stringify(hostile).slice(1, -1));
  });
});

test('the owners are told what is wrong and what to do', () => {
  expect(words(deadLetterMessage(gone))).toContain(
    'The forward old has given up a change: 2 changes not delivered since 25 Nov 09:30 UTC, given up. The receiver answered 410',
  );
  expect(words(deadLetterMessage(gone))).toContain('press Send again on /audit forwards');
});

describe('/warden status', () => {
  const status: Status = { parts: [{ name: 'database' }], backlog: [], workspaces: [], channels: [] };
  const shown = (forwards?: ForwardRow[]) =>
    statusCard({ status: { ...status, ...(forwards ? { forwards } : {}) }, capabilities: roomy, act });

  test('has a line for each forward with trouble, and none for the others', () => {
    expect(shown().title).toBe('Everything works');
    expect(shown([siem]).title).toBe('Everything works');
    const troubled = shown([siem, down]);
    expect(troubled).toMatchObject({ title: 'Needs attention: lake does not get every change', tone: 'warning' });
    const [fields] = troubled.blocks;
    expect(fields).toMatchObject({
      kind: 'fields',
      fields: [{}, {}, { label: 'lake', value: expect.stringMatching(/^5 changes not/) }],
    });
    expect(words(troubled)).toContain('Next: /audit forwards lists');
  });
});

test('metrics tell of now, at the first look too', async () => {
  let looks = 0;
  const metrics = createMetrics(
    async () => [],
    undefined,
    async () => {
      looks++;
      return [siem, gone, down];
    },
  );
  metrics.forwarded('siem', 'delivered');
  const request = {
    params: {},
    query: {},
    headers: {},
    body: Buffer.alloc(0),
    address: '',
    signal: new AbortController().signal,
  };
  const { body } = await metrics.route.handle(request);
  for (const line of [
    'dead{forward="old"} 2',
    'waiting{forward="lake"} 5',
    'behind{forward="lake"} 40',
    'dead{forward="siem"} 0',
  ]) {
    expect(body).toContain(`pipewarden_forward_${line}`);
  }
  expect(body).toContain('pipewarden_forward_tries_total{forward="siem",result="delivered"} 1');
  expect(looks).toBe(1);
});
