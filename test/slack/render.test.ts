import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, type SlackBlock, sizeOf } from '../../src/chat/slack/blocks.ts';
import { render } from '../../src/chat/slack/render.ts';
import { mrkdwn, mrkdwnOf } from '../../src/chat/slack/text.ts';
import { type Block, type Message, tonePrefix } from '../../src/core/messages/message.ts';
import { cut } from '../../src/core/messages/words.ts';
import { alarm, overview, ranking } from '../console/samples.ts';
import { anyMessage } from '../support/any-message.ts';
import { findInBlocks } from '../support/slack/blocks/check.ts';
import { createWorld, type World } from '../support/slack/world.ts';

const FILE = 'F0123456789';
function worldWithFile(): World {
  const world = createWorld({});
  const state = { completed: true, processed: true, polls: 1, mimetype: 'image/png', channels: [] };
  world.files.set(FILE, { id: FILE, name: 'figure.png', title: '', altText: '', user: world.app.botUserId, length: 1, ...state });
  return world;
}
const world = worldWithFile();

const frame: Frame = { surface: 'message', fileOf: () => FILE, newBlocks: true, charts: false, link: undefined };
const frames: Frame[] = [
  frame,
  { ...frame, fileOf: () => undefined, charts: true, link: 'https://pipewarden.example' },
  { ...frame, newBlocks: false, fileOf: () => undefined },
  { ...frame, surface: 'home' },
];

const folder = fileURLToPath(new URL('../golden/cards', import.meta.url));
const cards = readdirSync(folder).map((file): [string, Message] => {
  const card = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Message | { message: Message };
  return [file, 'message' in card ? card.message : card];
});
const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const card = (...blocks: Block[]): Message => ({ title: 'web → amplitude', tone: 'warning', blocks });
const shown = (message: Message, in_: Frame = frame) => JSON.stringify(render(message, in_).blocks);

/** What Slack would refuse. */
function faults(message: Message, in_: Frame): string[] {
  const { text, blocks } = render(message, in_);
  const found = findInBlocks(world, blocks, in_.surface);
  return [
    ...found.all,
    ...(found.size > 13_000 || sizeOf(blocks) > 12_000 ? [`${found.size} characters`] : []),
    ...(Buffer.byteLength(text) > 4_000 || text.trim() === '' ? ['text'] : []),
    ...(/[\uD800-\uDFFF]/u.test(text + textsOf(blocks).join('')) ? ['half a character'] : []),
  ];
}

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};
const controlsIn = (blocks: readonly SlackBlock[]): { action_id: string; options?: unknown[] }[] =>
  blocks.flatMap((block) => [
    ...(block.type === 'actions' ? (block.elements as []) : []),
    ...(block.accessory ? [block.accessory as never] : []),
  ]);

describe('cards in Slack', () => {
  test.each(cards)('%s', async (file, message) => {
    await expect(written(render(message, frame))).toMatchFileSnapshot(`../golden/slack/${file}`);
    for (const in_ of frames) expect(faults(message, in_)).toEqual([]);
  });

  test.each([
    ['overview.json', overview(), frame],
    ['overview-without-picture.json', overview(), frames[1]],
    ['overview-plain-blocks.json', overview(), frames[2]],
    ['overview-home.json', overview(), frames[3]],
    ['alarm.json', alarm, frame],
    ['ranking-40.json', ranking(40), frame],
  ] as [string, Message, Frame][])('%s', async (file, message, in_) => {
    await expect(written(render(message, in_))).toMatchFileSnapshot(`../golden/slack/${file}`);
    expect(faults(message, in_)).toEqual([]);
  });

  test('no message of any kind breaks a limit', () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(...frames), (message, in_) => {
        expect(faults(message, in_)).toEqual([]);
        const { text, blocks } = render(message, in_);
        expect(text.startsWith(tonePrefix(message.tone))).toBe(true);
        expect(JSON.stringify(blocks[0])).toContain(tonePrefix(message.tone));
        const ids = controlsIn(blocks).map(({ action_id }) => action_id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 120 },
    );
  });

  test('the full capacity that is promised is shown', () => {
    const message = ranking(30);
    expect(shown(message)).not.toMatch(/… and|Left out/);
  });

  test('what does not fit is counted', () => {
    const many = Array.from({ length: 130 }, (_, at) => ({ label: `Pipeline ${at}`, value: `${at}` }));
    expect(shown(card({ kind: 'select', label: 'Open', action: { verb: 'pipeline.open', id: 'v1' }, options: many }))).toContain(
      '… and 30 more to choose from',
    );
    const rows = Array.from({ length: 120 }, (_, at) => [`${at}`]);
    const table: Block = { kind: 'table', caption: 'Rows', columns: [{ label: 'Row', align: 'left' }], rows, left: 5 };
    expect(shown(card(table))).toContain('… and 25 more');
    expect(shown(card({ kind: 'text', text: 'x '.repeat(9_000) }))).toContain('…');
    const noise = Array.from({ length: 60 }, (): Block => ({ kind: 'context', text: 'small print' }));
    expect(shown(card(...noise))).toContain('Left out, for Slack takes no more: 60 notes.');
  });

  test('a second table is aligned text', () => {
    const table: Block = { kind: 'table', caption: 'Rows', columns: [{ label: 'Row', align: 'right' }], rows: [['1'], ['22']] };
    const { blocks } = render(card(table, table), frame);
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'data_table', 'section']);
    expect(JSON.stringify(blocks[2])).toContain('Row\\n  1\\n 22');
  });
});

describe('text', () => {
  test('is inert wherever Slack parses', () => {
    expect(mrkdwn('<!here> & <@U1> *a* _b_ ~c~ `d` :fire: snake_case 2*3 12:30:45')).toBe(
      '&lt;!here&gt; &amp; &lt;@U1&gt; ∗a∗ ˍbˍ ∼c∼ ˋdˋ ∶fire: snake_case 2*3 12:30:45',
    );
    expect(mrkdwn('> quote\n> more')).toBe('› quote\n› more');
  });

  test('links only lead to the web, and cannot be broken out of', () => {
    expect(mrkdwnOf([{ link: 'a>b|c', url: 'https://example.com/?a=1&b=<x>|y' }], 500)).toBe(
      '<https://example.com/?a=1&amp;b=%3Cx%3E%7Cy|a›b|c>'.replace('a›b', 'a&gt;b'),
    );
    expect(mrkdwnOf([{ link: 'click', url: 'javascript:alert(1)' }], 500)).toBe('click');
  });

  test('times are read in the reader’s zone', () => {
    expect(mrkdwnOf(['since ', { time: '2026-11-25T12:00:00Z', as: 'datetime' }], 500)).toBe(
      'since <!date^1795608000^{date_short_pretty} at {time}|25 Nov 2026, 12:00 UTC>',
    );
  });

  test('is cut between characters and words, never inside a link', () => {
    expect(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12)).toBe('👩‍👩‍👧‍👦…');
    expect(cut('one two three four five', 20)).toBe('one two three four…');
    expect(mrkdwnOf(['see ', { link: 'the guide', url: 'https://example.com/a' }], 20)).toBe('see …');
  });
});
