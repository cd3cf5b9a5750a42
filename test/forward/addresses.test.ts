import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetMistake } from '../../src/core/audit/forward.ts';
import { kindOfAddress } from '../../src/hooks/addresses.ts';
import { createWebhooks } from '../../src/hooks/webhooks.ts';
import { fakeClock } from '../support/clock.ts';

const refusal = (url: string, resolve = async () => [{ address: '93.184.216.34', family: 4 }]) =>
  createWebhooks({ clock: fakeClock(new Date(0)), resolve }).refusal({ url, allowPrivate: false });

describe('an address', () => {
  test.each([
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.1'],
    ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', 'fc00::1'],
    ...[
      'fd12:3456::1',
      'fe80::1',
      'fe80::1%eth0',
      'febf::1',
      'fec0::1',
      'ff02::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::1',
      '3fff::1',
    ],
    ...['', 'localhost', '127.1', '0x7f000001', '1.2.3.4.5'],
  ])('%s is not called', (address) => {
    expect(kindOfAddress(address)).toEqual(expect.any(String));
  });

  test.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
      '128.0.0.1',
      '172.15.255.255',
    ],
    ...[
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
      '223.255.255.255',
      '2606:4700::1111',
      '2a00:1450::1',
      '2001:4860:4860::8888',
    ],
  ])('%s is called', (address) => {
    expect(kindOfAddress(address)).toBeUndefined();
  });

  test('of a private network is told however it is mapped', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, (b, c, d) => {
        expect(kindOfAddress(`10.${b}.${c}.${d}`)).toBe('private');
        expect(kindOfAddress(`::ffff:10.${b}.${c}.${d}`)).toEqual(expect.any(String));
      }),
    );
  });
});

describe('a target', () => {
  test.each([
    ...[
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://127.1/',
      'https://0x7f.1/',
      'https://017700000001/',
    ],
    ...['https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[fe80::1]/', 'https://①②⑦.0.0.1/'],
    ...['https://169.254.169.254/latest/meta-data', 'https://10.0.0.8/'],
  ])('%s is refused', async (url) => {
    expect(await refusal(url)).toContain('set allow_private: true');
  });

  test.each([
    ['http://siem.example/', 'must begin with https://'],
    ['ftp://siem.example/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['https://siem.example:8443/', 'must have no port'],
    ['https://dana:pw@siem.example/', 'must hold no name or password'],
    ['https://dana@siem.example/', 'must hold no name or password'],
    ['siem.example', 'must be an address'],
  ])('%s is refused', async (url, why) => {
    expect(targetMistake(url, false)).toContain(why);
    expect(await refusal(url)).toContain(why);
  });

  test('may be private, plain and on any port when that is said', async () => {
    expect(targetMistake('http://10.0.0.8:8088/services/collector', true)).toBeUndefined();
    expect(targetMistake('https://siem.example:443/', false)).toBeUndefined();
    expect(targetMistake('ftp://10.0.0.8/', true)).toContain('https://');
    expect(targetMistake('http://a:b@10.0.0.8/', true)).toContain('no name or password');
  });

  test('is refused when any of its addresses is, and told which', async () => {
    const both = [
      { address: '93.184.216.34', family: 4 },
      { address: '10.1.2.3', family: 4 },
    ];
    expect(await refusal('https://siem.example/', async () => both)).toBe(
      'siem.example leads to 10.1.2.3 (private). If it is a receiver of your own, set allow_private: true for this forward.',
    );
    expect(await refusal('https://siem.example/', async () => [])).toBe('siem.example has no address.');
    expect(await refusal('https://siem.example/')).toBeUndefined();
  });
});
