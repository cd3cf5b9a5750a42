import { z } from 'zod';
import { type Action, decodeAction, encodeAction } from '../../core/messages/action-id.ts';
import type { Form, FormField } from '../../core/messages/form.ts';
import type { Place } from '../../core/messages/place.ts';
import { clean, cut, isBlank } from '../../core/messages/words.ts';
import type { SlackBlock } from './blocks.ts';
import { optionOf } from './controls.ts';
import { LIMITS } from './limits.ts';
import type { Submission } from './payloads.ts';
import { plainText } from './text.ts';

/** A modal as JSON. */
export interface View {
  type: 'modal';
  callback_id: string;
  title: object;
  blocks: SlackBlock[];
  [key: string]: unknown;
}

export const FORM = 'form';
const VALUE = 'value';

/** What a form belongs to, carried along by Slack. */
export interface Asked {
  action: Action;
  /** Without its person, who is whoever sends the form. */
  place: Place;
  /** The card was theirs alone. */
  isOwn: boolean;
}

const Metadata = z.object({
  a: z.string(),
  t: z.string(),
  c: z.string(),
  h: z.string().optional(),
  r: z.string().optional(),
  o: z.boolean(),
});

const metadataOf = ({ action, place, isOwn }: Asked): string =>
  JSON.stringify({ a: encodeAction(action), t: place.team, c: place.channel, h: place.thread, r: place.reply, o: isOwn });

/** Undefined for anything but a form of ours. */
export function askedOf(metadata: string): Asked | undefined {
  try {
    const { a, t, c, h, r, o } = Metadata.parse(JSON.parse(metadata));
    const action = decodeAction(a);
    if (!action) return undefined;
    const more = { ...(h === undefined ? {} : { thread: h }), ...(r === undefined ? {} : { reply: r }) };
    return { action, place: { platform: 'slack', team: t, channel: c, ...more }, isOwn: o };
  } catch {
    return undefined;
  }
}

const title = (text: string): object => plainText(isBlank(clean(text)) ? 'Pipewarden' : text, LIMITS.viewTitle);

export function formView(form: Form, asked: Asked): View {
  const words = form.note && !isBlank(clean(form.note)) ? form.note : undefined;
  const text = words ?? (form.fields.length === 0 ? 'There is nothing to fill in.' : undefined);
  const note = text === undefined ? [] : [{ type: 'section', text: plainText(text, LIMITS.section) }];
  return {
    type: 'modal',
    callback_id: FORM,
    title: title(form.title),
    submit: plainText(isBlank(clean(form.submit)) ? 'Send' : form.submit, LIMITS.viewTitle),
    close: plainText('Cancel', LIMITS.viewTitle),
    private_metadata: metadataOf(asked),
    blocks: [...note, ...form.fields.map(inputBlock)],
  };
}

function inputBlock(field: FormField): SlackBlock {
  const hint = field.hint && !isBlank(clean(field.hint)) ? { hint: plainText(field.hint, LIMITS.hint) } : {};
  return {
    type: 'input',
    block_id: field.name,
    label: plainText(isBlank(clean(field.label)) ? field.name : field.label, LIMITS.label),
    optional: field.optional ?? false,
    ...hint,
    element: elementOf(field),
  };
}

function elementOf(field: FormField): object {
  const shared = { action_id: VALUE };
  if (field.kind === 'text') {
    const most = Math.max(1, Math.min(LIMITS.input, field.maxLength ?? LIMITS.input));
    const initial = field.value === undefined ? {} : { initial_value: cut(clean(field.value), most) };
    return { ...shared, type: 'plain_text_input', multiline: field.multiline ?? false, max_length: most, ...initial };
  }
  const options = pickable(field.options);
  const chosen = options.find(({ value }) => value === field.value);
  const placeholder = plainText('Choose…', LIMITS.placeholder);
  if (!isSearched(field)) {
    return { ...shared, type: 'static_select', placeholder, options, ...(chosen ? { initial_option: chosen } : {}) };
  }
  const typedBefore = field.value === undefined ? [] : pickable([{ label: field.value, value: field.value }]);
  const initial = chosen ?? typedBefore[0];
  return {
    ...shared,
    type: 'external_select',
    placeholder,
    min_query_length: 0,
    ...(initial ? { initial_option: initial } : {}),
  };
}

/** Its options are asked for while somebody types. */
export const isSearched = (field: FormField): boolean => {
  if (field.kind !== 'pick') return false;
  const most = pickable(field.options).length;
  return field.more === true || most === 0 || field.options.length > most;
};

/** The options that Slack can list, each value once. */
export function pickable(options: readonly { value: string; label: string; hint?: string }[]) {
  const fitting = options.filter(
    ({ value }, at) =>
      !isBlank(value) && value.length <= LIMITS.optionValue && options.findIndex((other) => other.value === value) === at,
  );
  return fitting.slice(0, LIMITS.options).map(optionOf);
}

/** Of what was filled in, by field; what was left empty is ''. */
export function valuesOf({ view }: Submission): Record<string, string> {
  return Object.fromEntries(
    Object.entries(view.state.values).map(([name, element]) => {
      const entered = element[VALUE];
      return [name, entered?.selected_option?.value ?? entered?.value ?? ''];
    }),
  );
}

/** Mistakes under the fields they are about; those of no field stand under the first one. */
export function mistakesIn(mistakes: Record<string, string>, fields: readonly string[]): Record<string, string> {
  const [first = ''] = fields;
  return Object.fromEntries(
    Object.entries(mistakes).map(([name, what]) => [
      fields.includes(name) ? name : first,
      cut(clean(what), LIMITS.hint) || 'Please check.',
    ]),
  );
}

/** A form that only says something. */
export const sayingView = (heading: string, text: string): View => ({
  type: 'modal',
  callback_id: 'note',
  title: title(heading),
  close: plainText('Close', LIMITS.viewTitle),
  blocks: [{ type: 'section', text: plainText(text, LIMITS.section) }],
});
