import { BlockList, isIP } from 'node:net';

/** Of IPv4 everything is public but what RFC 6890 and its successors set aside. */
const reserved: [kind: string, subnets: string[]][] = [
  ['loopback', ['127.0.0.0/8']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']],
  ['link-local', ['169.254.0.0/16']],
  ['carrier-grade NAT', ['100.64.0.0/10']],
  ['multicast', ['224.0.0.0/4']],
  ['reserved', ['0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24']],
  ['reserved', ['203.0.113.0/24', '240.0.0.0/4']],
];

/** Of IPv6 only this is public, but for the rest: it leaves out what maps or translates to IPv4, local and multicast addresses. */
const GLOBAL = '2000::/3';
const reserved6: [kind: string, subnets: string[]][] = [
  ['6to4', ['2002::/16']],
  ['reserved', ['2001::/23', '2001:db8::/32', '3fff::/20']],
];

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};

const lists4 = reserved.map(([kind, subnets]) => ({ kind, list: listOf(subnets, 'ipv4') }));
const lists6 = reserved6.map(([kind, subnets]) => ({ kind, list: listOf(subnets, 'ipv6') }));
const global = listOf([GLOBAL], 'ipv6');

/** Why nothing is sent to this address unless it was allowed: its kind. Undefined for public ones. What is no address is `unreadable`. */
export function kindOfAddress(address: string): string | undefined {
  try {
    if (isIP(address) === 4) return lists4.find(({ list }) => list.check(address, 'ipv4'))?.kind;
    if (isIP(address) !== 6) return 'unreadable';
    if (!global.check(address, 'ipv6')) return 'private, mapped or reserved';
    return lists6.find(({ list }) => list.check(address, 'ipv6'))?.kind;
  } catch {
    // With a zone, e.g. fe80::1%eth0.
    return 'unreadable';
  }
}
