import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTION_ID_LIMIT, decodeAction, encodeAction } from '../../src/core/messages/action-id.ts';

const letters = fc.stringMatching(/^[a-z]{1,12}$/);
const action = fc.record(
  {
    verb: fc
      .tuple(letters, fc.option(fc.stringMatching(/^[a-z_]{1,12}$/)))
      .map(([command, name]) => (name === null ? command : `${command}.${name}`)),
    id: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
    choice: fc.string({ maxLength: 50, unit: 'binary' }),
  },
  { requiredKeys: ['verb', 'id'] },
);

describe('an action id', () => {
  test('is the verb, the row and the choice', () => {
    expect(encodeAction({ verb: 'pipeline.period', id: 'vw_x-1', choice: '24h' })).toBe('pipeline.period:vw_x-1:24h');
    expect(encodeAction({ verb: 'pipeline.refresh', id: 'vw_x-1' })).toBe('pipeline.refresh:vw_x-1');
  });

  test('comes back as the action it was made from', () => {
    fc.assert(
      fc.property(action, (made) => {
        fc.pre(`${made.verb}:${made.id}:${made.choice ?? ''}`.length <= ACTION_ID_LIMIT);
        expect(decodeAction(encodeAction(made))).toEqual(made);
      }),
    );
  });

  test('keeps colons, line ends and an empty choice apart from none', () => {
    for (const choice of ['', ':', 'a:b:c', 'two\nlines']) {
      expect(decodeAction(encodeAction({ verb: 'a', id: 'b', choice }))).toEqual({ verb: 'a', id: 'b', choice });
    }
    expect(decodeAction('a:b')).toEqual({ verb: 'a', id: 'b' });
  });

  test('may have 100 characters and no more', () => {
    const longest = { verb: 'pipeline.open', id: 'vw_1', choice: 'x'.repeat(ACTION_ID_LIMIT - 'pipeline.open:vw_1:'.length) };
    expect(encodeAction(longest)).toHaveLength(100);
    expect(() => encodeAction({ ...longest, choice: `${longest.choice}x` })).toThrow(RangeError);
    expect(decodeAction(`${encodeAction(longest)}x`)).toBeUndefined();
  });

  test.each([
    '',
    ':',
    'pipeline.period',
    'pipeline.period:',
    ':vw_1',
    'Pipeline.period:vw_1',
    'pipeline.period.more:vw_1',
    'pipeline.:vw_1',
    ' pipeline.period:vw_1',
    'pipeline.period:vw 1',
    'pipeline.period:vw_1\n',
    '__proto__:vw_1',
    'pipeline.period:ü',
    `a:${'b'.repeat(1_000_000)}`,
  ])('is never %j', (text) => {
    expect(decodeAction(text)).toBeUndefined();
  });

  test('read from any text is one we could have made', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z.]{1,9}:[a-z:_-]{0,9}$/)), (text) => {
        const read = decodeAction(text);
        if (read) expect(encodeAction(read)).toBe(text);
      }),
    );
  });

  test.each([
    { verb: '', id: 'x' },
    { verb: 'a b', id: 'x' },
    { verb: 'a', id: '' },
  ])('that could not be read back is never made: %j', (wrong) => {
    expect(() => encodeAction(wrong)).toThrow(RangeError);
  });
});
