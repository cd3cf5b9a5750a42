import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Command } from '../../src/core/commands/command.ts';
import { cursorOf, lineFrom, lineOf, parseLine, wordsOfLine } from '../../src/core/commands/line.ts';
import { wordsOf } from '../../src/core/delivery/directory.ts';
import { UserError } from '../../src/core/errors.ts';
import { entryOf, halfACharacter, refusal } from './samples.ts';

const read = (text: string) => {
  const { command, verbName, args } = parseLine(commands, text);
  return [command.name, verbName, args];
};

describe('words of a line', () => {
  test.each([
    ['', []],
    ['  a \t b\nc ', ['a', 'b', 'c']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a "b c', ['a', 'b c']],
    ['source:"Web shop" x', ['source:Web shop', 'x']],
    ['"" a', ['', 'a']],
    ['"', ['']],
    ['“a b”', ['“a', 'b”']],
  ])('%j', (line, words) => {
    expect(wordsOfLine(line)).toEqual(words);
  });

  test('in quotes come back as they were', () => {
    const word = fc.string({ minLength: 1 }).filter((text) => !text.includes('"'));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(wordsOfLine(words.map((text) => `"${text}"`).join(' '))).toEqual(words);
      }),
    );
  });
});

describe('a line is read', () => {
  test.each<[line: string, verb: string, args: object]>([
    ['/pipeline', 'show', {}],
    ['/pipeline show', 'show', {}],
    ['/pipeline web amplitude 24h', 'show', { source: 'web', destination: 'amplitude', period: '24h' }],
    ['/pipeline show web amplitude', 'show', { source: 'web', destination: 'amplitude' }],
    ['  /PIPELINE  web ', 'show', { source: 'web' }],
    ['/pipeline "Web shop" "Amplitude EU"', 'show', { source: 'Web shop', destination: 'Amplitude EU' }],
    ['/pipeline period:1h web amplitude', 'show', { period: '1h', source: 'web', destination: 'amplitude' }],
    ['/pipeline destination:"Amplitude EU" source:web', 'show', { destination: 'Amplitude EU', source: 'web' }],
    [
      '/pipeline web amplitude 24h counts purchases vip demo',
      'show',
      {
        source: 'web',
        destination: 'amplitude',
        period: '24h',
        show: 'counts',
        mapping: 'purchases',
        audience: 'vip',
        workspace: 'demo',
      },
    ],
    ['/pipeline period: amplitude', 'show', { source: 'period:', destination: 'amplitude' }],
    ['/pipeline urn:web', 'show', { source: 'urn:web' }],
    ['/pipeline constructor __proto__:x', 'show', { source: 'constructor', destination: '__proto__:x' }],
  ])('%s', (line, verb, args) => {
    expect(read(line)).toEqual(['pipeline', verb, args]);
  });

  test.each<[line: string, verb: string, args: object]>([
    ['/audit save ops  actor:"Dana R"  -kind:user ', 'save', { name: 'ops', query: 'actor:"Dana R"  -kind:user' }],
    ['/audit save name:ops actor:dana', 'save', { name: 'ops', query: 'actor:dana' }],
    ['/audit save "night deploys" a', 'save', { name: 'night deploys', query: 'a' }],
    ['/audit watch action:x "a b"', 'watch', { query: 'action:x "a b"' }],
    ['/audit @ops since:1d', 'search', { query: '@ops since:1d' }],
    ['/audit "watch" x', 'search', { query: '"watch" x' }],
  ])('up to the query, which is the rest as it is: %s', (line, verb, args) => {
    expect(read(line)).toEqual(['audit', verb, args]);
    const { command, verbName, args: typed } = parseLine(commands, line);
    expect(read(lineFrom(command, verbName, Object.fromEntries(Object.entries(typed).reverse())))).toEqual(['audit', verb, args]);
  });

  test('and a word too many is refused with a line to try', () => {
    const error = refusal(() => read('/pipeline a b 24h counts map vip main extra'));
    expect(error).toMatchObject({
      code: 'bad_argument',
      message: '“extra” is one word too many. Try /pipeline web amplitude 24h',
    });
    expect(refusal(() => read('/warden help me')).message).toBe('“me” is one word too many. Try /warden help');
  });

  test('and an unknown command is answered with the nearest', () => {
    const error = refusal(() => read('/pipline web'));
    expect(error).toMatchObject({ code: 'unknown_command', suggestions: ['pipeline'] });
    expect(error.message).toBe('There is no command /pipline. Did you mean /pipeline?');
  });

  test('and a required word that is missing is asked for', () => {
    const base = commands[0] as Command<unknown>;
    const verb = { ...base.verbs.show, options: { source: { kind: 'source', summary: '', required: true } } };
    const strict = { ...base, verbs: { show: verb } } as Command<unknown>;
    expect(refusal(() => parseLine([strict], '/pipeline')).message).toBe(
      '/pipeline needs a source. Try /pipeline web amplitude 24h',
    );
  });

  test('or refused with a sentence: no text breaks it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('/pipeline', '/warden', 'show', 'source:', 'period:24h', '"', ' ', ':', '\u0000', '\ud800', 'a'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (line) => {
        try {
          read(line);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message.length).toBeLessThan(300);
        }
        cursorOf(commands, line);
      }),
      { numRuns: 500 },
    );
  });

  test('and a long word is cited short and whole', () => {
    for (const line of [`/${'x'.repeat(62)}😀`, `/pipeline a b c d e f g ${'x'.repeat(63)}😀`]) {
      expect(refusal(() => read(line)).message).not.toMatch(halfACharacter);
    }
  });

  test('again from the words a card shows for its pipeline', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-][A-Za-z0-9 _.→ü-]{0,20}$/).filter((text) => !['show', '24h'].includes(text));
    fc.assert(
      fc.property(name, name, (source, destination) => {
        const line = `/pipeline ${wordsOf(entryOf({ slug: source }, { slug: destination }))}`;
        expect(read(line)).toEqual(['pipeline', 'show', { source, destination }]);
      }),
    );
  });
});

describe('the cursor', () => {
  const standing = (line: string) => {
    const cursor = cursorOf(commands, line);
    return 'commandStart' in cursor ? cursor.commandStart : { option: cursor.option, typed: cursor.typed, before: cursor.before };
  };

  test.each([
    ['', ''],
    ['/', ''],
    ['/pip', 'pip'],
    ['/pipeline', 'pipeline'],
    ['/nothing of ours', 'nothing of ours'],
  ])('in %j stands in the name of a command', (line, start) => {
    expect(standing(line)).toBe(start);
  });

  test.each([
    ['/pipeline ', 'source', '', '/pipeline '],
    ['/pipeline w', 'source', 'w', '/pipeline '],
    ['/pipeline show ', 'source', '', '/pipeline show '],
    ['/pipeline web ', 'destination', '', '/pipeline web '],
    ['/pipeline web am', 'destination', 'am', '/pipeline web '],
    ['/pipeline "Web sh', 'source', 'Web sh', '/pipeline '],
    ['/pipeline "Web shop"', 'source', 'Web shop', '/pipeline '],
    ['/pipeline "Web shop" am', 'destination', 'am', '/pipeline "Web shop" '],
    ['/pipeline "Web shop" "Big Q', 'destination', 'Big Q', '/pipeline "Web shop" '],
    ['/pipeline period:', 'period', '', '/pipeline period:'],
    ['/pipeline web period:2', 'period', '2', '/pipeline web period:'],
    ['/pipeline source:"Web sh', 'source', 'Web sh', '/pipeline source:'],
    ['/pipeline source:"Web shop" am', 'destination', 'am', '/pipeline source:"Web shop" '],
    ['/pipeline destination:amplitude ', 'source', '', '/pipeline destination:amplitude '],
    ['/warden help ', undefined, '', '/warden help '],
    ['/pipeline a b 24h counts ', 'mapping', '', '/pipeline a b 24h counts '],
    ['/pipeline a b c d e f ', 'workspace', '', '/pipeline a b c d e f '],
    ['/pipeline a b c d e f g ', undefined, '', '/pipeline a b c d e f g '],
  ])('in %j stands at the %s', (line, option, typed, before) => {
    expect(standing(line)).toEqual({ option, typed, before });
  });

  test('knows what was typed before it', () => {
    expect(cursorOf(commands, '/pipeline source:"Web shop" am')).toMatchObject({ args: { source: 'Web shop' } });
  });

  test('takes a word with blanks in quotes, so that the line is read with it', () => {
    for (const line of ['/pipeline We', '/pipeline "We', '/pipeline source:We', '/pipeline source:"We']) {
      const cursor = cursorOf(commands, line);
      if ('commandStart' in cursor) throw new Error('a command was named');
      expect(read(lineOf(cursor.before, 'Web shop'))).toEqual(['pipeline', 'show', { source: 'Web shop' }]);
    }
  });
});
