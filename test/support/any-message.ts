import fc from 'fast-check';
import type { Figure } from '../../src/core/messages/figure.ts';
import type { Block, Message, Span, Text } from '../../src/core/messages/message.ts';

/** What has meant something on a platform to somebody. */
export const hostile = [
  '<!here> <!channel> <@U012ABC> <#C012|general> <!subteam^S1>',
  '<https://evil.example|Sign in again> & </script><script>alert(1)</script>',
  '*bold* _it_ ~gone~ `code` ```fence``` > quote :fire: @here #general',
  '\u202Egnp.exe\u202C \u2066x\u2069',
  '\uD83D',
  'tail \uDE00\u0000\u0007\r\n\ttab',
  '&amp;&lt;!here&gt;',
  '@everyone @here <@123456789012345678> <@&123456789012345678> <#123456789012345678> </pipeline show:1>',
  '[Sign in again](https://evil.example) <https://evil.example> https://evil.example discord.gg/x :fire: <:x:1>',
  '**bold** _it_ __under__ ~~gone~~ `code` ```fence``` ||spoiler|| > quote',
  '# big\n## bigger\n-# small\n- list\n1. one\n> quote\n>>> all',
  '<t:0:R> <id:customize> \\*not bold\\* \\',
];

/** From nothing to far too much, in every script that has bitten somebody. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 10, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 10, arbitrary: fc.constantFrom('', ' ', '\n', '…', '\u200B', ...hostile) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '👩‍👩‍👧‍👦'.repeat(400),
      'שלום עולם '.repeat(400),
      '&<>'.repeat(1_500),
      `e${'\u0301'.repeat(4_000)}`,
    ),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 2_500, maxLength: 4_000 }) },
);

const span: fc.Arbitrary<Span> = fc.oneof(
  anyString,
  anyString.map((strong) => ({ strong })),
  anyString.map((code) => ({ code })),
  fc.record({ link: anyString, url: fc.oneof(anyString, fc.webUrl(), fc.constant('javascript:alert(1)')) }),
  fc.record({
    time: fc.oneof(fc.constantFrom('2026-11-25T12:00:00Z', 'yesterday', ''), anyString),
    as: fc.constantFrom('time' as const, 'datetime' as const, 'ago' as const),
  }),
);
const text: fc.Arbitrary<Text> = fc.oneof(anyString, fc.array(span, { maxLength: 6 }));

const action = fc.record({
  verb: fc.constantFrom('pipeline.period', 'pipeline.open', 'No Verb!'),
  id: fc.constantFrom('vw_1', 'vw_2'),
  choice: fc.option(fc.oneof(fc.constantFrom('1h', '24h'), anyString), { nil: undefined }),
});

const level = fc.double({ min: 0, max: 1, noNaN: true });
const tone = fc.constantFrom('good' as const, 'bad' as const, 'neutral' as const);
const figure: fc.Arbitrary<Figure> = fc.oneof(
  fc.record({
    kind: fc.constant('pipeline' as const),
    title: anyString,
    subtitle: anyString,
    badge: fc.record({ value: anyString, note: anyString, tone }),
    steps: fc.array(
      fc.record({
        ...{ label: anyString, role: fc.constantFrom('first' as const, 'discard' as const, 'last' as const) },
        ...{ level, lost: level, value: anyString, detail: anyString, change: anyString },
        ...{ changeTone: tone, provisional: fc.boolean() },
      }),
      { maxLength: 25 },
    ),
    alt: anyString,
  }),
  fc.record({
    ...{ kind: fc.constant('series' as const), title: anyString, subtitle: anyString },
    unit: fc.constantFrom('count' as const, 'percent' as const),
    points: fc.array(
      fc.record({ at: fc.constantFrom('2026-11-25T12:00:00.000Z', '2026-11-25T13:00:00.000Z'), value: fc.option(level) }),
      {
        maxLength: 30,
      },
    ),
    before: fc.array(fc.option(level), { maxLength: 30 }),
    labels: fc.record({ now: anyString, before: anyString }),
    ...{ marks: fc.constant<{ at: string; label: string }[]>([]), tone, alt: anyString },
  }),
);

const few = { maxLength: 14 } as const;
const words: fc.Arbitrary<Block> = fc.record({ kind: fc.constantFrom('text' as const, 'context' as const), text });
const controls: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('buttons' as const), label: anyString },
    buttons: fc.array(
      fc.record({
        ...{ label: anyString, action, selected: fc.option(fc.boolean(), { nil: undefined }) },
        style: fc.option(fc.constantFrom('primary' as const, 'danger' as const), { nil: undefined }),
      }),
      few,
    ),
  }),
  fc.record({
    ...{ kind: fc.constant('select' as const), label: anyString, action },
    options: fc.oneof(
      fc.array(fc.record({ label: anyString, value: anyString, hint: fc.option(anyString, { nil: undefined }) }), few),
      fc.constant(
        Array.from({ length: 140 }, (_, at) => ({ label: `choice ${at}`.repeat(9), value: `${at}`, hint: 'h'.repeat(90) })),
      ),
    ),
    selected: fc.option(fc.constantFrom('0', '3', 'none'), { nil: undefined }),
  }),
);
const block: fc.Arbitrary<Block> = fc.oneof(
  words,
  fc.record({ kind: fc.constant('fields' as const), fields: fc.array(fc.record({ label: anyString, value: text }), few) }),
  fc.record({
    ...{ kind: fc.constant('table' as const), caption: anyString },
    columns: fc.array(fc.record({ label: anyString, align: fc.constantFrom('left' as const, 'right' as const) }), few),
    rows: fc.oneof(
      fc.array(fc.array(text, { maxLength: 8 }), few),
      fc.integer({ min: 90, max: 130 }).map((n) => Array.from({ length: n }, (_, at) => [`row ${at}`, 'x'.repeat(at)])),
    ),
    left: fc.option(fc.nat(100), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('figure' as const), figure }),
  controls,
);

export const anyMessage: fc.Arbitrary<Message> = fc.record({
  title: anyString,
  tone: fc.constantFrom('critical' as const, 'warning' as const, 'ok' as const, 'info' as const),
  blocks: fc.oneof(
    { weight: 6, arbitrary: fc.array(block, { maxLength: 10 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(controls, words), { minLength: 40, maxLength: 70 }) },
  ),
});
