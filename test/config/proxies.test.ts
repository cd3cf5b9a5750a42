import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/env.ts';

const read = (text: string) => readConfig({ TRUSTED_PROXIES: text }).trustedProxies;

describe('TRUSTED_PROXIES', () => {
  test('are addresses and networks; nobody is trusted without', () => {
    expect(read('10.0.0.5, 172.16.0.0/12,::1,fd00::/8')).toEqual(['10.0.0.5', '172.16.0.0/12', '::1', 'fd00::/8']);
    expect(read('')).toEqual([]);
  });

  test.each(['10.0.0.0/33', '10.0.0', 'proxy.local', '10.0.0.5,', '10.0.0.0/8/8', '*', 'true', '::1/129'])(
    '%j is told what to write',
    (text) => expect(() => read(text)).toThrow('TRUSTED_PROXIES: each entry is an address or a network, e.g. 10.0.0.5'),
  );
});
