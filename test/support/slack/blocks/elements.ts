import { given, isRecord, type Json, record, records, text } from '../json.ts';
import type { Findings } from './findings.ts';
import { checkImage } from './image.ts';

const common = 'type! action_id';
const picks = `${common} confirm placeholder focus_on_load`;
const inputs = `${common} placeholder initial_value dispatch_action_config focus_on_load`;

/** The keys of every element, the required ones marked `!`. */
const keysOf: Record<string, string> = {
  button: `${common} text! url value style confirm accessibility_label`,
  workflow_button: `${common} text! workflow! style accessibility_label`,
  checkboxes: `${common} options! initial_options confirm focus_on_load`,
  radio_buttons: `${common} options! initial_option confirm focus_on_load`,
  overflow: `${common} options! confirm`,
  datepicker: `${picks} initial_date`,
  datetimepicker: `${common} initial_date_time confirm focus_on_load`,
  timepicker: `${picks} initial_time timezone`,
  static_select: `${picks} options option_groups initial_option`,
  external_select: `${picks} initial_option min_query_length`,
  users_select: `${picks} initial_user`,
  conversations_select: `${picks} initial_conversation default_to_current_conversation response_url_enabled filter`,
  channels_select: `${picks} initial_channel response_url_enabled`,
  multi_static_select: `${picks} options option_groups initial_options max_selected_items`,
  multi_external_select: `${picks} initial_options min_query_length max_selected_items`,
  multi_users_select: `${picks} initial_users max_selected_items`,
  multi_conversations_select: `${picks} initial_conversations default_to_current_conversation filter max_selected_items`,
  multi_channels_select: `${picks} initial_channels max_selected_items`,
  plain_text_input: `${inputs} multiline min_length max_length`,
  email_text_input: inputs,
  url_text_input: inputs,
  number_input: `${inputs} is_decimal_allowed! min_value max_value`,
  rich_text_input: `${inputs} min_lines max_lines`,
  file_input: `${common} filetypes max_files`,
  image: 'type! alt_text! image_url slack_file',
  feedback_buttons: `${common} positive_button! negative_button!`,
  icon_button: `${common} icon! text! accessibility_label value visible_to_user_ids confirm`,
};

const selects = Object.keys(keysOf).filter((name) => name.endsWith('_select'));
const choosers = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...selects];
/** Which elements stand where. */
export const elementsOf = {
  actions: ['button', 'workflow_button', 'overflow', 'datetimepicker', 'rich_text_input', ...choosers],
  section: ['button', 'workflow_button', 'overflow', 'image', ...choosers],
  input: [
    ...['plain_text_input', 'email_text_input', 'url_text_input', 'number_input', 'rich_text_input', 'file_input'],
    ...['datetimepicker', ...choosers],
  ],
  context_actions: ['feedback_buttons', 'icon_button'],
};

const optionLimits: Record<string, number> = { overflow: 5, radio_buttons: 10, checkboxes: 10 };

function checkConfirm(found: Findings, confirm: unknown, at: string): void {
  if (confirm === undefined) return;
  if (!isRecord(confirm)) return void found.add('must provide an object', at);
  found.keys(confirm, at, 'title text! confirm deny style');
  found.text(confirm.title, `${at}/title`, 100, 'plain_text');
  found.text(confirm.text, `${at}/text`, 300);
  found.text(confirm.confirm, `${at}/confirm`, 30, 'plain_text');
  found.text(confirm.deny, `${at}/deny`, 30, 'plain_text');
  found.oneOf(confirm.style, `${at}/style`, ['primary', 'danger']);
}

export function checkOption(found: Findings, option: unknown, at: string, plain = true): void {
  if (!isRecord(option)) return void found.add('must provide an object', at);
  found.keys(option, at, 'text! value! description url');
  found.text(option.text, `${at}/text`, 75, plain ? 'plain_text' : undefined);
  found.string(option.value, `${at}/value`, 150);
  found.text(option.description, `${at}/description`, 75, plain ? 'plain_text' : undefined);
}

function checkOptions(found: Findings, options: unknown, at: string, max: number, plain: boolean): void {
  found.items(options, at, max).forEach((option, n) => {
    checkOption(found, option, `${at}/${n}`, plain);
  });
}

function checkChoices(found: Findings, element: Json, at: string, type: string): void {
  const plain = type !== 'radio_buttons' && type !== 'checkboxes';
  if (type.endsWith('static_select') && given(element.options) === given(element.option_groups)) {
    found.add('must provide exactly one of options and option_groups', at);
  }
  checkOptions(found, element.options, `${at}/options`, optionLimits[type] ?? 100, plain);
  for (const [n, one] of found.items(element.option_groups, `${at}/option_groups`, 100).entries()) {
    const where = `${at}/option_groups/${n}`;
    const group = record(one);
    found.keys(group, where, 'label! options!');
    found.text(group.label, `${where}/label`, 75, 'plain_text');
    checkOptions(found, group.options, `${where}/options`, 100, plain);
  }
  const offered = [...records(element.options), ...records(element.option_groups).flatMap((group) => records(group.options))];
  const chosen = element.initial_option === undefined ? records(element.initial_options) : [element.initial_option];
  for (const option of chosen) {
    if (type.endsWith('external_select')) checkOption(found, option, `${at}/initial_option`);
    else if (!offered.some((one) => JSON.stringify(one) === JSON.stringify(option))) {
      found.add('initial_option must exactly match a provided option', at);
    }
  }
  const values = offered.map((one) => text(one.value));
  if (new Set(values).size < values.length) found.add('option values must be unique', `${at}/options`);
}

function checkButton(found: Findings, button: Json, at: string): void {
  found.text(button.text, `${at}/text`, 75, 'plain_text');
  found.string(button.value, `${at}/value`, 2000);
  found.url(button.url, `${at}/url`);
  found.oneOf(button.style, `${at}/style`, ['primary', 'danger']);
  found.string(button.accessibility_label, `${at}/accessibility_label`, 75);
}

function checkInput(found: Findings, element: Json, at: string, type: string): void {
  found.string(element.initial_value, `${at}/initial_value`, 3000, 0);
  const length = (key: 'min_length' | 'max_length', least: number) => {
    const value = element[key];
    if (value === undefined) return;
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > 3000)
      found.add('must be a valid length', `${at}/${key}`);
  };
  if (type === 'plain_text_input') {
    length('min_length', 0);
    length('max_length', 1);
  }
  if (type === 'file_input' && Number(element.max_files ?? 1) > 10) found.add('must be at most 10', `${at}/max_files`);
}

export function checkElement(found: Findings, element: unknown, at: string, allowed: readonly string[]): void {
  if (!isRecord(element)) return void found.add('must provide an object', at);
  const type = text(element.type);
  const keys = keysOf[type];
  if (!keys || !allowed.includes(type)) return void found.add(`unsupported type: ${type}`, `${at}/type`);
  found.keys(element, at, keys);
  if (type === 'image') return void checkImage(found, element, at);
  found.string(element.action_id, `${at}/action_id`, 255);
  found.text(element.placeholder, `${at}/placeholder`, 150, 'plain_text');
  checkConfirm(found, element.confirm, `${at}/confirm`);
  if (type === 'button' || type === 'workflow_button' || type === 'icon_button') checkButton(found, element, at);
  else if (type.endsWith('_input')) checkInput(found, element, at, type);
  else if (/select$|overflow|radio|checkboxes/.test(type)) checkChoices(found, element, at, type);
}
