import type { Block, Text } from '../../core/messages/message.ts';
import { cut, graphemes, isBlank, plainOf } from '../../core/messages/words.ts';
import { LIMITS } from './limits.ts';
import { escaped, inCode, label, markdown } from './text.ts';

type Table = Extract<Block, { kind: 'table' }>;

/** A table as text. Narrow ones are aligned in a fixed-width font; of wide ones each row is a paragraph, as a phone needs it. */
export function tableText(table: Table): string {
  const columns = table.columns.slice(0, LIMITS.tableColumns);
  const rows = table.rows.slice(0, LIMITS.tableRows);
  const caption = isBlank(plainOf(table.caption)) ? [] : [`**${escaped(label(table.caption, LIMITS.caption))}**`];
  const shown = (rows.some((row) => row.some(hasTime)) ? undefined : aligned(columns, rows)) ?? stacked(columns, rows);
  const body = rows.length === 0 || columns.length === 0 ? ['-# none'] : shown;
  return [...caption, ...body, ...more(table, rows.length, columns.length)].join('\n');
}

/** What is not shown is counted. */
function more(table: Table, rows: number, columns: number): string[] {
  const left = (table.left ?? 0) + table.rows.length - rows;
  const hidden = table.columns.length - columns;
  const parts = [...(left > 0 ? [`${left} more`] : []), ...(hidden > 0 ? [`${hidden} more columns`] : [])];
  return parts.length > 0 ? [`-# … and ${parts.join(', and ')}`] : [];
}

/** Told in the reader's own zone, but never in a fixed-width font. */
const hasTime = (text: Text): boolean =>
  typeof text !== 'string' && text.some((span) => typeof span === 'object' && 'time' in span);

const cellOf = (text: Text | undefined): string => label(plainOf(text ?? ''), LIMITS.cell);
const isPlain = (text: string): boolean => /^[\x20-\x7E]*$/.test(text);

const wide = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;
const widthOf = (text: string): number =>
  isPlain(text) ? text.length : graphemes(text).reduce((sum, one) => sum + (wide.test(one) ? 2 : 1), 0);

/** Undefined for a table that is too wide, even with its labels in two lines and its columns close together. */
function aligned(columns: Table['columns'], rows: Table['rows']): string[] | undefined {
  const heads = columns.map(({ label: head }) => twoLines(cellOf(head)));
  const cells = rows.map((row) => columns.map((_, at) => cellOf(row[at])));
  const top = heads.some(([first]) => first !== '') ? [heads.map(([first]) => first)] : [];
  const grid = [...top, heads.map(([, second]) => second), ...cells];
  const widths = columns.map((_, at) => Math.max(...grid.map((line) => widthOf(line[at] ?? ''))));
  const gap = [2, 1].find((blanks) => widths.reduce((sum, width) => sum + width + blanks, -blanks) <= LIMITS.tableWidth);
  if (gap === undefined) return undefined;
  const line = (words: readonly string[]): string =>
    words
      .map((word, at) => {
        const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(word)));
        return columns[at]?.align === 'right' ? room + word : word + room;
      })
      .join(' '.repeat(gap))
      .trimEnd();
  return ['```', ...grid.map((words) => inCode(line(words))), '```'];
}

/** "Share change" as `Share` over `change`; one word stands below. */
function twoLines(head: string): [string, string] {
  const words = head.split(' ');
  const half = Math.ceil(words.length / 2);
  return words.length < 2 ? ['', head] : [words.slice(0, half).join(' '), words.slice(half).join(' ')];
}

/** The name of the row, and under it its words and its numbers with their labels. */
function stacked(columns: Table['columns'], rows: Table['rows']): string[] {
  return rows.map((row) => {
    const [name, ...others] = columns.map((column, at) => ({ ...column, cell: cellOf(row[at]), text: row[at] ?? '' }));
    const facts = others.map(({ label: head, align, cell, text }) => {
      const value = cell === '–' ? cell : markdown(text, LIMITS.cell).replaceAll('\n', ' ');
      return align === 'right' ? `${escaped(cut(label(head, LIMITS.label), 40))} ${value}` : value;
    });
    const head = name && hasTime(name.text) ? markdown(name.text, LIMITS.cell) : escaped(name?.cell ?? '–');
    return [`**${head}**`, facts.join(' · ')].filter((part) => part !== '').join('\n');
  });
}
