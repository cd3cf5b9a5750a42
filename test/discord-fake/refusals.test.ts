import { describe, expect, test } from 'vitest';
import type { FakeDiscord, Json, PermissionName } from '../support/discord/index.ts';
import { refusal, refusedWith, restOf, startFake } from './bot.ts';
import { box, card, choose, gallery, many, plain, press, row, section, words } from './parts.ts';

const pixel = Buffer.from('iVBORw0KGgo=', 'base64');
const file = (name: string, data = pixel) => ({ name, data, contentType: 'image/png' });
const post = (fake: FakeDiscord, body: Json, files: ReturnType<typeof file>[] = [], channel = 'ops') =>
  restOf(fake).post(`/channels/${fake.channel(channel).id}/messages`, { body, files });

const long = (length: number) => 'x'.repeat(length);

const bodies: [string, Json, string][] = [
  ['no word on mentions', { content: 'hi' }, '50035 | allowed_mentions BASE_TYPE_REQUIRED'],
  [
    'mentions of everyone',
    { content: 'hi', allowed_mentions: { parse: ['everyone'] } },
    '50035 | allowed_mentions.parse MENTIONS_NOT_ALLOWED',
  ],
  ['nothing to say', plain(''), '50006'],
  ['content of 2001', plain(long(2001)), '50035 | content BASE_TYPE_MAX_LENGTH'],
  ['eleven embeds', plain('', { embeds: many(11, () => ({ title: 'x' })) }), '50035 | embeds BASE_TYPE_BAD_LENGTH'],
  ['a long embed title', plain('', { embeds: [{ title: long(257) }] }), '50035 | embeds.0.title BASE_TYPE_MAX_LENGTH'],
  [
    'a long field',
    plain('', { embeds: [{ fields: [{ name: 'a', value: long(1025) }] }] }),
    '50035 | embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH',
  ],
  [
    'embeds of 6001',
    plain('', { embeds: [{ description: long(4000) }, { description: long(2001) }] }),
    '50035 | embeds MAX_EMBED_SIZE_EXCEEDED',
  ],
  ['six rows', plain('x', { components: many(6, (i) => row(press(`${i}`))) }), '50035 | components BASE_TYPE_BAD_LENGTH'],
  [
    'six buttons in a row',
    plain('x', { components: [row(...many(6, (i) => press(`${i}`)))] }),
    '50035 | components.0.components BASE_TYPE_BAD_LENGTH',
  ],
  [
    'a select beside a button',
    plain('x', { components: [row(press('a'), choose('b', ['One']))] }),
    '50035 | components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED',
  ],
  ['V2 components without the flag', plain('x', { components: [words()] }), '50035 | components.0.type BASE_TYPE_CHOICES'],
  ['an ephemeral message in a channel', plain('x', { flags: 64 }), '50035 | flags MESSAGE_FLAGS_INVALID'],
  ['a nonce of 26', plain('x', { nonce: long(26), enforce_nonce: true }), '50035 | nonce BASE_TYPE_MAX_LENGTH'],

  ['V2 with content', { ...card(words()), content: 'x' }, '50035 | content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'],
  [
    'V2 with embeds',
    { ...card(words()), embeds: [{ title: 'x' }] },
    '50035 | embeds MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  ],
  ['V2 without components', card(), '50006'],
  [
    'text of 4001 over two displays',
    card(words(long(2000)), box(words(long(2001)))),
    '50035 | components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
  ],
  [
    '41 components, nested',
    card(box(...many(8, (i) => row(...many(4, (n) => press(`${i}.${n}`)))))),
    '50035 | components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
  ],
  ['a section without accessory', card(section([words()])), '50035 | components.0.accessory BASE_TYPE_REQUIRED'],
  [
    'a section of four texts',
    card(
      section(
        many(4, () => words()),
        press('a'),
      ),
    ),
    '50035 | components.0.components BASE_TYPE_BAD_LENGTH',
  ],
  ['a section without texts', card(section([], press('a'))), '50035 | components.0.components BASE_TYPE_BAD_LENGTH'],
  ['an empty gallery', card(gallery()), '50035 | components.0.items BASE_TYPE_BAD_LENGTH'],
  [
    'a gallery of eleven',
    card(gallery(...many(11, (i) => `https://example.com/${i}`))),
    '50035 | components.0.items BASE_TYPE_BAD_LENGTH',
  ],
  [
    'alt text of 1025',
    card({ type: 12, items: [{ media: { url: 'https://example.com/a' }, description: long(1025) }] }),
    '50035 | components.0.items.0.description BASE_TYPE_MAX_LENGTH',
  ],
  [
    'a picture never uploaded',
    card(gallery('attachment://a.png')),
    '50035 | components.0.items.0.media.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
  ],
  [
    'a file from the web',
    card({ type: 13, file: { url: 'https://example.com/a.txt' } }),
    '50035 | components.0.file.url URL_TYPE_INVALID_SCHEME',
  ],
  [
    'a colour out of range',
    card({ ...box(words()), accent_color: 0x1000000 }),
    '50035 | components.0.accent_color NUMBER_TYPE_MAX',
  ],
  ['a container in a container', card(box(box(words()))), '50035 | components.0.components.0.type BASE_TYPE_CHOICES'],
  ['spacing of 3', card({ type: 14, spacing: 3 }), '50035 | components.0.spacing NUMBER_TYPE_MAX'],

  [
    'the same custom id twice',
    card(row(press('a')), section([words()], press('a'))),
    '50035 | components.1.accessory.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
  ],
  ['a custom id of 101', card(row(press(long(101), 'x'))), '50035 | components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH'],
  [
    'a button without custom id',
    card(row({ type: 2, style: 1, label: 'x' })),
    '50035 | components.0.components.0.custom_id BASE_TYPE_REQUIRED',
  ],
  ['a label of 81', card(row(press('a', long(81)))), '50035 | components.0.components.0.label BASE_TYPE_MAX_LENGTH'],
  [
    'a button without label',
    card(row(press('a', ''))),
    '50035 | components.0.components.0 BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI',
  ],
  [
    'a link with custom id',
    card(row({ type: 2, style: 5, label: 'x', url: 'https://a.b', custom_id: 'c' })),
    '50035 | components.0.components.0.custom_id COMPONENT_BUTTON_LINK_CUSTOM_ID',
  ],
  [
    'a link to nowhere',
    card(row({ type: 2, style: 5, label: 'x', url: 'javascript:1' })),
    '50035 | components.0.components.0.url URL_TYPE_INVALID_SCHEME',
  ],
  [
    'a select of 26',
    card(
      row(
        choose(
          'a',
          many(26, (i) => `o${i}`),
        ),
      ),
    ),
    '50035 | components.0.components.0.options BASE_TYPE_BAD_LENGTH',
  ],
  ['a select of none', card(row(choose('a', []))), '50035 | components.0.components.0.options BASE_TYPE_BAD_LENGTH'],
  [
    'an option of 101',
    card(row(choose('a', [long(101)]))),
    '50035 | components.0.components.0.options.0.label BASE_TYPE_BAD_LENGTH | components.0.components.0.options.0.value BASE_TYPE_BAD_LENGTH',
  ],
  [
    'the same option twice',
    card(row(choose('a', ['One', 'one']))),
    '50035 | components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
  ],
  [
    'a placeholder of 151',
    card(row(choose('a', ['One'], { placeholder: long(151) }))),
    '50035 | components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
  ],
  [
    'more choices than options',
    card(row(choose('a', ['One'], { max_values: 2 }))),
    '50035 | components.0.components.0.max_values SELECT_COMPONENT_MAX_OVER_OPTIONS',
  ],
  [
    'a text input in a message',
    card(row({ type: 4, custom_id: 'a', style: 1 })),
    '50035 | components.0.components.0.type BASE_TYPE_CHOICES',
  ],
];

describe('a message is refused for', () => {
  for (const [name, body, expected] of bodies)
    test(name, async () => {
      const fake = await startFake();
      expect(await refusedWith(post(fake, body))).toBe(expected);
      expect(fake.channel('ops').messages).toEqual([]);
      expect(fake.problems).toHaveLength(1);
    });
});

describe('at the limit a message goes through:', () => {
  const whole: [string, Json][] = [
    ['content of 2000', plain(long(2000))],
    ['text of 4000', card(words(long(2000)), box(words(long(2000))))],
    ['40 components', card(box(...many(3, (i) => row(...many(5, (n) => press(`${i}.${n}`)))), ...many(21, () => words())))],
    [
      'a select of 25',
      card(
        row(
          choose(
            'a',
            many(25, (i) => `o${i}`),
            { max_values: 25 },
          ),
        ),
      ),
    ],
    ['users named one by one', { content: 'x', allowed_mentions: { parse: [], users: ['100000000000000001'] } }],
  ];
  for (const [name, body] of whole)
    test(name, async () => {
      const fake = await startFake();
      await post(fake, body);
      expect(fake.problems).toEqual([]);
      expect(fake.channel('ops').messages).toHaveLength(1);
    });
});

describe('permissions', () => {
  const without = (missing: PermissionName[]) => startFake({ guilds: [{ name: 'Acme', channels: [{ name: 'ops', missing }] }] });

  test('each one missing is 50013; a hidden channel is 50001', async () => {
    expect(await refusal(post(await without(['SEND_MESSAGES']), plain('x')))).toMatchObject({ code: 50013, status: 403 });
    expect(await refusedWith(post(await without(['ATTACH_FILES']), plain('x'), [file('a.png')]))).toBe('50013');
    expect(await refusedWith(post(await without(['EMBED_LINKS']), plain('x', { embeds: [{ title: 'x' }] })))).toBe('50013');
    expect(await refusedWith(post(await without(['VIEW_CHANNEL']), plain('x')))).toBe('50001');
  });

  test('no channel, no authorization, no JSON', async () => {
    const fake = await startFake();
    expect(await refusedWith(restOf(fake).post('/channels/100000000000000001/messages', { body: plain('x') }))).toBe('10003');
    expect(await refusal(restOf(fake, 'wrong').get('/users/@me'))).toMatchObject({ code: 0, status: 401 });
    const call = fetch(`${fake.apiUrl}/v10/channels/1/messages`, {
      method: 'POST',
      body: '{',
      headers: { authorization: `Bot ${fake.token}` },
    });
    expect(await (await call).json()).toMatchObject({ code: 50109 });
  });
});
