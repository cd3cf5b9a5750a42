import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ContainerBuilder } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Component, KIND } from '../../src/chat/discord/controls.ts';
import { readId } from '../../src/chat/discord/ids.ts';
import { type Frame, filesIn, render } from '../../src/chat/discord/render.ts';
import { escaped, markdown } from '../../src/chat/discord/text.ts';
import type { Figure } from '../../src/core/messages/figure.ts';
import { type Block, type Message, tonePrefix } from '../../src/core/messages/message.ts';
import { alarm, overview, ranking } from '../console/samples.ts';
import { anyMessage, hostile } from '../support/any-message.ts';
import { flatten } from '../support/discord/describe.ts';
import { Refusal } from '../support/discord/refusal.ts';
import { checkMessage, flag } from '../support/discord/rules/message.ts';
import { createWorld } from '../support/discord/world.ts';

const drawn: Frame = { fileOf: () => 'k1.png', link: 'https://pipewarden.example' };
const undrawn: Frame = { fileOf: () => undefined };
const world = createWorld({});

const folder = fileURLToPath(new URL('../golden/cards', import.meta.url));
const cards = readdirSync(folder).map((file): [string, Message] => {
  const card = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Message | { message: Message };
  return [file, 'message' in card ? card.message : card];
});
const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const card = (...blocks: Block[]): Message => ({ title: 'web → amplitude', tone: 'warning', blocks });
const textsOf = (components: readonly Component[]): string[] =>
  flatten(components).flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
const shown = (message: Message, frame: Frame = drawn) => textsOf(render(message, frame)).join('\n');

/** What Discord would refuse, and what its library would. */
function faults(components: readonly Component[]): string[] {
  const files = [...new Set(filesIn(components))].map((name, at) => ({ key: `files[${at}]`, name, bytes: Buffer.from('png') }));
  const body = { flags: flag.v2, components: [...components], allowed_mentions: { parse: [] } };
  const found: string[] = [];
  try {
    checkMessage(world, { body, files, at: [], isResponse: false, attachmentLimit: 1e6 });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    found.push(JSON.stringify(error.errors ?? error.body));
  }
  for (const component of components) new ContainerBuilder(component as never).toJSON();
  if (textsOf(components).some((one) => /\p{Surrogate}/u.test(one))) found.push('half a character');
  return found;
}

describe('cards in Discord', () => {
  test.each([...cards, ['overview.json', overview()], ['alarm.json', alarm], ['ranking-15.json', ranking(15)]] as [
    string,
    Message,
  ][])('%s', async (file, message) => {
    const components = render(message, drawn);
    await expect(written(components)).toMatchFileSnapshot(`../golden/discord/${file}`);
    expect(faults(components)).toEqual([]);
    expect(faults(render(message, undrawn))).toEqual([]);
  });

  test('no message of any kind breaks a limit, and its first line tells severity and title', () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(drawn, undrawn, { ...drawn, mark: 'mk1' }), (message, frame) => {
        const components = render(message, frame);
        expect(faults(components)).toEqual([]);
        expect(textsOf(components)[0]).toContain(tonePrefix(message.tone));
      }),
      { numRuns: 150 },
    );
  });

  test('the full capacity that is promised is shown', () => {
    expect(shown(ranking(15))).not.toMatch(/… and|Left out/);
  });

  test('what does not fit is counted', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ label: `Pipeline ${at}`, value: `${at}` }));
    const action = { verb: 'pipeline.open', id: 'v1' };
    expect(shown(card({ kind: 'select', label: 'Open', action, options: many }))).toContain('… and 5 more to choose from');
    const rows = Array.from({ length: 60 }, (_, at) => [`${at}`]);
    const table: Block = { kind: 'table', caption: 'Rows', columns: [{ label: 'Row', align: 'left' }], rows, left: 5 };
    expect(shown(card(table))).toContain('… and 15 more');
    expect(shown(card({ kind: 'text', text: 'x '.repeat(9_000) }))).toContain('…');
    const noise = Array.from({ length: 50 }, (): Block => ({ kind: 'context', text: 'small print' }));
    expect(shown(card(...noise))).toContain(
      'Left out, for Discord takes no more: 50 notes. [See it in the console](<https://pipewarden.example/>)',
    );
  });

  test('a narrow table is aligned, a wide one has a paragraph for each row', () => {
    const columns = [
      { label: 'Reason', align: 'left' as const },
      { label: 'Events', align: 'right' as const },
    ];
    const table: Block = {
      kind: 'table',
      caption: 'Why',
      columns,
      rows: [
        ['`429`', '7'],
        ['日本', '1,200'],
      ],
    };
    expect(shown(card(table))).toContain('**Why**\n```\nReason  Events\nˋ429ˋ        7\n日本     1,200\n```');
    const wide: Block = { ...table, rows: [['x'.repeat(60), [{ strong: '7' }]]] };
    expect(shown(card(wide))).toContain(`**${'x'.repeat(60)}**\nEvents **7**`);
  });

  test('the same action twice has two ids, and both mean it', () => {
    const button = { label: 'Refresh', action: { verb: 'pipeline.refresh', id: 'v1' } };
    const components = render(card({ kind: 'buttons', label: 'More', buttons: [button, button] }), { ...drawn, mark: 'mk' });
    const ids = flatten(components).flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []));
    expect(ids).toEqual(['mk~pipeline.refresh:v1', '2~pipeline.refresh:v1']);
    expect(ids.map((id) => readId(id).action)).toEqual([button.action, button.action]);
    expect(ids.map((id) => readId(id).mark)).toEqual(['mk', undefined]);
  });

  test('the button in force is told by shape and colour', () => {
    const [row] = flatten(render(overview(), drawn)).filter(({ type }) => type === KIND.row);
    expect(((row?.components ?? []) as Component[]).map(({ label, style }) => [label, style])).toEqual([
      ['1h', 2],
      ['● 24h', 1],
      ['7d', 2],
    ]);
  });

  test('a figure is a picture with its conclusion as alt text, or those words', () => {
    const figure = { kind: 'series', alt: 'Fell from 98 % to 61 %.' } as Figure;
    expect(JSON.stringify(render(card({ kind: 'figure', figure }), drawn))).toContain(
      '{"media":{"url":"attachment://k1.png"},"description":"Fell from 98 % to 61 %."}',
    );
    expect(shown(card({ kind: 'figure', figure }), undrawn)).toContain('-# Without its picture: Fell from 98 % to 61 %.');
  });
});

describe('text', () => {
  test('is inert wherever Discord parses', () => {
    expect(escaped('@everyone <@1> <#2> **a** __b__ ~~c~~ `d` ||e|| [f](https://x) :fire: 12:30:45')).toBe(
      '\\@everyone \\<\\@1\\> \\<#2\\> \\*\\*a\\*\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\`d\\` \\|\\|e\\|\\| \\[f\\](https\\://x) \\:fire: 12\\:30:45',
    );
    expect(escaped('# a\n-# b\n- c\n1. d\n> e\n>>> f')).toBe('\\# a\n\\-# b\n\\- c\n1\\. d\n\\> e\n\\>\\>\\> f');
  });

  test('nothing hostile comes through any part of a message', () => {
    for (const bad of hostile) {
      const texts = textsOf(
        render(
          card(
            { kind: 'text', text: ['', bad, { strong: bad }, { link: bad, url: 'https://ok.example' }] },
            { kind: 'context', text: bad },
            { kind: 'fields', fields: [{ label: bad, value: bad }] },
          ),
          drawn,
        ),
      );
      for (const one of texts) {
        expect(one).not.toMatch(
          /(?<!\\)@|(?<!\\)<(?!t:\d|https:\/\/ok)|(?<!\\)`|[^(<]https:\/\/|(?<!\\)\|\||(?<!\\)\]\((?!<https:\/\/ok)/,
        );
        expect(one).not.toMatch(/^#{1,3} (?!■|▲|✓|●)|^>/m);
      }
    }
  });

  test('links only lead to the web, and cannot be broken out of', () => {
    expect(markdown([{ link: 'a](b', url: 'https://example.com/(x)?a=<y>\\' }], 500)).toBe(
      '[a\\](b](<https://example.com/(x)?a=%3Cy%3E%5C>)',
    );
    expect(markdown([{ link: 'click', url: 'javascript:alert(1)' }], 500)).toBe('click');
  });

  test('times are read in the reader’s zone', () => {
    const time = '2026-11-25T12:00:00Z';
    const spans = (['time', 'datetime', 'ago'] as const).map((as) => ({ time, as }));
    expect(markdown(spans, 500)).toBe('<t:1795608000:t><t:1795608000:f><t:1795608000:R>');
  });

  test('is cut between characters and words, never inside a link; marks stay closed', () => {
    expect(markdown('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 14)).toBe('👩‍👩‍👧‍👦…');
    expect(markdown([{ strong: 'one two three four five' }], 24)).toBe('**one two three fou…**');
    expect(markdown(['see ', { link: 'the guide', url: 'https://example.com/a' }], 20)).toBe('see …');
    expect(markdown([{ strong: 'a' }, { strong: 'b' }, { code: 'c' }], 99)).toBe('**a**\u200B**b**\u200B`c`');
  });
});
