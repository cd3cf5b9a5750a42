import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import type { Args, Command } from '../../src/core/commands/command.ts';
import { cursorOf, lineFrom, parseLine } from '../../src/core/commands/line.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { complete } from '../../src/flows/chat/complete.ts';
import type { Use } from '../../src/flows/index.ts';
import { fakeClock } from '../support/clock.ts';
import { NOW } from './samples.ts';

const run = async () => ({ message: { title: '', tone: 'info' as const, blocks: [] } });
const verb = { summary: '', example: '', actions: {}, run };
const trail: Command<Use> = {
  name: 'trail',
  summary: '',
  defaultVerb: 'search',
  verbs: {
    search: { ...verb, options: { query: { kind: 'query', summary: '', required: false } } },
    show: { ...verb, options: { seq: { kind: 'text', summary: '', required: true } } },
  },
};
const read = (line: string): [string, Args] => {
  const { verbName, args } = parseLine([trail], line);
  return [verbName, args];
};

describe('a search on the command line', () => {
  test.each([
    ['/trail', 'search', {}],
    ['/trail   ', 'search', {}],
    ['/trail search', 'search', {}],
    ['/trail actor:dana "two words"', 'search', { query: 'actor:dana "two words"' }],
    ['/TRAIL  search   -kind:user  since:7d ', 'search', { query: '-kind:user  since:7d' }],
    ['/trail query:"a b" 5', 'search', { query: 'query:"a b" 5' }],
    ['/trail "show" 5', 'search', { query: '"show" 5' }],
    ['/trail actor:"Dana R" resource:"a:b -c', 'search', { query: 'actor:"Dana R" resource:"a:b -c' }],
    ['/trail search show 5', 'search', { query: 'show 5' }],
    ['/trail constructor', 'search', { query: 'constructor' }],
    ['/trail show 5', 'show', { seq: '5' }],
  ])('%s', (line, verbName, args) => {
    expect(read(line)).toEqual([verbName, args]);
  });

  test('reaches the parser as it was typed, from every platform', () => {
    const query = fc.string().filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(query, (typed) => {
        expect(read(lineFrom(trail, 'search', { query: typed }))).toEqual(['search', { query: typed.trim() }]);
        expect(read(`/trail search ${typed}`)).toEqual(['search', { query: typed.trim() }]);
      }),
    );
    const terms = parseQuery(
      read(lineFrom(trail, 'search', { query: '-actor:"Dana R" "free words"' }))[1].query ?? '',
      NOW,
    ).terms;
    expect(terms).toMatchObject([
      { negated: true, pattern: 'Dana R' },
      { field: 'word', pattern: 'free words' },
    ]);
  });

  test('options of other verbs are still named', () => {
    expect(lineFrom(trail, 'show', { seq: '5' })).toBe('/trail show seq:5');
    expect(lineFrom(trail, 'search', { query: '' })).toBe('/trail search');
  });
});

describe('completion of a search', () => {
  const suggested = async (text: string) => {
    const actor = { person: 'ann', account: 'console:ann', personKey: 'ann', roles: [] };
    return complete({ database: {} as Database, clock: fakeClock(NOW), commands: [trail] }, { actor, text });
  };

  test('begins with the qualifiers', async () => {
    const all = await suggested('/trail ');
    expect(all.map(({ label }) => label)).toEqual([
      ...['actor:', 'action:', 'kind:', 'resource:', 'workspace:', 'via:', 'since:', 'until:', 'on:'],
    ]);
    expect(all[0]).toMatchObject({ text: '/trail actor:', value: 'actor:' });
  });

  test.each([
    ['/trail ac', '/trail actor:', 'actor:'],
    ['/trail search actor:dana -KI', '/trail search actor:dana -kind:', 'actor:dana -kind:'],
    ['/trail "two words" since:7', '/trail "two words" since:7d ', '"two words" since:7d '],
    ['/trail via:w', '/trail via:webhook ', 'via:webhook '],
  ])('goes on from %j', async (line, text, value) => {
    expect((await suggested(line))[0]).toMatchObject({ text, value });
  });

  test.each(['/trail actor:da', '/trail "since:', '/trail nothing', '/trail constructor:'])(
    'has nothing for %j',
    async (line) => {
      expect(await suggested(line)).toEqual([]);
    },
  );

  test('stands anywhere without breaking', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const line = `/trail search ${typed}`;
        const cursor = cursorOf([trail], line);
        if ('commandStart' in cursor) throw new Error('a command was named');
        expect(cursor.before + cursor.typed).toBe(line);
      }),
    );
  });
});
