import type { Form, FormField } from '../../core/messages/form.ts';
import { VALUE_PREFIX } from './forms.ts';
import { type Html, html, type Piece } from './html.ts';
import { type Origin, originInputs } from './origin.ts';

export interface AskedForm {
  form: Form;
  /** Where it is sent. */
  url: string;
  /** The action id whose form this is. */
  action: string;
  /** Of the card that it belongs to. */
  origin: Origin;
  /** As filled in before; the form's own where absent. */
  values?: Record<string, string>;
  mistakes?: Record<string, string>;
}

/** A form as the page's script shows it, in a dialog over the page. */
export const renderDialog = (ask: AskedForm): Html =>
  renderForm(
    ask,
    html`<h2 id="ask-title">${ask.form.title}</h2>\n`,
    html`<button class="quiet" type="button" data-cancel>Cancel</button>`,
  );

/** The same as the content of a page, whose heading is the title. */
export const renderFormPage = (ask: AskedForm): Html => renderForm(ask, '', html`<a class="quiet" href="${ask.url}">Cancel</a>`);

function renderForm({ form, url, action, origin, values = {}, mistakes = {} }: AskedForm, heading: Piece, cancel: Html): Html {
  const named = new Set(form.fields.map(({ name }) => name));
  const others = Object.entries(mistakes).flatMap(([name, mistake]) => (named.has(name) ? [] : [mistake]));
  const first = form.fields.find(({ name }) => mistakes[name] !== undefined) ?? form.fields[0];
  const field = (one: FormField): Html =>
    renderField(one, values[one.name] ?? one.value ?? '', mistakes[one.name], one === first);
  return html`<form class="ask" method="post" action="${url}">
${heading}<p class="trouble" role="alert">${others.join(' ')}</p>
${form.note && html`<p class="context">${form.note}</p>\n`}<input type="hidden" name="submit" value="${action}">${originInputs(origin)}
${form.fields.map(field)}
<div class="controls"><button class="send">${form.submit}</button>${cancel}</div>
</form>`;
}

function renderField(field: FormField, value: string, mistake: string | undefined, focus: boolean): Html {
  const id = `ask-${field.name}`;
  const notes = [mistake !== undefined && `${id}-mistake`, field.hint && `${id}-hint`].filter(Boolean).join(' ');
  const shared: Piece = html` id="${id}" name="${VALUE_PREFIX}${field.name}"${!field.optional && html` required`}${notes && html` aria-describedby="${notes}"`}${mistake !== undefined && html` aria-invalid="true"`}${focus && html` autofocus`}`;
  return html`<div class="field"><label for="${id}">${field.label}${field.optional && ' (optional)'}</label>
${renderInput(field, value, shared, id)}
${mistake !== undefined && html`<p class="mistake" id="${id}-mistake">${mistake}</p>`}${field.hint && html`<p class="context" id="${id}-hint">${field.hint}</p>`}</div>
`;
}

/** A list that is not whole only suggests: what it lacks can be typed. */
function renderInput(field: FormField, value: string, shared: Piece, id: string): Html {
  if (field.kind === 'text') {
    const length = field.maxLength !== undefined && html` maxlength="${field.maxLength}"`;
    if (field.multiline) return html`<textarea rows="4"${length}${shared}>\n${value}</textarea>`;
    return html`<input value="${value}" autocomplete="off" spellcheck="false"${length}${shared}>`;
  }
  if (field.more) {
    return html`<input value="${value}" list="${id}-list" autocomplete="off" spellcheck="false" data-field="${field.name}"${shared}>
<datalist id="${id}-list">${field.options.map((option) => html`<option value="${option.value}">${option.label}</option>`)}</datalist>`;
  }
  const options = field.options.map(
    (option) =>
      html`<option value="${option.value}"${option.value === value && html` selected`}>${option.label}${option.hint && ` · ${option.hint}`}</option>`,
  );
  // What may be left out can be taken back.
  const none = field.optional
    ? html`<option value=""></option>`
    : field.options.every((option) => option.value !== value) && html`<option value="" selected disabled>Choose…</option>`;
  return html`<select${shared}>${none}${options}</select>`;
}
