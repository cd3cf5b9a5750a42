import { fitLines } from '../../core/messages/code.ts';
import type { Block, Message } from '../../core/messages/message.ts';
import { cut, plainOf } from '../../core/messages/words.ts';

/** A message with less in it, and what that was. */
export type Shorten = (message: Message) => { message: Message; left: string | undefined };

const count = (n: number, what: string): string | undefined => (n > 0 ? `${n} ${what}${n === 1 ? '' : 's'}` : undefined);

const withBlocks = (message: Message, blocks: Block[]): Message => ({ ...message, blocks });

const without = (message: Message, leaves: (block: Block, at: number) => boolean, what: string): ReturnType<Shorten> => {
  const blocks = message.blocks.filter((block, at) => !leaves(block, at));
  return { message: withBlocks(message, blocks), left: count(message.blocks.length - blocks.length, what) };
};

const hints: Shorten = (message) => {
  let dropped = 0;
  const blocks = message.blocks.map((block) => {
    if (block.kind !== 'select') return block;
    return {
      ...block,
      options: block.options.map(({ hint, ...option }) => {
        if (hint) dropped += 1;
        return option;
      }),
    };
  });
  return { message: withBlocks(message, blocks), left: count(dropped, 'hint') };
};

const smallPrint: Shorten = (message) => without(message, ({ kind }) => kind === 'context', 'note');

const facts =
  (most: number): Shorten =>
  (message) => {
    let dropped = 0;
    const blocks = message.blocks.map((block) => {
      if (block.kind !== 'fields') return block;
      dropped += Math.max(0, block.fields.length - most);
      return { ...block, fields: block.fields.slice(0, most) };
    });
    return { message: withBlocks(message, blocks), left: count(dropped, 'fact') };
  };

/** Tables say themselves how many rows they lack. */
const rows =
  (most: number): Shorten =>
  (message) => {
    const blocks = message.blocks.map((block) => {
      if (block.kind !== 'table' || block.rows.length <= most) return block;
      return { ...block, rows: block.rows.slice(0, most), left: (block.left ?? 0) + block.rows.length - most };
    });
    return { message: withBlocks(message, blocks), left: undefined };
  };

const words =
  (most: number): Shorten =>
  (message) => {
    let shortened = 0;
    const blocks = message.blocks.map((block) => {
      if (block.kind === 'code' && block.text.length > most) {
        shortened += 1;
        return { ...block, text: fitLines(block.text, most).shown };
      }
      if (block.kind !== 'text' || plainOf(block.text).length <= most) return block;
      shortened += 1;
      return { ...block, text: cut(plainOf(block.text), most) };
    });
    return { message: withBlocks(message, blocks), left: shortened > 0 ? 'the rest of a text' : undefined };
  };

const isControl = ({ kind }: Block): boolean => kind === 'buttons' || kind === 'select';

const parts =
  (most: number): Shorten =>
  (message) => {
    let seen = 0;
    return without(message, (block) => !isControl(block) && ++seen > most, 'part');
  };

const controls =
  (most: number): Shorten =>
  (message) => {
    let seen = 0;
    return without(message, (block) => isControl(block) && ++seen > most, 'control');
  };

const choices =
  (most: number): Shorten =>
  (message) => {
    let dropped = 0;
    const blocks = message.blocks.map((block) => {
      if (block.kind === 'select') {
        dropped += Math.max(0, block.options.length - most);
        return { ...block, options: block.options.slice(0, most) };
      }
      if (block.kind !== 'buttons') return block;
      dropped += Math.max(0, block.buttons.length - most);
      return { ...block, buttons: block.buttons.slice(0, most) };
    });
    return { message: withBlocks(message, blocks), left: count(dropped, 'choice') };
  };

/** In the order in which things may be missed. The title, its severity and the first buttons are never left out. */
export const steps: readonly Shorten[] = [
  hints,
  smallPrint,
  facts(6),
  rows(25),
  rows(10),
  words(600),
  rows(3),
  parts(16),
  choices(25),
  controls(10),
  parts(6),
  words(150),
  choices(10),
  controls(5),
  parts(2),
];
