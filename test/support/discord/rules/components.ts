import { given, type Json, record, records } from '../json.ts';
import type { Path } from '../refusal.ts';
import { button, isSelect, media, select, textDisplay, type Walk } from './controls.ts';

const topLevel = [1, 9, 10, 12, 13, 14, 17];
const inContainer = [1, 9, 10, 12, 13, 14];

function unlessOneOf(walk: Walk, of: Json, at: Path, allowed: readonly number[]): boolean {
  if (allowed.includes(Number(of.type))) return false;
  walk.form.choices([...at, 'type'], allowed);
  return true;
}

function row(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  const children = records(of.components);
  const path = [...at, 'components'];
  form.count(path, children, 1, 5);
  const selects = children.filter((child) => isSelect(child.type)).length;
  if (selects > 1 || (selects === 1 && children.length > 1))
    form.add(path, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
  for (const [i, child] of children.entries()) {
    const here = [...path, i];
    walk.count += 1;
    if (child.type === 2) button(walk, child, here);
    else if (isSelect(child.type)) select(walk, child, here);
    else form.choices([...here, 'type'], [2, 3, 5, 6, 7, 8]);
  }
}

function section(walk: Walk, of: Json, at: Path): void {
  const { form } = walk;
  const texts = records(of.components);
  form.count([...at, 'components'], texts, 1, 3);
  for (const [i, one] of texts.entries()) {
    walk.count += 1;
    const here = [...at, 'components', i];
    if (!unlessOneOf(walk, one, here, [10])) textDisplay(walk, one, here);
  }
  if (given(of.accessory)) accessory(walk, record(of.accessory), [...at, 'accessory']);
  else form.required([...at, 'accessory']);
}

function accessory(walk: Walk, of: Json, at: Path): void {
  walk.count += 1;
  if (unlessOneOf(walk, of, at, [2, 11])) return;
  if (of.type === 2) button(walk, of, at);
  else {
    media(walk, of.media, [...at, 'media']);
    walk.form.length([...at, 'description'], of.description, 0, 1024);
  }
}

function gallery(walk: Walk, of: Json, at: Path): void {
  const items = records(of.items);
  walk.form.count([...at, 'items'], items, 1, 10);
  for (const [i, item] of items.entries()) {
    media(walk, item.media, [...at, 'items', i, 'media']);
    walk.form.length([...at, 'items', i, 'description'], item.description, 0, 1024);
  }
}

function container(walk: Walk, of: Json, at: Path): void {
  walk.form.range([...at, 'accent_color'], of.accent_color, 0, 0xffffff);
  const children = records(of.components);
  walk.form.count([...at, 'components'], children, 1, 40);
  for (const [i, child] of children.entries()) layout(walk, child, [...at, 'components', i], inContainer);
}

function layout(walk: Walk, of: Json, at: Path, allowed: readonly number[]): void {
  walk.count += 1;
  walk.form.range([...at, 'id'], of.id, 0, 2 ** 31 - 1);
  if (unlessOneOf(walk, of, at, allowed)) return;
  if (of.type === 1) row(walk, of, at);
  else if (of.type === 9) section(walk, of, at);
  else if (of.type === 10) textDisplay(walk, of, at);
  else if (of.type === 12) gallery(walk, of, at);
  else if (of.type === 13) media(walk, of.file, [...at, 'file'], true);
  else if (of.type === 14) walk.form.range([...at, 'spacing'], of.spacing, 1, 2);
  else container(walk, of, at);
}

/** The components of a message, by the rules of its kind. */
export function messageComponents(walk: Walk, components: readonly Json[], isV2: boolean): void {
  const { form } = walk;
  if (!isV2) {
    form.count(['components'], components, 0, 5);
    for (const [i, one] of components.entries()) layout(walk, one, ['components', i], [1]);
    return;
  }
  for (const [i, one] of components.entries()) layout(walk, one, ['components', i], topLevel);
  if (walk.count > 40)
    form.add(
      ['components'],
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      `The total number of components exceeds the maximum: ${walk.count} of 40`,
    );
  if (walk.textLength > 4000)
    form.add(
      ['components'],
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      `The total displayable text exceeds the maximum: ${walk.textLength} of 4000`,
    );
}
