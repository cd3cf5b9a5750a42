import { allBlocks, controlsIn } from './blocks/block.ts';
import { given, isRecord, type Json, record, records, said, text } from './json.ts';
import type { Choice, FakeMessage, FakeView } from './types.ts';

/** Something a user can press, choose from or fill in. */
export interface Control {
  type: string;
  /** What stands on it: a button's text, an input's label, a select's placeholder. */
  label: string;
  actionId: string;
  blockId: string;
  value?: string;
  url?: string;
  style?: string;
  /** The sentence of its confirmation dialog. */
  confirm?: string;
  options: Choice[];
  /** In an input block: part of a form, sent with it. */
  input: boolean;
  /** Of an input: what is chosen is told at once. */
  dispatches: boolean;
  optional: boolean;
  element: Json;
}

const flat = (element: Json): Choice[] =>
  [...records(element.options), ...records(element.option_groups).flatMap((group) => records(group.options))] as Choice[];

/** A message's blocks, with those of its attachments. */
export const blocksOf = (on: FakeMessage | FakeView): Json[] => [
  ...on.blocks,
  ...('attachments' in on ? on.attachments.flatMap((one) => records(one.blocks)) : []),
];

/** The buttons, selects and fields of a message or view, top to bottom. */
export function controlsOf(on: FakeMessage | FakeView): Control[] {
  return allBlocks(blocksOf(on)).flatMap((block) =>
    controlsIn(block).map((element) => ({
      type: text(element.type),
      label: block.type === 'input' ? said(block.label) : said(element.text) || said(element.placeholder) || said(block.text),
      actionId: text(element.action_id),
      blockId: text(block.block_id),
      ...(given(element.value) ? { value: text(element.value) } : {}),
      ...(given(element.url) ? { url: text(element.url) } : {}),
      ...(given(element.style) ? { style: text(element.style) } : {}),
      ...(isRecord(element.confirm) ? { confirm: said(record(element.confirm).text) } : {}),
      options: flat(element),
      input: block.type === 'input',
      dispatches: block.dispatch_action === true,
      optional: block.optional === true,
      element,
    })),
  );
}

const isButton = (control: Control): boolean => /button/.test(control.type);

export function findControl(on: FakeMessage | FakeView, name: string, buttons: boolean): Control {
  const all = controlsOf(on).filter((control) => isButton(control) === buttons);
  const by = (key: 'label' | 'actionId' | 'blockId' | 'value') => all.filter((control) => control[key] === name);
  const found = [by('label'), by('actionId'), by('value'), by('blockId')].find((some) => some.length > 0) ?? [];
  if (found.length > 1) throw new Error(`more than one is called ${JSON.stringify(name)}`);
  if (!found[0]) {
    const there = all.map((control) => JSON.stringify(control.label)).join(', ') || 'none';
    throw new Error(`nothing here is called ${JSON.stringify(name)}; there are: ${there}`);
  }
  return found[0];
}

/** By what is read, else by value; of an external list also its description's own option. */
export function findOption(options: readonly Choice[], name: string): Choice {
  const found = options.find((option) => said(option.text) === name) ?? options.find((option) => option.value === name);
  if (!found) {
    const there = options.map((option) => JSON.stringify(said(option.text))).join(', ') || 'none';
    throw new Error(`no option is called ${JSON.stringify(name)}; there are: ${there}`);
  }
  return found;
}
