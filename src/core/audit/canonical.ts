/** JSON in its one canonical form (RFC 8785): keys in the order of their UTF-16 units, no blanks, numbers as ECMAScript writes them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // The default order of sort is that of UTF-16 units.
  const keys = new Map(entries);
  return `{${[...keys.keys()]
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(keys.get(key))}`)
    .join(',')}}`;
}
