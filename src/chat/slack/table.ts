import type { Block, Text } from '../../core/messages/message.ts';
import { clean, cut, isBlank, plainOf } from '../../core/messages/words.ts';
import type { SlackBlock } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { dateShape, escaped, markText, mrkdwn } from './text.ts';

type Table = Extract<Block, { kind: 'table' }>;

/** A table's blocks, and how much of it they do not show. */
export interface Tabled {
  blocks: SlackBlock[];
  rows: number;
  columns: number;
}

const cellOf = (text: Text | undefined, limit: number): string => {
  const shown = plainOf(text ?? '').replaceAll('\n', ' ');
  return isBlank(shown) ? '–' : cut(shown, limit);
};

interface Grid {
  head: string[];
  rows: string[][];
}

/** All cells, each row as wide as the head. */
function gridOf(table: Table, columns: number, cell: number): Grid {
  const head = table.columns.slice(0, columns).map(({ label }) => cellOf(label, cell));
  const rows = table.rows.slice(0, LIMITS.rows).map((row) => head.map((_, at) => cellOf(row[at], cell)));
  return { head, rows };
}

/** The first rows whose cost stays within the budget. */
function affordable<T>(rows: readonly T[], budget: number, cost: (row: T) => number): T[] {
  let used = 0;
  const end = rows.findIndex((row) => {
    used += cost(row);
    return used > budget;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}

const shownAs = (table: Table, blocks: SlackBlock[], rows: number, columns: number): Tabled => ({
  blocks,
  rows: (table.left ?? 0) + table.rows.length - rows,
  columns: Math.max(0, table.columns.length - columns),
});

function captionOnly(table: Table): Tabled {
  const caption = cut(clean(table.caption), LIMITS.caption);
  const line = `${mrkdwn(caption)}${table.rows.length === 0 ? ': none' : ''}`;
  return shownAs(table, isBlank(caption) ? [] : [{ type: 'context', elements: [markText(line)] }], 0, LIMITS.columns);
}

const characters = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + cell.length, 0);

const rawText = (text: string) => ({ type: 'raw_text', text });

/** A time alone in its cell is told in the reader's own zone; undefined for anything else. */
function dateCell(text: Text | undefined, fallback: string): object | undefined {
  const [span, ...more] = typeof text === 'string' || text === undefined ? [] : text;
  if (typeof span !== 'object' || !('time' in span) || more.length > 0 || Number.isNaN(Number(new Date(span.time))))
    return undefined;
  const date = { type: 'date', timestamp: Math.floor(Number(new Date(span.time)) / 1000), format: dateShape(span.as), fallback };
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [date] }] };
}

/** Slack's own table: sorted and paged by the reader, read row by row by a screen reader. */
export function dataTable(table: Table): Tabled {
  const grid = gridOf(table, LIMITS.columns, LIMITS.cell);
  const rows = affordable(grid.rows, LIMITS.table - characters(grid.head), characters);
  if (rows.length === 0 || grid.head.length === 0) return captionOnly(table);
  const block = {
    type: 'data_table',
    caption: cellOf(table.caption, LIMITS.caption),
    rows: [
      grid.head.map(rawText),
      ...rows.map((cells, r) => cells.map((text, at) => dateCell(table.rows[r]?.[at], text) ?? rawText(text))),
    ],
    page_size: rows.length > 15 ? 10 : rows.length,
    row_header_column_index: 0,
  };
  return shownAs(table, [block], rows.length, LIMITS.columns);
}

const CODE_COLUMNS = 8;
const CODE_CELL = 40;
const widthOf = (text: string): number => [...text].length;

/** Where Slack has no tables: columns aligned by blanks, in a fixed-width font. */
export function codeTable(table: Table): Tabled {
  const { head, rows } = gridOf(table, CODE_COLUMNS, CODE_CELL);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((cells) => widthOf(cells[at] ?? ''))));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => {
      const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell)));
      return table.columns[at]?.align === 'right' ? room + cell : cell + room;
    });
    return escaped(padded.join('  ').replaceAll('`', 'ˋ')).trimEnd();
  };
  const caption = `*${mrkdwn(cellOf(table.caption, LIMITS.caption))}*\n`;
  const top = line(head);
  const lines = affordable(rows.map(line), LIMITS.section - caption.length - top.length - 16, (one) => one.length + 1);
  if (lines.length === 0 || head.length === 0) return captionOnly(table);
  const text = `${caption}\`\`\`\n${[top, ...lines].join('\n')}\n\`\`\``;
  return shownAs(table, [{ type: 'section', text: markText(text) }], lines.length, CODE_COLUMNS);
}
