import { type Message, tonePrefix } from '../../core/messages/message.ts';
import { clean, cut, isBlank, plainOf } from '../../core/messages/words.ts';
import { blocksOf, type Drawn, type Frame, mainTable, named, note, type SlackBlock, sizeOf } from './blocks.ts';
import { ActionIds } from './controls.ts';
import { LIMITS } from './limits.ts';
import { steps } from './shorten.ts';
import { escaped, markText, mrkdwn, plainText } from './text.ts';

export interface Rendered {
  /** What phones, screen readers and searches show: escaped. */
  text: string;
  blocks: SlackBlock[];
}

/** A message as Slack shows it. What Slack has no room for is left out in a fixed order, and said. */
export function render(message: Message, frame: Frame): Rendered {
  const text = fallbackOf(message);
  const left: string[] = [];
  let shorter = message;
  let blocks = withTitle(shorter, frame, left);
  for (const step of steps) {
    if (fits(blocks, frame)) break;
    const next = step(shorter);
    shorter = next.message;
    if (next.left !== undefined) left.push(next.left);
    blocks = withTitle(shorter, frame, left);
  }
  return { text, blocks: named(blocks) };
}

const fits = (blocks: readonly SlackBlock[], { surface }: Frame): boolean =>
  blocks.length <= (surface === 'home' ? LIMITS.homeBlocks : LIMITS.blocks) && sizeOf(blocks) <= LIMITS.message;

function withTitle(message: Message, frame: Frame, left: readonly string[]): SlackBlock[] {
  const drawn: Drawn = { table: mainTable(message.blocks, frame), charts: 0, ids: new ActionIds() };
  const blocks = message.blocks.flatMap((block) => blocksOf(block, frame, drawn));
  const [first, ...others] = [titleOf(message), ...blocks];
  const said = left.length > 0 ? [note(`Left out, for Slack takes no more: ${left.join(', ')}.`)] : [];
  return [first as SlackBlock, ...others, ...said];
}

export function titleLine({ title, tone }: Message): string {
  const line = clean(title).replaceAll('\n', ' ').trim();
  return `${tonePrefix(tone)}${line === '' ? 'no title' : line}`;
}

/** A card has a heading; a sentence alone is no card. */
function titleOf(message: Message): SlackBlock {
  const line = titleLine(message);
  if (message.blocks.length > 0 && line.length <= LIMITS.header) return { type: 'header', text: plainText(line, LIMITS.header) };
  if (message.blocks.length === 0) return { type: 'section', text: plainText(line, LIMITS.section) };
  return { type: 'section', text: markText(`*${mrkdwn(cut(line, LIMITS.section / 6))}*`), expand: true };
}

/** Everything that is words, the title first. */
function fallbackOf(message: Message): string {
  const lines = message.blocks.flatMap((block): string[] => {
    switch (block.kind) {
      case 'text':
      case 'context':
        return [plainOf(block.text)];
      case 'code':
        return [clean(block.text)];
      case 'fields':
        return block.fields.map(({ label, value }) => `${clean(label)}: ${plainOf(value)}`);
      case 'figure':
        return [clean(block.figure.alt)];
      case 'table':
        return [`${clean(block.caption)}: ${block.rows.length + (block.left ?? 0)} rows`];
      default:
        return [];
    }
  });
  return fitBytes([titleLine(message), ...lines.filter((line) => !isBlank(line))].join('\n'), LIMITS.fallback);
}

/** chat.update counts bytes, after escaping. */
function fitBytes(text: string, limit: number): string {
  for (let length = limit; ; length = Math.floor(length * 0.8)) {
    const shown = escaped(cut(text, length));
    if (Buffer.byteLength(shown) <= limit) return shown;
  }
}
