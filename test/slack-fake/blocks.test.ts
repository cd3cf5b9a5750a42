import type { WebClient } from '@slack/web-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFakeSlack, type FakeSlack } from '../support/slack/index.ts';
import { button, buttons, clientOf, loose, mrkdwn, plain, refusal } from './fixture.ts';

const long = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const option = (n: number, more: object = {}) => ({ text: plain(`Option ${n}`), value: `v${n}`, ...more });
const select = (more: object) => ({ ...mrkdwn('x'), accessory: { type: 'static_select', action_id: 's', ...more } });
const image = (more: object) => ({ type: 'image', alt_text: 'a chart', ...more });
const rawRow = (...cells: string[]) => cells.map((text) => ({ type: 'raw_text', text }));
const series = (name: string) => ({ name, data: [{ label: 'Mon', value: 1 }] });
const lines = (...names: string[]) => ({
  type: 'data_visualization',
  title: 'Events',
  chart: { type: 'line', series: names.map(series), axis_config: { categories: ['Mon'] } },
});

/** A fault, the blocks that have it, and what Slack says of it. */
const faults: [string, object[], string][] = [
  ['too many blocks', many(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
  ['an unknown type', [{ type: 'marquee' }], 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
  ['an unknown key', [{ ...mrkdwn('x'), colour: 'red' }], 'invalid additional property: colour [json-pointer:/blocks/0]'],
  ['a long section', [mrkdwn(long(3001))], 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
  ['an empty text', [mrkdwn('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  ['an empty section', [{ type: 'section' }], 'must provide text or fields [json-pointer:/blocks/0]'],
  [
    'too many fields',
    [{ type: 'section', fields: many(11, () => plain('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a long field',
    [{ type: 'section', fields: [plain(long(2001))] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'a long header',
    [{ type: 'header', text: plain(long(151)) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header with markup',
    [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
    'must be a valid plain_text object [json-pointer:/blocks/0/text/type]',
  ],
  [
    'a crowded context',
    [{ type: 'context', elements: many(11, () => plain('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'too many buttons',
    [buttons(...many(26, (n) => button('x', `b${n}`)))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a long button',
    [buttons(button(long(76), 'a'))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a long value',
    [buttons(button('x', 'a', { value: long(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  ['a bad link', [buttons(button('x', 'a', { url: 'javascript:x' }))], 'invalid url [json-pointer:/blocks/0/elements/0/url]'],
  [
    'a made-up style',
    [buttons(button('x', 'a', { style: 'warning' }))],
    'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a long action id',
    [buttons(button('x', long(256)))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'an action id twice',
    [buttons(button('x', 'a'), button('y', 'a'))],
    '`action_id` must be unique in its block: a [json-pointer:/blocks/0/elements]',
  ],
  [
    'a block id twice',
    [
      { type: 'divider', block_id: 'd' },
      { type: 'divider', block_id: 'd' },
    ],
    '`block_id` must be unique: d [json-pointer:/blocks/1/block_id]',
  ],
  [
    'a long confirmation',
    [buttons(button('x', 'a', { confirm: { title: plain(long(101)), text: plain('sure?') } }))],
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'too many options',
    [select({ options: many(101, option) })],
    'no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]',
  ],
  ['no options', [select({ options: [] })], 'no fewer than 1 items required [json-pointer:/blocks/0/accessory/options]'],
  [
    'a long option',
    [select({ options: [option(1, { text: plain(long(76)) })] })],
    'must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/text/text]',
  ],
  [
    'a long option value',
    [select({ options: [option(1, { value: long(151) })] })],
    'must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]',
  ],
  [
    'a foreign first choice',
    [select({ options: [option(1)], initial_option: option(2) })],
    'initial_option must exactly match a provided option [json-pointer:/blocks/0/accessory]',
  ],
  [
    'a field outside of a form',
    [buttons({ type: 'plain_text_input', action_id: 'p' })],
    'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an image without words',
    [{ type: 'image', image_url: 'https://acme.example/a.png' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'an image in the clear',
    [image({ image_url: 'http://acme.example/a.png' })],
    'downloading image failed [json-pointer:/blocks/0/image_url]',
  ],
  [
    'an image at home',
    [image({ image_url: 'https://192.168.0.9/a.png' })],
    'downloading image failed [json-pointer:/blocks/0/image_url]',
  ],
  [
    'an image from nowhere',
    [image({ slack_file: { id: 'F00000000' } })],
    'invalid slack file [json-pointer:/blocks/0/slack_file]',
  ],
  ['two tables', many(2, () => ({ type: 'table', rows: [rawRow('a')] })), 'only one table allowed [json-pointer:/blocks/1]'],
  [
    'a long table',
    [{ type: 'table', rows: many(101, () => rawRow('a')) }],
    'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    'a wide table',
    [{ type: 'table', rows: [rawRow(...many(21, String))] }],
    'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
  ],
  [
    'a wordy table',
    [{ type: 'table', rows: many(3, () => rawRow(long(4000))) }],
    'must be less than 10001 characters in total [json-pointer:/blocks/0/rows]',
  ],
  [
    'a ragged table',
    [{ type: 'data_table', caption: 'c', rows: [rawRow('a', 'b'), rawRow('1')] }],
    'all rows must have the same number of columns [json-pointer:/blocks/0/rows/1]',
  ],
  [
    'a table without caption',
    [{ type: 'data_table', rows: [rawRow('a'), rawRow('1')] }],
    'missing required field: caption [json-pointer:/blocks/0]',
  ],
  ['lines of one name', [lines('a', 'a')], 'series names must be unique [json-pointer:/blocks/0/chart/series]'],
  [
    'three charts',
    [lines('a'), lines('a'), lines('a')],
    'no more than 2 data_visualization blocks allowed [json-pointer:/blocks/2]',
  ],
  ['an alert in a message', [{ type: 'alert', text: plain('x') }], 'unsupported type: alert [json-pointer:/blocks/0/type]'],
  [
    'much Markdown',
    many(2, () => ({ type: 'markdown', text: long(6001) })),
    'all markdown blocks together must be less than 12001 characters [json-pointer:/blocks/1]',
  ],
];

describe('blocks that Slack refuses', () => {
  let fake: FakeSlack;
  let client: WebClient;
  beforeAll(async () => {
    fake = await createFakeSlack({ channels: [{ id: 'C1', members: ['bot'] }] });
    client = clientOf(fake);
    return () => fake.close();
  });

  test.each(faults)('%s', async (_what, blocks, message) => {
    const call = client.chat.postMessage({
      channel: 'C1',
      text: 'x',
      blocks: loose(...blocks),
      unfurl_links: false,
      unfurl_media: false,
    });
    const { error, response_metadata } = await refusal(call);
    expect(error).toBe('invalid_blocks');
    expect(response_metadata?.messages).toContain(`[ERROR] ${message}`);
    expect(fake.channel('C1').messages).toEqual([]);
  });

  test('blocks with too much to read altogether', async () => {
    const blocks = many(5, () => mrkdwn(long(2700)));
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(...blocks) }))).error).toBe(
      'msg_blocks_too_long',
    );
  });

  test('blocks that are no JSON', async () => {
    expect((await refusal(client.apiCall('chat.postMessage', { channel: 'C1', text: 'x', blocks: '[{' }))).error).toBe(
      'invalid_blocks_format',
    );
  });

  test('what is right is taken, and named', async () => {
    const blocks = [
      { type: 'header', text: plain('Report') },
      { ...mrkdwn('*bold*'), accessory: { type: 'overflow', options: [option(1)] } },
      { type: 'data_table', caption: 'c', rows: [rawRow('a', 'b'), rawRow('1', '2')], page_size: 5 },
      lines('a', 'b'),
      select({ option_groups: [{ label: plain('g'), options: [option(1)] }], initial_option: option(1) }),
      buttons(button('Go', 'go', { style: 'primary' })),
    ];
    await client.blocks.validate({ blocks: loose(...blocks) });
    await client.chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(...blocks) });
    expect(
      fake.channel('C1').messages[0]?.blocks.every((block) => typeof block.block_id === 'string' && block.block_id !== ''),
    ).toBe(true);
  });
});

test('a workspace may lack new blocks', async () => {
  const fake = await createFakeSlack({ channels: [{ id: 'C1', members: ['bot'] }], unknownBlocks: ['data_visualization'] });
  const call = clientOf(fake).chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(lines('a')) });
  expect((await refusal(call)).response_metadata?.messages).toEqual([
    '[ERROR] unsupported type: data_visualization [json-pointer:/blocks/0/type]',
  ]);
  await fake.close();
});
