import { type Action, decodeAction, encodeAction } from '../../core/messages/action-id.ts';
import type { Block, Button } from '../../core/messages/message.ts';
import { clean, isBlank } from '../../core/messages/words.ts';
import type { SlackBlock } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { plainText } from './text.ts';

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** Action ids of one message: Slack wants each once. */
export class ActionIds {
  readonly #used = new Set<string>();

  /** An id that cannot be decoded stands for an impossible action: its button answers that it is no longer valid. */
  of(action: Action): string {
    const id = idOf(action);
    let unique = id;
    for (let n = 2; this.#used.has(unique); n++) unique = `${n}~${id}`;
    this.#used.add(unique);
    return unique;
  }
}

function idOf(action: Action): string {
  try {
    const id = encodeAction(action);
    return isSendable(id) ? id : 'none';
  } catch {
    return 'none';
  }
}

/** Half a character does not come back as it was sent. */
const isSendable = (text: string): boolean => text === clean(text);

/** The action of an id made above. */
export const actionOf = (id: string): Action | undefined => decodeAction(id.replace(/^\d+~/, ''));

/** The one in force is told by a shape, and in words to those who do not see it. */
export function buttonRows({ label, buttons }: BlockOf<'buttons'>, ids: ActionIds): SlackBlock[] {
  const elements = buttons.map((button) => buttonOf(label, button, ids));
  return chunks(elements, LIMITS.buttonsInRow).map((row) => ({ type: 'actions', elements: row }));
}

function buttonOf(label: string, { label: words, action, selected, style }: Button, ids: ActionIds): object {
  const shown = isBlank(clean(words)) ? '–' : words;
  const spoken = selected === undefined ? undefined : `${label}: ${shown}${selected ? ', selected' : ''}`;
  return {
    type: 'button',
    action_id: ids.of(action),
    text: plainText(selected ? `● ${shown}` : shown, LIMITS.button),
    ...(spoken === undefined ? {} : { accessibility_label: plainText(spoken, LIMITS.accessibilityLabel).text }),
    ...(style === undefined ? {} : { style }),
  };
}

/** A select beside its label. Choices that Slack cannot take are counted. */
export function selectBlocks(select: BlockOf<'select'>, ids: ActionIds): { blocks: SlackBlock[]; left: number } {
  const label = isBlank(clean(select.label)) ? 'Choose' : select.label;
  const values = new Set<string>();
  const fitting = select.options.filter(({ value }) => {
    const fits = value !== '' && value.length <= LIMITS.optionValue && isSendable(value) && !values.has(value);
    values.add(value);
    return fits;
  });
  const options = fitting.slice(0, LIMITS.options).map(optionOf);
  const left = select.options.length - options.length;
  if (options.length === 0) return { blocks: [], left };
  const chosen = options.find(({ value }) => value === select.selected);
  const accessory = {
    type: 'static_select',
    action_id: ids.of(select.action),
    placeholder: plainText(label, LIMITS.placeholder),
    options,
    ...(chosen ? { initial_option: chosen } : {}),
  };
  return { blocks: [{ type: 'section', text: plainText(label, LIMITS.section), accessory }], left };
}

export const optionOf = ({ label, value, hint }: { label: string; value: string; hint?: string }) => ({
  text: plainText(isBlank(clean(label)) ? '–' : label, LIMITS.option),
  value,
  ...(hint === undefined || isBlank(clean(hint)) ? {} : { description: plainText(hint, LIMITS.option) }),
});

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
