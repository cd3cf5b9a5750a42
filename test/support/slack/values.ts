import type { Control } from './controls.ts';
import type { Value } from './interface.ts';
import { given, type Json, list, text } from './json.ts';
import type { Choice } from './types.ts';

/** How Slack names what was entered, by type of element. */
const fieldOf: Record<string, string> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  overflow: 'selected_option',
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation',
  multi_conversations_select: 'selected_conversations',
  channels_select: 'selected_channel',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  rich_text_input: 'rich_text_value',
  file_input: 'files',
};
const isMany = (field: string): boolean => field.endsWith('s');

export function fieldFor(type: string): string {
  return fieldOf[type] ?? 'value';
}

/** What stands in an element before anyone touched it. */
function initial(element: Json): unknown {
  return Object.entries(element).find(([key]) => key.startsWith('initial_'))?.[1];
}

/** One entry of `state.values`. */
export function stateOf(control: Control, value: unknown): Json {
  const field = fieldFor(control.type);
  const entered = value === undefined ? initial(control.element) : value;
  const empty = isMany(field) ? [] : null;
  if (!given(entered)) return { type: control.type, [field]: empty };
  if (isMany(field)) return { type: control.type, [field]: Array.isArray(entered) ? entered : [entered] };
  return { type: control.type, [field]: field === 'selected_date_time' ? Number(entered) : entered };
}

/** What Slack's own client says before anything is sent; undefined when it is content. */
export function clientObjection(control: Control, state: Json): string | undefined {
  const value = state[fieldFor(control.type)];
  const empty = !given(value) || (Array.isArray(value) && value.length === 0);
  if (empty) return control.optional ? undefined : 'Please complete this required field.';
  const { element } = control;
  const entered = text(value);
  if (control.type === 'plain_text_input') {
    if (entered.length < Number(element.min_length ?? 0)) return `at least ${element.min_length} characters`;
    if (entered.length > Number(element.max_length ?? 3000)) return `at most ${element.max_length ?? 3000} characters`;
  }
  if (control.type === 'number_input') {
    const number = Number(entered);
    if (Number.isNaN(number) || (element.is_decimal_allowed === false && !Number.isInteger(number)))
      return 'Please enter a valid number.';
    if (given(element.min_value) && number < Number(element.min_value)) return `not below ${element.min_value}`;
    if (given(element.max_value) && number > Number(element.max_value)) return `not above ${element.max_value}`;
  }
  if (control.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(entered)) return 'Please enter a valid email.';
  if (control.type === 'url_text_input' && !URL.canParse(entered)) return 'Please enter a valid URL.';
  if (control.type === 'datepicker' && !/^\d{4}-\d{2}-\d{2}$/.test(entered)) return 'a date is YYYY-MM-DD';
  const most = Number(element.max_selected_items ?? Number.POSITIVE_INFINITY);
  if (Array.isArray(value) && value.length > most) return `at most ${most} items`;
  return undefined;
}

export const namesOf = (value: Value): string[] => list(value).filter((one) => typeof one === 'string') as string[];
export const isChoice = (value: unknown): value is Choice => typeof value === 'object' && value !== null && 'value' in value;
