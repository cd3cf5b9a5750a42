import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mask, maskText } from '../../src/core/privacy/mask.ts';

describe('samples are masked', () => {
  test.each([
    ['write to ann.o-neil+x@mail.example.co.uk now', 'write to [email] now'],
    ['Authorization: Bearer abcdef123456', 'Authorization: [token]'],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ end', 'jwt [token] end'],
    ['card 4111 1111 1111 1111 ok', 'card [card] ok'],
    ['call +49 (30) 1234-5678 today', 'call [phone] today'],
    ['call (415) 555-2671', 'call [phone]'],
    ['DE89 3704 0044 0532 0130 00', '[iban]'],
    ['ssn 078-05-1120', 'ssn [ssn]'],
    ['https://user:pa55@host.example/x', 'https://[credentials]@host.example/x'],
    ['key 3f9a0bd1c2e34f5a6b7c8d9e0f1a2b3c', 'key [token]'],
  ])('by what a value looks like: %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test('ordinary numbers, names of events and ids stay readable', () => {
    for (const text of [
      'Order Completed',
      '1234567890123',
      '2026-11-25T10:04:00Z',
      '429',
      'dst_amplitude_9fQ1',
      '10.50',
      'v1.2.3',
    ]) {
      expect(maskText(text)).toBe(text);
    }
  });

  test('by key, whatever the value looks like; that something was empty is kept', () => {
    expect(mask({ userEmail: 'x', 'api-key': 7, traits: { First_Name: 'Ann', plan: 'pro', phone: '' } })).toEqual({
      userEmail: '[masked]',
      'api-key': '[masked]',
      traits: { First_Name: '[masked]', plan: 'pro', phone: '' },
    });
  });

  test('a person’s name, but not that of a product or a library', () => {
    expect(mask({ customer: { name: 'Ann Lee' }, shipping: [{ name: 'Ann Lee' }], library: { name: 'analytics.js' } })).toEqual({
      customer: { name: '[masked]' },
      shipping: [{ name: '[masked]' }],
      library: { name: 'analytics.js' },
    });
  });

  test('inside JSON that travels as a string', () => {
    expect(mask({ body: '{"email":"a@b.example","n":1}' })).toEqual({ body: '{"email":"[masked]","n":1}' });
  });

  test('a card sent as a number, and what is nested too deep', () => {
    expect(mask({ value: 4111111111111111 })).toEqual({ value: '[card]' });
    let deep: unknown = 'a@b.example';
    for (let i = 0; i < 40; i++) deep = [deep];
    expect(JSON.stringify(mask(deep))).not.toContain('a@b.example');
  });

  test('a planted secret never survives, wherever it stands', () => {
    const canary = 'canary.person@leak.example';
    const planted = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constant(canary),
        fc.string().map((text) => `${text} ${canary} `),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
        tie('node').map((inner) => JSON.stringify(inner)),
      ),
    })).node;
    fc.assert(
      fc.property(planted, (value) => {
        expect(JSON.stringify(mask(value)) ?? '').not.toContain('person@leak');
      }),
    );
  });
});
