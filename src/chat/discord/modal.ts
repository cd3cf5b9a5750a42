import type { ModalSubmitInteraction } from 'discord.js';
import type { Form, FormField } from '../../core/messages/form.ts';
import { clean, cut, isBlank } from '../../core/messages/words.ts';
import { type Component, fitting, KIND, optionOf } from './controls.ts';
import { LIMITS } from './limits.ts';
import { escaped, label } from './text.ts';

const INPUT = { line: 1, lines: 2 } as const;

export interface Modal {
  custom_id: string;
  title: string;
  components: Component[];
}

/** A form as Discord's dialog. Its button always says "Submit", in the reader's language. */
export function modalOf(form: Form, customId: string, values: Record<string, string> = {}): Modal {
  const fields = form.fields.slice(0, LIMITS.modalParts);
  const hasNote = form.note !== undefined && !isBlank(form.note);
  const noteFits = hasNote && fields.length < LIMITS.modalParts;
  const note = noteFits ? [{ type: KIND.text, content: escaped(label(form.note ?? '', 1_000)) }] : [];
  // With five fields the note has no place of its own: it stands under the first one.
  const hint = hasNote && !noteFits ? form.note : undefined;
  const components = fields.map((field, at) => labelled(field, values[field.name], at === 0 ? hint : undefined));
  return { custom_id: customId, title: label(form.title, LIMITS.modalTitle), components: [...note, ...components] };
}

function labelled(field: FormField, value: string | undefined, note: string | undefined): Component {
  const hint = [note, field.hint].filter((part) => part !== undefined && !isBlank(part)).join(' ');
  return {
    type: KIND.label,
    label: label(field.label, LIMITS.fieldLabel),
    ...(hint === '' ? {} : { description: label(hint, LIMITS.fieldHint) }),
    component: componentOf(field, value ?? field.value ?? ''),
  };
}

/** A list that is whole and short is chosen from; what Discord cannot list is typed. */
function componentOf(field: FormField, value: string): Component {
  if (field.kind === 'text') return input(field, value, field.multiline === true, field.maxLength);
  const options = fitting(field.options);
  const isWhole = !field.more && options.length === field.options.length && options.length <= LIMITS.options;
  if (!isWhole || options.length === 0) return input(field, value, false, undefined, namesOf(field.options));
  return {
    type: KIND.select,
    custom_id: field.name,
    required: field.optional !== true,
    min_values: field.optional ? 0 : 1,
    options: options.map((option) => optionOf(option, option.value === value)),
  };
}

function input(field: FormField, value: string, lines: boolean, most: number = LIMITS.input, example = ''): Component {
  const length = Math.min(Math.max(most, 1), LIMITS.input);
  const shown = cut(clean(value), length);
  return {
    type: KIND.textInput,
    custom_id: field.name,
    style: lines ? INPUT.lines : INPUT.line,
    required: field.optional !== true,
    max_length: length,
    ...(isBlank(shown) ? {} : { value: shown }),
    ...(example === '' ? {} : { placeholder: label(example, LIMITS.fieldHint) }),
  };
}

const namesOf = (options: readonly { value: string }[]): string =>
  options.length === 0
    ? ''
    : `e.g. ${options
        .slice(0, 5)
        .map(({ value }) => value)
        .join(', ')}`;

/** What was filled in, by field name; nothing chosen is empty. */
export function valuesOf({ fields }: ModalSubmitInteraction): Record<string, string> {
  return Object.fromEntries(
    fields.fields.map((field) => {
      const { value, values } = field as { value?: unknown; values?: readonly string[] };
      return [field.customId, typeof value === 'string' ? value.trim() : (values?.[0] ?? '')];
    }),
  );
}
