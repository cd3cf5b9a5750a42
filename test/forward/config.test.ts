import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/env.ts';
import { requireSecrets } from '../../src/config/forward-secrets.ts';
import { parsePolicy } from '../../src/config/policy.ts';
import { judge, retryAfter } from '../../src/core/audit/forward.ts';
import { DAY, plus } from '../../src/core/delivery/time.ts';
import { NOW } from '../audit/samples.ts';
import { keyOf, oldSecret, secret } from './desk.ts';

describe('forwards in the policy file', () => {
  const read = (text: string) => parsePolicy(`forwards:\n${text}`);

  test('are what they say', () => {
    const text = `  - {name: siem, url: "https://siem.example/hook"}
  - {name: lake_2, url: "http://10.0.0.8:8088/x?y=1", query: "action:destination.* -actor:ci", workspace: shop, allow_private: true}`;
    expect(read(text)).toMatchObject({
      policy: {
        forwards: [
          { name: 'siem', url: 'https://siem.example/hook', query: '', allowPrivate: false },
          {
            ...{ name: 'lake_2', url: 'http://10.0.0.8:8088/x?y=1', query: 'action:destination.* -actor:ci' },
            ...{ workspace: 'shop', allowPrivate: true },
          },
        ],
      },
    });
  });

  const url = 'url: "https://siem.example/"';
  test.each([
    [`  - {name: siem, ${url}, qurey: x}`, '“qurey” is not known in forwards item 1. Did you mean query?'],
    [`  - {name: siem}`, 'url must be an address, e.g. https://siem.example/hook'],
    [`  - {name: My SIEM, ${url}}`, '2:12 forwards item 1 name must be of small letters, digits, - and _, e.g. siem'],
    [`  - {name: siem, ${url}}\n  - {name: siem, ${url}}`, '3:12 forwards item 2 name siem stands twice'],
    [`  - {name: siem, url: "http://siem.example/"}`, '2:23 forwards item 1 url must begin with https://'],
    [`  - {name: siem, url: "https://siem.example:8443/"}`, 'url must have no port'],
    [`  - {name: siem, url: "https://me:pw@siem.example/"}`, 'url must hold no name or password'],
    [
      `  - {name: siem, ${url}, query: "acter:dana"}`,
      'query cannot be read at letter 1. There is no qualifier “acter”. Did you mean actor:?',
    ],
    [`  - {name: siem, ${url}, query: "since:7d"}`, 'query must hold no since:, until: or on:'],
    [`  - {name: siem, ${url}, allow_private: "yes"}`, 'allow_private must be true or false'],
    [`  - siem`, '2:5 forwards item 1 must be {name, url}, and perhaps query, workspace, allow_private'],
  ])('%s is told', (text, told) => {
    const result = read(text);
    const mistakes =
      'mistakes' in result ? result.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
    expect(mistakes).toEqual([expect.stringContaining(told)]);
  });
});

describe('secrets of forwards', () => {
  const read = (text: string) => readConfig({ FORWARD_SECRETS: text }).forwardSecrets;

  test('are read by name, the new one first', () => {
    const secrets = read(`siem:${secret}, siem:${oldSecret},lake:${oldSecret}`);
    expect([...secrets]).toEqual([
      ['siem', [keyOf(secret), keyOf(oldSecret)]],
      ['lake', [keyOf(oldSecret)]],
    ]);
    expect(readConfig({}).forwardSecrets.size).toBe(0);
  });

  test.each([
    secret,
    `siem:${secret.slice(6)}`,
    'siem:whsec_c2hvcnQ=',
    `siem:whsec_${Buffer.alloc(65).toString('base64')}`,
    'siem:whsec_not base64!not base64!not base64!',
    `siem:${secret},,`,
    `siem:${secret}+${oldSecret}`,
    `siem:${secret},siem:${oldSecret},siem:${secret}`,
  ])('%s is refused, and not repeated', (text) => {
    expect(() => read(text)).toThrow(/FORWARD_SECRETS: (each entry is name:whsec_…|a name may stand twice)/);
    try {
      read(text);
    } catch (error) {
      expect(String(error)).not.toContain(text.slice(12, 20));
    }
  });

  test('must be there for each forward', () => {
    const secrets = read(`siem:${secret}`);
    expect(() => requireSecrets([{ name: 'siem' }], secrets)).not.toThrow();
    expect(() => requireSecrets([{ name: 'siem' }, { name: 'lake' }], secrets)).toThrow(
      /^The forward lake has no secret .*FORWARD_SECRETS=lake:whsec_\$\(openssl rand -base64 32\)/,
    );
  });
});

describe('when a receiver wants to be asked again', () => {
  test.each<[string | undefined, number | undefined]>([
    ['120', 120],
    [' 5 ', 5],
    ['Wed, 25 Nov 2026 10:31:20 GMT', 60],
    ['999999999', 24 * 3_600],
    ['Wed, 25 Nov 2099 10:31:20 GMT', 24 * 3_600],
    ['0', undefined],
    ['Wed, 25 Nov 2020 10:31:20 GMT', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, seconds) => {
    expect(retryAfter(header, NOW)).toEqual(seconds === undefined ? undefined : plus(NOW, seconds * 1_000));
  });

  test('whatever it says, it is within a day', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
        ),
        (header) => {
          const at = retryAfter(header, NOW);
          if (at) expect(Number(at) - Number(NOW)).toBeLessThanOrEqual(24 * 3_600_000);
          if (at) expect(Number(at)).toBeGreaterThan(Number(NOW));
        },
      ),
    );
  });
});

test('jitter moves the next try by a fifth at most, and never beyond the day', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const waits = [5, 30, 120, 600, 3_600, 10_800];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: DAY - 1 }), chance, (attempts, age, luck) => {
      const first = plus(NOW, -age);
      const verdict = judge({ kind: 'answered', status: 503 }, { attempts, first, now: NOW }, luck);
      if (verdict.is !== 'due') throw new Error(`it is ${verdict.is}`);
      const wait = (waits[attempts - 1] ?? 10_800) * 1_000;
      const until = Number(verdict.dueAt) - Number(NOW);
      expect(until).toBeLessThanOrEqual(Math.min(wait * 1.2, DAY - age) + 1);
      expect(until).toBeGreaterThanOrEqual(Math.min(wait * 0.8, DAY - age) - 1);
    }),
  );
  const late = judge(
    { kind: 'unanswered', why: 'x refuses the connection.' },
    { attempts: 3, first: plus(NOW, -DAY), now: NOW },
    0.5,
  );
  expect(late).toEqual({ is: 'dead', error: 'x refuses the connection. That was the last try, a day after the first.' });
});
