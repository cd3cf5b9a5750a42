import { createHash } from 'node:crypto';
import { fitLines } from '../../core/messages/code.ts';
import type { Figure } from '../../core/messages/figure.ts';
import type { Block } from '../../core/messages/message.ts';
import { clean, cut, isBlank, plainOf } from '../../core/messages/words.ts';
import { chartOf } from './chart.ts';
import { type ActionIds, buttonRows, chunks, selectBlocks } from './controls.ts';
import { LIMITS } from './limits.ts';
import { codeTable, dataTable } from './table.ts';
import { escaped, markText, mrkdwn, mrkdwnOf, plainText, textObject } from './text.ts';

/** Block Kit as JSON; what Slack adds faster than its types is written as plainly as the rest. */
export interface SlackBlock {
  type: string;
  block_id?: string;
  [key: string]: unknown;
}

/** What one message may hold, and how its figures are shown. */
export interface Frame {
  surface: 'message' | 'home';
  /** Id of the uploaded picture; undefined while there is none. */
  fileOf(figure: Figure): string | undefined;
  /** Slack's newer blocks, the data table and the chart, may be used. */
  newBlocks: boolean;
  /** Figures without a picture are drawn by Slack, where they can be. */
  charts: boolean;
  /** Where everything can be seen that Slack cannot show. */
  link: string | undefined;
}

/** What is drawn once per message. */
export interface Drawn {
  /** The one table that Slack shows as such; undefined once it stands there. */
  table: Block | undefined;
  charts: number;
  ids: ActionIds;
}

const MOST_CHARTS = 2;

/** The table with the most in it, since aligned text holds less. */
export function mainTable(blocks: readonly Block[], { newBlocks, surface }: Frame): Block | undefined {
  if (!newBlocks || surface !== 'message') return undefined;
  const tables = blocks
    .filter((block) => block.kind === 'table')
    .map((block) => ({ block, size: JSON.stringify(block.rows).length }));
  return tables.reduce<(typeof tables)[number] | undefined>((a, b) => (a && a.size >= b.size ? a : b), undefined)?.block;
}

export function blocksOf(block: Block, frame: Frame, drawn: Drawn): SlackBlock[] {
  switch (block.kind) {
    case 'text': {
      const text = textObject(block.text, LIMITS.section);
      return text ? [{ type: 'section', text, expand: true }] : [];
    }
    case 'context': {
      const text = textObject(block.text, LIMITS.context);
      return text ? [{ type: 'context', elements: [text] }] : [];
    }
    case 'code':
      return codeBlocks(block.text);
    case 'fields':
      return chunks(block.fields.map(fieldOf), LIMITS.fieldsInSection).map((fields) => ({ type: 'section', fields }));
    case 'table': {
      const isMain = block === drawn.table;
      if (isMain) drawn.table = undefined;
      const { blocks, rows, columns } = isMain ? dataTable(block) : codeTable(block);
      return [...blocks, ...more(rows, columns)];
    }
    case 'figure':
      return figureBlocks(block.figure, frame, drawn);
    case 'buttons':
      return buttonRows(block, drawn.ids);
    case 'select': {
      const { blocks, left } = selectBlocks(block, drawn.ids);
      return [...blocks, ...(left > 0 ? [note(`… and ${left} more to choose from`)] : [])];
    }
  }
}

export const note = (text: string): SlackBlock => ({ type: 'context', elements: [plainText(text, LIMITS.context)] });

/** Back-ticks would end the block: look-alikes stand for them. */
function codeBlocks(code: string): SlackBlock[] {
  const written = (line: string): string => escaped(clean(line).replaceAll('`', 'ˋ'));
  const { shown, left } = fitLines(code, LIMITS.section - 8, (line) => written(line).length);
  if (isBlank(clean(shown))) return [];
  const block = { type: 'section', text: markText(`\`\`\`\n${written(shown)}\n\`\`\``), expand: true };
  return [block, ...(left === undefined ? [] : [note(`… and ${left}`)])];
}

function more(rows: number, columns: number): SlackBlock[] {
  const left = [...(rows > 0 ? [`${rows} more`] : []), ...(columns > 0 ? [`${columns} more columns`] : [])];
  return left.length > 0 ? [note(`… and ${left.join(', and ')}`)] : [];
}

function fieldOf({ label, value }: Extract<Block, { kind: 'fields' }>['fields'][number]): object {
  const name = isBlank(clean(label)) ? '' : `*${mrkdwn(cut(clean(label).replaceAll('\n', ' ').trim(), LIMITS.label))}*\n`;
  const shown = isBlank(plainOf(value)) ? '–' : mrkdwnOf(value, LIMITS.field - name.length);
  return markText(`${name}${shown}`);
}

/** The picture; without one Slack's own chart; and always what it says. */
function figureBlocks(figure: Figure, frame: Frame, drawn: Drawn): SlackBlock[] {
  const alt = cut(isBlank(clean(figure.alt)) ? 'A figure.' : clean(figure.alt), LIMITS.alt);
  const file = frame.fileOf(figure);
  if (file) return [{ type: 'image', slack_file: { id: file }, alt_text: alt }];
  const chart = frame.charts && frame.surface === 'message' && drawn.charts < MOST_CHARTS ? chartOf(figure) : undefined;
  if (chart) drawn.charts += 1;
  const words = cut(alt, LIMITS.context - 300);
  const where = frame.charts && frame.link ? mrkdwnOf([' ', { link: 'See the figure', url: frame.link }], 300) : '';
  return [
    ...(chart ? [chart] : []),
    { type: 'context', elements: [markText(`${mrkdwnOf(words, LIMITS.context - 300)}${where}`)] },
  ];
}

/** Changes with what the block shows: Slack's clients keep what was chosen in a block whose id stays. */
export function named(blocks: readonly SlackBlock[]): SlackBlock[] {
  return blocks.map((block, at) => {
    const hash = createHash('sha256').update(JSON.stringify(block)).digest('base64url').slice(0, 10);
    return { ...block, block_id: `${at}-${hash}` };
  });
}

/** Characters of all texts, as Slack adds them up. */
export function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + sizeOf(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, one]) => {
    if (typeof one !== 'string') return sum + sizeOf(one);
    return sum + (['type', 'action_id', 'block_id', 'style'].includes(key) ? 0 : one.length);
  }, 0);
}
