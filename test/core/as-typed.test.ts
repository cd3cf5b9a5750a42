import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { withNamedOptions, withPrefix } from '../../src/core/commands/as-typed.ts';
import type { Message, Text } from '../../src/core/messages/message.ts';

const read = (line: string): unknown => {
  const text: Text = ['Type ', { code: line }];
  const message: Message = {
    title: line,
    tone: 'info',
    blocks: [
      { kind: 'context', text },
      { kind: 'fields', fields: [{ label: 'x', value: text }] },
      { kind: 'table', caption: '', columns: [{ label: 'x', align: 'left' }], rows: [[text]] },
      { kind: 'code', text: line },
    ],
  };
  const [context, fields, table, code] = withNamedOptions(message, commands).blocks;
  expect(fields).toMatchObject({ fields: [{ value: context?.kind === 'context' && context.text }] });
  expect(table).toMatchObject({ rows: [[context?.kind === 'context' && context.text]] });
  expect(code).toEqual({ kind: 'code', text: line });
  return context?.kind === 'context' && (context.text[1] as { code: string }).code;
};

describe('where a command is typed by its options, what is to be typed', () => {
  test.each([
    ['/pipeline', '/pipeline show'],
    ['/pipeline web amplitude 10m', '/pipeline show source:web destination:amplitude period:10m'],
    ['/pipeline "Web shop" crm', '/pipeline show source:Web shop destination:crm'],
    ['/audit actor:dana* "two words" since:7d', '/audit search query:actor:dana* "two words" since:7d'],
    ['/audit @night-deploys', '/audit search query:@night-deploys'],
    ['/audit show 123', '/audit show seq:123'],
    ['/audit save night actor:dana', '/audit save name:night query:actor:dana'],
    ['/warden roles', '/warden roles'],
  ])('%s reads %s', (line, expected) => {
    expect(read(line)).toBe(expected);
  });

  test.each(['/invite', '/audit show', '/pipeline a b c d e f g h i', 'POST /v1/audit', 'actor:dana', '/', ''])(
    'is left as it is where it is no whole command: %s',
    (line) => {
      expect(read(line)).toBe(line);
    },
  );
});

test('where commands have a prefix, so has what is to be typed; the platform’s own commands have none', () => {
  const message: Message = {
    title: '',
    tone: 'info',
    blocks: [{ kind: 'text', text: [{ code: '/audit show 1' }, { code: '/invite' }] }],
  };
  expect(withPrefix(message, commands, 'cdp-').blocks).toEqual([
    { kind: 'text', text: [{ code: '/cdp-audit show 1' }, { code: '/invite' }] },
  ]);
  expect(withPrefix(message, commands, '')).toBe(message);
});
