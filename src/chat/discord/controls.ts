import type { Block, Button } from '../../core/messages/message.ts';
import { clean, isBlank } from '../../core/messages/words.ts';
import type { CustomIds } from './ids.ts';
import { LIMITS } from './limits.ts';
import { label } from './text.ts';

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** Components as JSON. */
export interface Component {
  type: number;
  [key: string]: unknown;
}

export const KIND = { row: 1, button: 2, select: 3, textInput: 4, text: 10, gallery: 12, container: 17, label: 18 } as const;
const STYLE = { primary: 1, secondary: 2, danger: 4 } as const;

export function buttonRows({ buttons }: BlockOf<'buttons'>, ids: CustomIds): Component[] {
  const components = buttons.map((button) => buttonOf(button, ids));
  return chunks(components, LIMITS.buttonsInRow).map((row) => ({ type: KIND.row, components: row }));
}

/** The one in force is told by a shape as well as by its colour. */
const buttonOf = ({ label: words, action, selected, style }: Button, ids: CustomIds): Component => ({
  type: KIND.button,
  custom_id: ids.of(action),
  label: label(selected ? `● ${label(words, LIMITS.button)}` : words, LIMITS.button),
  style: STYLE[style ?? (selected ? 'primary' : 'secondary')],
});

/** Its row, and how many choices Discord cannot take. */
export function selectRow(select: BlockOf<'select'>, ids: CustomIds): { rows: Component[]; left: number } {
  const options = fitting(select.options).slice(0, LIMITS.options);
  const left = select.options.length - options.length;
  if (options.length === 0) return { rows: [], left };
  const component = {
    type: KIND.select,
    custom_id: ids.of(select.action),
    placeholder: label(select.label, LIMITS.placeholder),
    options: options.map((option) => optionOf(option, option.value === select.selected)),
  };
  return { rows: [{ type: KIND.row, components: [component] }], left };
}

interface Choice {
  label: string;
  value: string;
  hint?: string;
}

/** Those whose value comes back as it is, each once. */
export function fitting<T extends Choice>(options: readonly T[]): T[] {
  const values = new Set<string>();
  return options.filter(({ value }) => {
    const fits = !isBlank(value) && value.length <= LIMITS.option && value === clean(value) && !values.has(value);
    values.add(value);
    return fits;
  });
}

export const optionOf = ({ label: words, value, hint }: Choice, isDefault: boolean): object => ({
  label: label(words, LIMITS.option),
  value,
  ...(hint === undefined || isBlank(clean(hint)) ? {} : { description: label(hint, LIMITS.option) }),
  ...(isDefault ? { default: true } : {}),
});

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
