/**
 * The network that an address is part of, e.g. `203.0.113.0/24`: what one household or company has, so that nobody is many by
 * changing their address. What is no address stays as it is.
 */
export function networkOf(address: string, bits: { v4: 8 | 16 | 24 | 32; v6: 48 | 64 }): string {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (/^\d+(\.\d+){3}$/.test(plain))
    return bits.v4 === 32 ? plain : `${firstOf(plain.split('.'), bits.v4 / 8, 4).join('.')}/${bits.v4}`;
  if (plain.includes(':')) return `${firstOf(groupsOf(plain), bits.v6 / 16, bits.v6 / 16).join(':')}::/${bits.v6}`;
  return plain;
}

const firstOf = (parts: readonly string[], kept: number, length: number): string[] =>
  Array.from({ length }, (_, i) => (i < kept ? (parts[i] ?? '0') : '0'));

/** The groups before `::`, which stands for as many zeros as are missing. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before.map(plainGroup);
  const after = tail === '' ? [] : tail.split(':');
  // Four bytes may stand at the end as in `64:ff9b::192.0.2.1`: two groups.
  const missing = 8 - before.length - after.length - (tail.includes('.') ? 1 : 0);
  return [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after].map(plainGroup);
}

const plainGroup = (group: string): string => group.replace(/^0+(?=.)/, '');
