/**
 * The first lines of a code block that fit into `limit`, and what is left in words, e.g. "3 more lines". Of a first line that is too
 * long by itself, its beginning. `sizeOf` tells how long a line is once it is written.
 */
export function fitLines(
  text: string,
  limit: number,
  sizeOf: (line: string) => number = (line) => line.length,
): { shown: string; left: string | undefined } {
  const lines = text.split('\n');
  let used = 0;
  const end = lines.findIndex((line) => {
    used += sizeOf(line) + 1;
    return used > limit + 1;
  });
  if (end < 0) return { shown: text, left: undefined };
  if (end > 0) return { shown: lines.slice(0, end).join('\n'), left: many(lines.length - end, 'line') };
  const shown = beginning(lines[0] ?? '', limit, sizeOf);
  return { shown, left: many(text.length - shown.length, 'character') };
}

/** Never half a character. */
function beginning(line: string, limit: number, sizeOf: (line: string) => number): string {
  let shown = line.slice(0, limit);
  while (sizeOf(shown) > limit) shown = shown.slice(0, Math.floor(shown.length * 0.9));
  return shown.replace(/[\uD800-\uDBFF]$/, '');
}

const many = (n: number, what: string): string => `${n} more ${what}${n === 1 ? '' : 's'}`;
