import { given, type Json, list, record, records, text } from '../json.ts';
import type { Form, Path } from '../refusal.ts';

/** What one walk through a body's components gathers. */
export interface Walk {
  form: Form;
  /** Custom ids seen so far. */
  ids: Set<string>;
  /** Text of all text displays. */
  textLength: number;
  /** Components, nested ones counted. */
  count: number;
  /** File names behind `attachment://`, and where. */
  files: { name: string; at: Path }[];
  /** Ids of attachments named by the address they are served at. */
  served: Set<string>;
}

export const newWalk = (form: Form): Walk => ({ form, ids: new Set(), textLength: 0, count: 0, files: [], served: new Set() });

export const isSelect = (type: unknown): boolean => [3, 5, 6, 7, 8].includes(Number(type));

export function customId(walk: Walk, of: Json, at: Path): void {
  const path = [...at, 'custom_id'];
  walk.form.length(path, of.custom_id, 1, 100);
  const id = text(of.custom_id);
  if (!id) return;
  if (walk.ids.has(id)) walk.form.add(path, 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  walk.ids.add(id);
}

export function button(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  if (![1, 2, 3, 4, 5].includes(Number(of.style))) form.choices([...at, 'style'], [1, 2, 3, 4, 5]);
  form.length([...at, 'label'], of.label, 0, 80);
  if (!of.label && !of.emoji) form.add(at, 'BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI', 'A button must have a label or an emoji');
  if (of.style === 5) {
    if (given(of.custom_id))
      form.add([...at, 'custom_id'], 'COMPONENT_BUTTON_LINK_CUSTOM_ID', 'A link button cannot have a custom id');
    form.length([...at, 'url'], of.url, 1, 512);
    if (given(of.url) && !/^(https?|discord):\/\//.test(text(of.url))) url(walk, [...at, 'url'], of.url);
    return;
  }
  if (given(of.url)) form.add([...at, 'url'], 'COMPONENT_BUTTON_URL', 'Only a link button can have a url');
  customId(walk, of, at);
}

function url(walk: Walk, at: Path, value: unknown): void {
  walk.form.add(
    at,
    'URL_TYPE_INVALID_SCHEME',
    `Scheme "${text(value).split(':')[0]}" must be one of ('http', 'https', 'discord').`,
  );
}

/** The address of a picture or file: a web address, or a file of the same message. */
export function media(walk: Walk, value: unknown, at: Path, uploadsOnly = false): void {
  const address = text(record(value).url);
  const path = [...at, 'url'];
  walk.form.length(path, record(value).url, 1, 2048);
  const served = /^https?:\/\/[^/]+\/attachments\/\d+\/(\d+)\//.exec(address)?.[1];
  if (served) walk.served.add(served);
  if (address.startsWith('attachment://')) walk.files.push({ name: address.slice('attachment://'.length), at: path });
  else if (uploadsOnly || (address && !/^https?:\/\//.test(address))) url(walk, path, address);
}

function options(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  const all = records(of.options);
  form.count([...at, 'options'], all, 1, 25);
  const values = new Set<unknown>();
  for (const [i, option] of all.entries()) {
    const here = [...at, 'options', i];
    form.length([...here, 'label'], option.label, 1, 100);
    form.length([...here, 'value'], option.value, 1, 100);
    form.length([...here, 'description'], option.description, 0, 100);
    if (values.has(option.value))
      form.add([...here, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
    values.add(option.value);
  }
  const chosen = all.filter((option) => option.default === true).length;
  if (chosen > Number(of.max_values ?? 1))
    form.add([...at, 'options'], 'SELECT_COMPONENT_TOO_MANY_DEFAULTS', 'More options are chosen than may be');
}

export function select(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  customId(walk, of, at);
  form.length([...at, 'placeholder'], of.placeholder, 0, 150);
  form.range([...at, 'min_values'], of.min_values, 0, 25);
  form.range([...at, 'max_values'], of.max_values, 1, 25);
  if (Number(of.min_values ?? 1) > Number(of.max_values ?? 1))
    form.add([...at, 'min_values'], 'SELECT_COMPONENT_MIN_OVER_MAX', 'min_values is more than max_values');
  if (of.type !== 3) {
    if (given(of.options)) form.add([...at, 'options'], 'COMPONENT_OPTIONS', 'This select fills itself');
    return;
  }
  options(walk, of, at);
  const offered = list(of.options).length;
  if (offered > 0 && Number(of.max_values ?? 1) > offered)
    form.add([...at, 'max_values'], 'SELECT_COMPONENT_MAX_OVER_OPTIONS', 'max_values is more than there are options');
}

export function textDisplay(walk: Walk, of: Json, at: Path): void {
  walk.form.length([...at, 'content'], of.content, 1, 4000);
  walk.textLength += text(of.content).length;
}
