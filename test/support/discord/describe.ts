import { type Json, record, records, text } from './json.ts';
import type { FakeMessage } from './types.ts';

export interface Control {
  kind: 'button' | 'link' | 'select';
  /** The label, or a select's placeholder. */
  label: string;
  /** A link's address. */
  customId: string;
  disabled: boolean;
  style?: number;
  /** Of a string select. */
  options: { label: string; value: string; description?: string; selected: boolean }[];
  raw: Json;
}

/** Every component with those inside it, in reading order. */
export function flatten(components: readonly Json[]): Json[] {
  return components.flatMap((one) => [
    one,
    ...flatten(records(one.components)),
    ...flatten(one.accessory ? [record(one.accessory)] : []),
    ...flatten(one.component ? [record(one.component)] : []),
  ]);
}

const emoji = (of: Json): string => text(record(of.emoji).name);

/** What can be pressed or chosen in a message. */
export function controlsOf(message: Pick<FakeMessage, 'components'>): Control[] {
  return flatten(message.components).flatMap((one): Control[] => {
    const disabled = one.disabled === true;
    if (one.type === 2) {
      const label = text(one.label) || emoji(one);
      return one.style === 5
        ? [{ kind: 'link', label, customId: text(one.url), disabled, style: 5, options: [], raw: one }]
        : [{ kind: 'button', label, customId: text(one.custom_id), disabled, style: Number(one.style), options: [], raw: one }];
    }
    if (![3, 5, 6, 7, 8].includes(Number(one.type))) return [];
    const options = records(one.options).map((option) => ({
      label: text(option.label),
      value: text(option.value),
      ...(option.description ? { description: text(option.description) } : {}),
      selected: option.default === true,
    }));
    return [{ kind: 'select', label: text(one.placeholder), customId: text(one.custom_id), disabled, options, raw: one }];
  });
}

/** By number; the plain one goes without saying. */
const styles = ['', 'primary', '', 'success', 'danger'];

function control(of: Control): string {
  const off = of.disabled ? ' (off)' : '';
  if (of.kind === 'link') return `[${of.label} → ${of.customId}]${off}`;
  if (of.kind === 'button') {
    const style = styles[of.style ?? 0];
    return `[${of.label}${style ? ` ·${style}` : ''}]${off}`;
  }
  const options = of.options.map((option) => (option.selected ? `*${option.label}` : option.label)).join(' | ');
  return `[${of.label || of.customId} ▾ ${options}]${off}`;
}

function picture(item: Json): string {
  const alt = text(item.description);
  return `(${text(record(item.media).url || record(item.file).url)}${alt ? `: ${alt}` : ''})`;
}

function lines(component: Json): string[] {
  const inner = records(component.components).flatMap(lines);
  switch (component.type) {
    case 1:
      return [
        controlsOf({ components: [component] })
          .map(control)
          .join(' '),
      ];
    case 9:
      return [...inner, ...lines(record(component.accessory)).map((line) => `  ${line}`)];
    case 10:
      return text(component.content).split('\n');
    case 11:
    case 13:
      return [picture(component.media ? component : { ...component, media: component.file })];
    case 12:
      return records(component.items).map(picture);
    case 14:
      return [component.divider === false ? '' : '───'];
    case 17:
      return inner.map((line) => `│ ${line}`);
    default:
      return controlsOf({ components: [component] }).map(control);
  }
}

function embed(of: Json): string[] {
  return [
    text(of.title),
    text(of.description),
    ...records(of.fields).map((field) => `${text(field.name)}: ${text(field.value)}`),
    of.image ? `(${text(record(of.image).url)})` : '',
    text(record(of.footer).text),
  ]
    .filter(Boolean)
    .flatMap((line) => line.split('\n'))
    .map((line) => `│ ${line}`);
}

/** A message as a person would read it, for logs: one line of head, then its text, pictures and controls. */
export function describeMessage(message: FakeMessage): string {
  const marks = [
    message.only ? 'only for one' : '',
    message.loading ? 'thinking…' : '',
    message.editedAt === undefined ? '' : `edited ×${message.edits.length}`,
    message.deleted ? 'deleted' : '',
    message.threadId ? 'thread' : '',
    message.pings.length > 0 ? `pings ${message.pings.join(', ')}` : '',
  ].filter(Boolean);
  const body = [
    ...(message.content ? message.content.split('\n') : []),
    ...message.embeds.flatMap(embed),
    ...message.components.flatMap(lines),
    ...message.attachments.map(
      (file) => `📎 ${file.filename} ${file.bytes.length} B${file.description ? ` “${file.description}”` : ''}`,
    ),
  ];
  const head = marks.length > 0 ? [`(${marks.join(' · ')})`] : [];
  return [...head, ...body].join('\n');
}
