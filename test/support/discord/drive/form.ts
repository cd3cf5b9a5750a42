import { flatten } from '../describe.ts';
import type { FieldValue } from '../interface.ts';
import { type Json, record, records, text } from '../json.ts';
import type { FakeModal } from '../types.ts';

/** The fields of a form with the label each is known by. */
function fieldsOf(modal: FakeModal): { label: string; of: Json }[] {
  return modal.components.flatMap((one) => {
    if (one.type === 18) return [{ label: text(one.label), of: record(one.component) }];
    return records(one.components).map((input) => ({ label: text(input.label), of: input }));
  });
}

function typed(label: string, of: Json, given: FieldValue | undefined): Json {
  const value = given === undefined ? text(of.value) : String(given);
  if (of.required !== false && value === '') throw new Error(`field ${label} is required`);
  const least = Number(of.min_length ?? 0);
  if (value !== '' && (value.length < least || value.length > Number(of.max_length ?? 4000)))
    throw new Error(`field ${label} takes ${least} to ${of.max_length ?? 4000} characters, not ${value.length}`);
  return { value };
}

function chosen(label: string, of: Json, given: FieldValue | undefined): Json {
  const options = records(of.options);
  const wanted =
    given === undefined
      ? options.filter((one) => one.default === true).map((one) => text(one.value))
      : [given].flat().map(String);
  const values = wanted.map((one) => {
    const option = options.find((known) => known.label === one || known.value === one);
    if (!option) throw new Error(`field ${label} offers ${options.map((known) => known.label).join(', ')}, not ${one}`);
    return text(option.value);
  });
  const least = of.required === false ? 0 : Number(of.min_values ?? 1);
  if (values.length < least || values.length > Number(of.max_values ?? (of.type === 22 ? 10 : 1)))
    throw new Error(`field ${label} takes ${least} to ${of.max_values ?? 1} choices, not ${values.length}`);
  return of.type === 21 ? { value: values[0] ?? null } : { values };
}

function filled(label: string, of: Json, given: FieldValue | undefined): Json {
  const base = { type: of.type, custom_id: of.custom_id };
  if (of.type === 4) return { ...base, ...typed(label, of, given) };
  if (of.type === 23) return { ...base, value: given === undefined ? of.default === true : given === true };
  if ([3, 21, 22].includes(Number(of.type))) return { ...base, ...chosen(label, of, given) };
  throw new Error(`the fake's client cannot fill field ${label} of type ${of.type}`);
}

/** What the client sends of a form. Throws where it would not let it go. */
export function formData(modal: FakeModal, values: Record<string, FieldValue>): Json {
  const fields = fieldsOf(modal);
  const names = Object.keys(values);
  for (const name of names)
    if (!fields.some(({ label, of }) => name === label || name === of.custom_id))
      throw new Error(`the form has no field ${name}; only ${fields.map(({ label }) => label).join(', ')}`);
  const givenTo = (label: string, of: Json) => values[text(of.custom_id)] ?? values[label];
  let id = 0;
  const components = modal.components.map((one): Json => {
    id += 1;
    if (one.type === 10) return { type: 10, id };
    if (one.type === 18) {
      const of = record(one.component);
      return { type: 18, id, component: { id: id + 100, ...filled(text(one.label), of, givenTo(text(one.label), of)) } };
    }
    return {
      type: 1,
      id,
      components: records(one.components).map((of) => ({
        id: id + 100,
        ...filled(text(of.label), of, givenTo(text(of.label), of)),
      })),
    };
  });
  return { custom_id: modal.customId, components };
}

/** The texts of a form, for logs. */
export const describeModal = (modal: FakeModal): string =>
  [
    `« ${modal.title} »`,
    ...flatten(modal.components).flatMap((one) => {
      if (one.type === 18) return [`${text(one.label)}${one.description ? ` (${text(one.description)})` : ''}:`];
      if (one.type === 10) return [text(one.content)];
      return one.type === 4
        ? [`  ${text(one.label)}[${text(one.value) || text(one.placeholder)}]`]
        : [
            `  ${records(one.options)
              .map((o) => text(o.label))
              .join(' | ')}`,
          ];
    }),
  ].join('\n');
