import { type Action, encodeAction } from '../../core/messages/action-id.ts';
import type { Figure } from '../../core/messages/figure.ts';
import { type Block, type Button, type Message, type Tone, toneMark } from '../../core/messages/message.ts';
import { type Html, html, type Piece } from './html.ts';
import { type Origin, originInputs } from './origin.ts';
import { renderText } from './spans.ts';

/** What the markup of a message depends on besides the message. */
export interface RenderContext {
  /** Names this message within the page. */
  id: string;
  /** Where presses are posted. */
  actionsUrl: string;
  origin: Origin;
  /** Undefined for a figure that cannot be drawn, e.g. one of another version. */
  figure(figure: Figure): FigurePlace | undefined;
}

/** Where a figure's image is, and the room it takes in CSS pixels. */
export interface FigurePlace {
  url: string;
  width: number;
  height: number;
}

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

export const renderMessage = (message: Message, context: RenderContext): Html =>
  html`<h2 class="title" id="${context.id}-title">${renderTone(message.tone)}<span>${message.title}</span></h2>
${renderBlocks(message.blocks, context)}`;

const renderTone = (tone: Tone): Html =>
  tone === 'info'
    ? html``
    : html`<span class="mark ${tone}" aria-hidden="true">${toneMark[tone].shape}</span><span class="unseen">${toneMark[tone].word}: </span>`;

/** Controls that follow one another share a row. */
function renderBlocks(blocks: readonly Block[], context: RenderContext): Html[] {
  const rows: { control: boolean; parts: Html[] }[] = [];
  for (const [index, block] of blocks.entries()) {
    const control = block.kind === 'buttons' || block.kind === 'select';
    const part = renderBlock(block, index, context);
    const last = rows.at(-1);
    if (control && last?.control) last.parts.push(part);
    else rows.push({ control, parts: [part] });
  }
  return rows.map(({ control, parts }) => (control ? html`<div class="controls">${parts}</div>\n` : html`${parts}\n`));
}

function renderBlock(block: Block, index: number, context: RenderContext): Html {
  const id = `${context.id}-${index}`;
  switch (block.kind) {
    case 'text':
      return html`<p class="text">${renderText(block.text)}</p>`;
    case 'context':
      return html`<p class="context">${renderText(block.text)}</p>`;
    case 'code':
      return html`<pre class="code" role="region" aria-label="Text in columns" tabindex="0" data-focus="${id}">
${block.text}</pre>`;
    case 'fields':
      return html`<dl class="fields">${block.fields.map(
        (field) => html`<div><dt>${field.label}</dt><dd>${renderText(field.value)}</dd></div>`,
      )}</dl>`;
    case 'table':
      return renderTable(block, id);
    case 'figure':
      return renderFigure(block.figure, id, context);
    case 'buttons':
      return renderButtons(block, context);
    case 'select':
      return renderSelect(block, id, context);
  }
}

/**
 * What the style sheet makes of a table in a narrow card: of three columns, nothing; a few numbers stand under the name of
 * their row; anything else becomes a block a row, each value with its label.
 */
function narrowed(columns: BlockOf<'table'>['columns']): 'under' | 'stacked' | undefined {
  if (columns.length < 4) return undefined;
  return columns.length < 6 && columns.slice(1).every(({ align }) => align === 'right') ? 'under' : 'stacked';
}

/**
 * The frame scrolls by itself where it is too narrow all the same, so it can be reached by keyboard and has a name. A table
 * that changes its layout has its roles written out: some browsers forget them.
 */
function renderTable(table: BlockOf<'table'>, id: string): Html {
  const narrow = narrowed(table.columns);
  const role = (name: string): Piece => narrow && html` role="${name}"`;
  const sides = table.columns.map(({ align }): Piece => align === 'right' && html` class="number"`);
  const labels = table.columns.map(({ label }): Piece => narrow === 'stacked' && html` data-label="${label}"`);
  const [heads, cells] = [role('rowheader'), role('cell')];
  const cell = (value: Piece, at: number): Html =>
    at === 0 ? html`<th scope="row"${heads}${sides[at]}>${value}</th>` : html`<td${cells}${labels[at]}${sides[at]}>${value}</td>`;
  return html`<div class="table" role="region" aria-labelledby="${id}-caption" tabindex="0" data-focus="${id}"><table${narrow && html` class="${narrow} of${table.columns.length}"`}${role('table')}>
<caption id="${id}-caption">${table.caption}</caption>
<thead${role('rowgroup')}><tr${role('row')}>${table.columns.map(({ label }, at) => html`<th scope="col"${role('columnheader')}${sides[at]}>${label}</th>`)}</tr></thead>
<tbody${role('rowgroup')}>${table.rows.map((row) => html`\n<tr${role('row')}>${row.map((value, at) => cell(renderText(value), at))}</tr>`)}
</tbody></table></div>${table.left ? html`\n<p class="context left">… and ${table.left} more</p>` : ''}`;
}

function renderFigure(figure: Figure, id: string, context: RenderContext): Html {
  const place = context.figure(figure);
  if (!place) return html`<p class="text">${figure.alt}</p>`;
  const { url, width, height } = place;
  return html`<a class="figure" href="${url}" target="_blank" data-focus="${id}">
<img src="${url}" width="${width}" height="${height}" alt="${figure.alt}" decoding="async">
<span class="unseen">Open at full size</span></a>`;
}

/** Buttons of which one is in force are toggles; the others just act. */
function renderButtons({ label, buttons }: BlockOf<'buttons'>, context: RenderContext): Html {
  const toggles = buttons.some((button) => button.selected !== undefined);
  const button = ({ action, selected, style, label: words }: Button): Html => {
    const id = idOf(action);
    const pressed = toggles && html` aria-pressed="${selected ? 'true' : 'false'}"`;
    return html`
<button class="${toggles ? 'segment' : style === undefined ? 'outline' : style === 'primary' ? 'send' : 'outline danger'}" name="action" value="${id}" data-focus="${id}"${pressed}>${words}</button>`;
  };
  return html`<form class="control" method="post" action="${context.actionsUrl}">${originInputs(context.origin)}
<span class="label" aria-hidden="true">${label}</span>
<span role="group" aria-label="${label}" class="${toggles ? 'segmented' : 'buttons'}">${buttons.map(button)}
</span></form>`;
}

/** Choosing is enough where scripts run; the Apply button is for readers without. */
function renderSelect({ label, action, options, selected }: BlockOf<'select'>, id: string, context: RenderContext): Html {
  const chosen = options.some(({ value }) => value === selected);
  const rows = options.map(
    ({ value, label: words, hint }) => html`
<option value="${value}"${value === selected && html` selected`}>${words}${hint && ` · ${hint}`}</option>`,
  );
  return html`<form class="control" method="post" action="${context.actionsUrl}">${originInputs(context.origin)}
<input type="hidden" name="action" value="${idOf(action)}">
<label class="label" for="${id}-choice">${label}</label>
<select name="choice" id="${id}-choice" data-focus="${idOf(action)}">${
    !chosen &&
    html`
<option value="" selected disabled>Choose…</option>`
  }${rows}
</select>
<button class="outline apply">Apply</button></form>`;
}

/** A message that names an impossible action must not take the page down with it: its button answers "no longer valid". */
function idOf(action: Action): string {
  try {
    return encodeAction(action);
  } catch {
    return '';
  }
}
