import { controlsIn } from './blocks/block.ts';
import { blocksOf } from './controls.ts';
import { given, type Json, list, record, records, said, text } from './json.ts';
import type { FakeMessage, FakeView } from './types.ts';

/** A control as a reader would draw it: `[Label]`, `[Label ▾]`, `[Label: ____]`. */
function control(element: Json): string {
  const type = text(element.type);
  const style = given(element.style) ? ` !${text(element.style)}` : '';
  if (/button/.test(type)) return `[${said(element.text)}${style}]${given(element.url) ? ` → ${text(element.url)}` : ''}`;
  if (/input$/.test(type)) return `[${said(element.placeholder)}____${text(element.initial_value)}]`;
  const chosen = said(record(element.initial_option).text);
  return `[${chosen || said(element.placeholder) || type} ▾]`;
}

function richText(element: Json): string {
  const inside = records(element.elements);
  switch (element.type) {
    case 'rich_text_list':
      return inside.map((item) => `• ${richText(item)}`).join('\n');
    case 'rich_text_preformatted':
      return `\`\`\`\n${inside.map(richText).join('')}\n\`\`\``;
    case 'rich_text_quote':
      return `> ${inside.map(richText).join('')}`;
    case 'user':
      return `<@${text(element.user_id)}>`;
    case 'usergroup':
      return `<!subteam^${text(element.usergroup_id)}>`;
    case 'link':
      return `${text(element.text) || text(element.url)} (${text(element.url)})`;
    case 'emoji':
      return `:${text(element.name)}:`;
    case 'date':
      return text(element.fallback);
    default:
      return inside.length > 0 ? inside.map(richText).join(element.type === 'rich_text' ? '\n' : '') : text(element.text);
  }
}

const cell = (one: Json): string => (one.type === 'rich_text' ? richText(one) : text(one.text));
const rows = (block: Json): string =>
  list(block.rows)
    .map((row) => records(row).map(cell).join(' | '))
    .join('\n');

function chart(block: Json): string {
  const of = record(block.chart);
  const lines = records(of.series).map(
    (series) =>
      `  ${text(series.name)}: ${records(series.data)
        .map((point) => point.value)
        .join(' ')}`,
  );
  const slices = records(of.segments).map((slice) => `  ${text(slice.label)}: ${slice.value}`);
  return [`(${text(of.type)} chart: ${text(block.title)})`, ...lines, ...slices].join('\n');
}

function block(one: Json): string {
  const controls = controlsIn(one).map(control);
  switch (one.type) {
    case 'divider':
      return '---';
    case 'header':
      return `# ${said(one.text)}`;
    case 'section':
      return [said(one.text), ...records(one.fields).map((field) => `  ${text(field.text).replace(/\n/g, ' ')}`), ...controls]
        .filter(Boolean)
        .join('\n');
    case 'context':
      return `~ ${records(one.elements)
        .map((element) => text(element.text) || `(image: ${text(element.alt_text)})`)
        .join(' · ')}`;
    case 'actions':
    case 'context_actions':
      return controls.join(' ');
    case 'image':
      return `(image: ${text(one.alt_text)})`;
    case 'input':
      return `${said(one.label)}${one.optional === true ? ' (optional)' : ''}: ${controls.join(' ')}${said(one.hint) ? `\n  ${said(one.hint)}` : ''}`;
    case 'markdown':
      return text(one.text);
    case 'rich_text':
      return richText(one);
    case 'table':
      return rows(one);
    case 'data_table':
      return `${text(one.caption)}\n${rows(one)}`;
    case 'data_visualization':
      return chart(one);
    case 'container':
      return [said(one.title) || richText(record(one.rich_text_title)), ...records(one.child_blocks).map(block)].join('\n');
    case 'alert':
      return `! ${said(one.text)}`;
    default:
      return [said(one.title), said(one.subtitle), said(one.body), ...controls].filter(Boolean).join('\n');
  }
}

/** A message as text, for logs and for asserting on what people read. */
export function describeMessage(message: FakeMessage): string {
  const blocks = blocksOf(message);
  const body = blocks.length > 0 ? blocks.map(block) : [message.text];
  const marks = [
    message.only ? `only ${message.only}` : '',
    message.threadTs ? 'in thread' : '',
    message.edits.length > 0 ? 'edited' : '',
  ].filter(Boolean);
  const files = message.files.map((id) => `(file ${id})`);
  return [marks.length > 0 ? `(${marks.join(', ')})` : '', ...body, ...files].filter(Boolean).join('\n');
}

/** A form or home view as text. */
export function describeView(view: FakeView): string {
  const errors = Object.entries(view.errors).map(([id, sentence]) => `⚠ ${id}: ${sentence}`);
  const foot = [view.submit, view.close].filter(Boolean).map((button) => `[${said(button)}]`);
  return [view.title ? `## ${said(view.title)}` : '', ...view.blocks.map(block), ...errors, foot.join(' ')]
    .filter(Boolean)
    .join('\n');
}
