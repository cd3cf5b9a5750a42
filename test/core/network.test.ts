import { expect, test } from 'vitest';
import { networkOf } from '../../src/core/people/network.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
  ['::ffff:203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
  ['2001:0db8:0001:0002:ffff:0:0:1', '2001:db8:1::/48', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0::/48', '2001:db8:0:0::/64'],
  ['2001:DB8:1::', '2001:db8:1::/48', '2001:db8:1:0::/64'],
  ['::1', '0:0:0::/48', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0::/48', '64:ff9b:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0::/48', 'fe80:0:0:0::/64'],
  ['', '', ''],
])('%s is part of %s', (address, company, household) => {
  expect(networkOf(address, { v4: 24, v6: 48 })).toBe(company);
  expect(networkOf(address, { v4: 32, v6: 64 })).toBe(household);
});
