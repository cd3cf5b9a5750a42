import { fitLines } from '../../core/messages/code.ts';
import type { Figure } from '../../core/messages/figure.ts';
import { type Block, type Message, type Tone, tonePrefix } from '../../core/messages/message.ts';
import { clean, isBlank, plainOf } from '../../core/messages/words.ts';
import { buttonRows, type Component, KIND, selectRow } from './controls.ts';
import { CustomIds } from './ids.ts';
import { LIMITS } from './limits.ts';
import { steps } from './shorten.ts';
import { tableText } from './table.ts';
import { escaped, inCode, label, markdown } from './text.ts';

/** What a message's figures are shown as, and where more is to be seen. */
export interface Frame {
  /** File name of its picture; undefined where there is none. */
  fileOf(figure: Figure): string | undefined;
  /** Where everything can be seen that Discord has no room for. */
  link?: string | undefined;
  /** Comes back with every press. */
  mark?: string | undefined;
}

/** Severity is shape and word first; the colour only repeats it. */
const colours: Record<Tone, number> = { critical: 0xd92d20, warning: 0xdc8a00, ok: 0x17915a, info: 0x3b6fd4 };

/** A message as Discord shows it. What there is no room for is left out in a fixed order, and said. */
export function render(message: Message, frame: Frame): Component[] {
  const left: string[] = [];
  let shorter = message;
  const body = remembered((block) => bodyOf(block, frame));
  let components = withTitle(shorter, frame, left, body);
  for (const step of steps) {
    if (fits(components)) break;
    const next = step(shorter);
    shorter = next.message;
    if (next.left !== undefined) left.push(next.left);
    components = withTitle(shorter, frame, left, body);
  }
  return [{ type: KIND.container, accent_color: colours[message.tone], components }];
}

type BodyBlock = Exclude<Block, { kind: 'buttons' | 'select' }>;

/** Shortening leaves most blocks as they are: those are written once. */
function remembered(write: (block: BodyBlock) => Component[]): typeof write {
  const known = new WeakMap<BodyBlock, Component[]>();
  return (block) => {
    const components = known.get(block) ?? write(block);
    known.set(block, components);
    return components;
  };
}

function withTitle(
  message: Message,
  frame: Frame,
  left: readonly string[],
  body: (block: BodyBlock) => Component[],
): Component[] {
  const ids = new CustomIds(frame.mark);
  const blocks = message.blocks.flatMap((block) =>
    block.kind === 'buttons' ? buttonRows(block, ids) : block.kind === 'select' ? select(block, ids) : body(block),
  );
  const more = frame.link === undefined ? '' : ` ${markdown([{ link: 'See it in the console', url: frame.link }], 300)}`;
  const said = left.length > 0 ? [text(`-# Left out, for Discord takes no more: ${left.join(', ')}.${more}`)] : [];
  return [text(headline(message)), ...blocks, ...said];
}

/** A card has a heading; a sentence alone is no card. */
function headline({ title, tone, blocks }: Message): string {
  const words = isBlank(title) ? 'no title' : label(title, LIMITS.title);
  const line = `${tonePrefix(tone)}${escaped(words)}`;
  if (blocks.length === 0) return line;
  return words.length > LIMITS.heading ? `**${line}**` : `## ${line}`;
}

function bodyOf(block: BodyBlock, frame: Frame): Component[] {
  switch (block.kind) {
    case 'text':
      return isBlank(plainOf(block.text)) ? [] : [text(markdown(block.text, LIMITS.text))];
    case 'context':
      return isBlank(plainOf(block.text)) ? [] : [small(markdown(block.text, LIMITS.context))];
    case 'code':
      return codeOf(block.text);
    case 'fields':
      return block.fields.length === 0 ? [] : [text(block.fields.map(fieldLine).join('\n'))];
    case 'table':
      return [text(tableText(block))];
    case 'figure':
      return [figureOf(block.figure, frame)];
  }
}

function codeOf(code: string): Component[] {
  const { shown, left } = fitLines(code, LIMITS.text);
  if (isBlank(clean(shown))) return [];
  const more = left === undefined ? '' : `\n-# … and ${left}`;
  return [text(`\`\`\`\n${inCode(shown)}\n\`\`\`${more}`)];
}

function select(block: Extract<Block, { kind: 'select' }>, ids: CustomIds): Component[] {
  const { rows, left } = selectRow(block, ids);
  // A chosen option hides the select's own label.
  const isChosen = block.options.some(({ value }) => value === block.selected);
  return [
    ...(isChosen && rows.length > 0 ? [small(escaped(label(block.label, LIMITS.label)))] : []),
    ...rows,
    ...(left > 0 ? [small(`… and ${left} more to choose from`)] : []),
  ];
}

const text = (content: string): Component => ({ type: KIND.text, content });

/** Every line of it: the mark holds for one line only. */
const small = (content: string): Component =>
  text(
    content
      .split('\n')
      .map((line) => (isBlank(line) ? line : `-# ${line.trimStart()}`))
      .join('\n'),
  );

function fieldLine({ label: name, value }: Extract<Block, { kind: 'fields' }>['fields'][number]): string {
  const shown = isBlank(plainOf(value)) ? '–' : markdown(value, LIMITS.value).replaceAll('\n', ' ');
  return isBlank(name) ? shown : `**${escaped(label(name, LIMITS.label))}** ${shown}`;
}

/** The picture with what it says as its alt text; without a picture, those words. */
function figureOf(figure: Figure, { fileOf }: Frame): Component {
  const alt = isBlank(figure.alt) ? 'A figure.' : figure.alt;
  const file = fileOf(figure);
  if (file === undefined) return small(`Without its picture: ${markdown(alt, LIMITS.context)}`);
  return { type: KIND.gallery, items: [{ media: { url: `attachment://${file}` }, description: label(alt, LIMITS.alt) }] };
}

function fits(components: readonly Component[]): boolean {
  const all = components.flatMap((one) => [one, ...((one.components as Component[] | undefined) ?? [])]);
  const characters = all.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0);
  return all.length + 1 <= LIMITS.components && characters <= LIMITS.message;
}

/** Names of the files that these components show. */
export const filesIn = (components: readonly Component[]): string[] =>
  [...JSON.stringify(components).matchAll(/"url":"attachment:\/\/([^"]+)"/g)].map(([, name]) => name ?? '');
