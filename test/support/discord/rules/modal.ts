import { given, type Json, record, records } from '../json.ts';
import { Form, type Path } from '../refusal.ts';
import { customId, isSelect, newWalk, select, textDisplay, type Walk } from './controls.ts';

const fields = [3, 4, 5, 6, 7, 8, 19, 21, 22, 23];

function textInput(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  customId(walk, of, at);
  if (![1, 2].includes(Number(of.style))) form.choices([...at, 'style'], [1, 2]);
  form.range([...at, 'min_length'], of.min_length, 0, 4000);
  form.range([...at, 'max_length'], of.max_length, 1, 4000);
  form.length([...at, 'value'], of.value, 0, Math.min(4000, Number(of.max_length ?? 4000)));
  form.length([...at, 'placeholder'], of.placeholder, 0, 100);
  if (Number(of.min_length ?? 0) > Number(of.max_length ?? 4000))
    form.add([...at, 'min_length'], 'TEXT_INPUT_MIN_OVER_MAX', 'min_length is more than max_length');
}

function group(walk: Walk, of: Json, at: Path, fewest: number): void {
  const options = records(of.options);
  walk.form.count([...at, 'options'], options, fewest, 10);
  for (const [i, option] of options.entries()) {
    walk.form.length([...at, 'options', i, 'label'], option.label, 1, 100);
    walk.form.length([...at, 'options', i, 'value'], option.value, 1, 100);
    walk.form.length([...at, 'options', i, 'description'], option.description, 0, 100);
  }
}

function field(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  if (of.type === 4) {
    if (given(of.label))
      form.add([...at, 'label'], 'TEXT_INPUT_LABEL_IN_LABEL', 'A text input in a label has no label of its own');
    textInput(walk, of, at);
  } else if (isSelect(of.type)) {
    if (of.disabled === true)
      form.add([...at, 'disabled'], 'COMPONENT_DISABLED_IN_MODAL', 'A select in a modal cannot be disabled');
    select(walk, of, at);
  } else {
    customId(walk, of, at);
    form.range([...at, 'min_values'], of.min_values, 0, 10);
    form.range([...at, 'max_values'], of.max_values, 1, 10);
    if (of.type === 21) group(walk, of, at, 2);
    if (of.type === 22) group(walk, of, at, 1);
  }
}

function label(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  form.length([...at, 'label'], of.label, 1, 45);
  form.length([...at, 'description'], of.description, 0, 100);
  const inner = record(of.component);
  const here = [...at, 'component'];
  if (!given(of.component)) form.required(here);
  else if (!fields.includes(Number(inner.type))) form.choices([...here, 'type'], fields);
  else field(walk, inner, here);
}

/** A form: `data` of a callback of type 9. */
export function checkModal(data: Json): void {
  const form = new Form(['data']);
  const walk = newWalk(form);
  form.length(['title'], data.title, 1, 45);
  form.length(['custom_id'], data.custom_id, 1, 100);
  const components = records(data.components);
  form.count(['components'], components, 1, 5);
  for (const [i, one] of components.entries()) {
    const at = ['components', i];
    if (one.type === 18) label(walk, one, at);
    else if (one.type === 10) textDisplay(walk, one, at);
    else if (one.type === 1) {
      const inputs = records(one.components);
      form.count([...at, 'components'], inputs, 1, 1);
      for (const input of inputs) {
        form.length([...at, 'components', 0, 'label'], input.label, 1, 45);
        if (input.type === 4) textInput(walk, input, [...at, 'components', 0]);
        else form.choices([...at, 'components', 0, 'type'], [4]);
      }
    } else form.choices([...at, 'type'], [1, 10, 18]);
  }
  form.throwIfBad();
}
