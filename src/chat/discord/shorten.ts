import { fitLines } from '../../core/messages/code.ts';
import type { Block, Message } from '../../core/messages/message.ts';
import { cut, plainOf } from '../../core/messages/words.ts';

/** A message with less in it, and what that was. */
export type Shorten = (message: Message) => { message: Message; left: string | undefined };

const count = (n: number, what: string): string | undefined => (n > 0 ? `${n} ${what}${n === 1 ? '' : 's'}` : undefined);

/** Every block made shorter, or left out where there is none; `dropped` is added up. */
const each =
  (shorten: (block: Block, drop: (n: number) => void) => Block | undefined, what?: string): Shorten =>
  (message) => {
    let dropped = 0;
    const drop = (n: number): void => {
      dropped += Math.max(0, n);
    };
    const blocks = message.blocks.flatMap((block) => shorten(block, drop) ?? []);
    return { message: { ...message, blocks }, left: what === undefined ? undefined : count(dropped, what) };
  };

const gone = (drop: (n: number) => void): undefined => {
  drop(1);
  return undefined;
};

const smallPrint = each((block, drop) => (block.kind === 'context' ? gone(drop) : block), 'note');

const facts = (most: number): Shorten =>
  each((block, drop) => {
    if (block.kind !== 'fields' || block.fields.length <= most) return block;
    drop(block.fields.length - most);
    return { ...block, fields: block.fields.slice(0, most) };
  }, 'fact');

/** Tables say themselves how many rows they lack. */
const rows = (most: number): Shorten =>
  each((block) => {
    if (block.kind !== 'table' || block.rows.length <= most) return block;
    return { ...block, rows: block.rows.slice(0, most), left: (block.left ?? 0) + block.rows.length - most };
  });

const words = (most: number): Shorten =>
  each((block, drop) => {
    if (block.kind === 'code' && block.text.length > most) {
      drop(1);
      return { ...block, text: fitLines(block.text, most).shown };
    }
    if (block.kind !== 'text' || plainOf(block.text).length <= most) return block;
    drop(1);
    return { ...block, text: cut(plainOf(block.text), most) };
  }, 'shortened text');

const isControl = ({ kind }: Block): boolean => kind === 'buttons' || kind === 'select';

const parts = (most: number): Shorten => {
  return (message) => {
    let seen = 0;
    return each((block, drop) => (!isControl(block) && ++seen > most ? gone(drop) : block), 'part')(message);
  };
};

const controls = (most: number): Shorten => {
  return (message) => {
    let seen = 0;
    return each((block, drop) => (isControl(block) && ++seen > most ? gone(drop) : block), 'control')(message);
  };
};

const buttons = (most: number): Shorten =>
  each((block, drop) => {
    if (block.kind !== 'buttons') return block;
    drop(block.buttons.length - most);
    return { ...block, buttons: block.buttons.slice(0, most) };
  }, 'button');

const values = (most: number): Shorten =>
  each((block, drop) => {
    if (block.kind !== 'fields' || block.fields.every(({ value }) => plainOf(value).length <= most)) return block;
    const fields = block.fields.map((field) => {
      if (plainOf(field.value).length <= most) return field;
      drop(1);
      return { ...field, value: cut(plainOf(field.value), most) };
    });
    return { ...block, fields };
  }, 'shortened fact');

/** In the order in which things may be missed. The title, its severity and the first buttons are never left out. */
export const steps: readonly Shorten[] = [
  smallPrint,
  facts(6),
  rows(15),
  rows(10),
  rows(5),
  words(600),
  values(200),
  rows(3),
  parts(16),
  buttons(10),
  controls(8),
  words(200),
  parts(6),
  rows(1),
  facts(3),
  values(80),
  buttons(5),
  controls(5),
  words(80),
  parts(2),
];
