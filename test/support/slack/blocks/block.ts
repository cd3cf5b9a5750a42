import { given, isRecord, type Json, record, records, text } from '../json.ts';
import { checkElement, elementsOf } from './elements.ts';
import type { Findings, Surface } from './findings.ts';
import { checkImage } from './image.ts';
import { checkChart, checkDataTable, checkRichText, checkTable } from './tables.ts';

type Check = (found: Findings, block: Json, at: string) => void;

interface Kind {
  /** The surfaces it stands on: Message, moDal (V) and Home. */
  on: string;
  keys: string;
  check?: Check;
}

const letter: Record<Surface, string> = { message: 'M', modal: 'V', home: 'H', file: 'M' };

function section(found: Findings, block: Json, at: string): void {
  if (!given(block.text) && !given(block.fields)) found.add('must provide text or fields', at);
  found.text(block.text, `${at}/text`, 3000);
  found.items(block.fields, `${at}/fields`, 10).forEach((field, n) => {
    found.text(field, `${at}/fields/${n}`, 2000);
  });
  if (block.accessory !== undefined) checkElement(found, block.accessory, `${at}/accessory`, elementsOf.section);
}

function context(found: Findings, block: Json, at: string): void {
  found.items(block.elements, `${at}/elements`, 10).forEach((element, n) => {
    const where = `${at}/elements/${n}`;
    if (record(element).type === 'image') checkElement(found, element, where, ['image']);
    else found.text(element, where, 3000);
  });
}

const elements =
  (name: 'actions' | 'context_actions', max: number): Check =>
  (found, block, at) => {
    found.items(block.elements, `${at}/elements`, max).forEach((element, n) => {
      checkElement(found, element, `${at}/elements/${n}`, elementsOf[name]);
    });
  };

function input(found: Findings, block: Json, at: string): void {
  found.text(block.label, `${at}/label`, 2000, 'plain_text');
  found.text(block.hint, `${at}/hint`, 2000, 'plain_text');
  checkElement(found, block.element, `${at}/element`, elementsOf.input);
}

function markdown(found: Findings, block: Json, at: string): void {
  found.string(block.text, `${at}/text`, 12_000);
  found.markdown += text(block.text).length;
  found.size += text(block.text).length;
  if (found.markdown > 12_000) found.add('all markdown blocks together must be less than 12001 characters', at);
  if (found.surface === 'file') found.add('unsupported type: markdown', `${at}/type`);
}

function card(found: Findings, block: Json, at: string): void {
  found.text(block.title, `${at}/title`, 150);
  found.text(block.subtitle, `${at}/subtitle`, 150);
  found.text(block.body, `${at}/body`, 200);
  for (const key of ['hero_image', 'icon']) if (isRecord(block[key])) checkImage(found, block[key], `${at}/${key}`);
  found.items(block.actions, `${at}/actions`, 3).forEach((button, n) => {
    checkElement(found, button, `${at}/actions/${n}`, ['button']);
  });
}

function container(found: Findings, block: Json, at: string): void {
  if (given(block.title) === given(block.rich_text_title)) found.add('must provide exactly one of title and rich_text_title', at);
  found.text(block.title, `${at}/title`, 150, 'plain_text');
  if (isRecord(block.rich_text_title)) checkRichText(found, block.rich_text_title, `${at}/rich_text_title`);
  found.text(block.subtitle, `${at}/subtitle`, 150);
  found.items(block.child_blocks, `${at}/child_blocks`, 10).forEach((child, n) => {
    if (['container', 'carousel', 'card'].includes(text(record(child).type)))
      found.add('unsupported type', `${at}/child_blocks/${n}/type`);
    checkBlock(found, child, `${at}/child_blocks/${n}`);
  });
}

function video(found: Findings, block: Json, at: string): void {
  found.text(block.title, `${at}/title`, 199, 'plain_text');
  found.text(block.description, `${at}/description`, 200, 'plain_text');
  found.string(block.author_name, `${at}/author_name`, 50);
  for (const key of ['video_url', 'thumbnail_url', 'title_url']) found.url(block[key], `${at}/${key}`);
}

const kinds: Record<string, Kind> = {
  section: { on: 'MVH', keys: 'text fields accessory expand', check: section },
  header: { on: 'MVH', keys: 'text!', check: (found, block, at) => found.text(block.text, `${at}/text`, 150, 'plain_text') },
  context: { on: 'MVH', keys: 'elements!', check: context },
  actions: { on: 'MVH', keys: 'elements!', check: elements('actions', 25) },
  context_actions: { on: 'M', keys: 'elements!', check: elements('context_actions', 5) },
  divider: { on: 'MVH', keys: '' },
  image: {
    on: 'MVH',
    keys: 'alt_text! image_url slack_file title',
    check(found, block, at) {
      checkImage(found, block, at);
      found.text(block.title, `${at}/title`, 2000, 'plain_text');
    },
  },
  input: { on: 'MVH', keys: 'label! element! hint optional dispatch_action', check: input },
  markdown: { on: 'M', keys: 'text!', check: markdown },
  rich_text: { on: 'MVH', keys: 'elements!', check: checkRichText },
  table: { on: 'M', keys: 'rows! column_settings', check: checkTable },
  data_table: { on: 'M', keys: 'rows! caption! page_size row_header_column_index', check: checkDataTable },
  data_visualization: { on: 'M', keys: 'title! chart!', check: checkChart },
  alert: {
    on: 'V',
    keys: 'text! level',
    check(found, block, at) {
      found.text(block.text, `${at}/text`, 200);
      found.oneOf(block.level, `${at}/level`, ['default', 'info', 'warning', 'error', 'success']);
    },
  },
  card: { on: 'MVH', keys: 'hero_image icon title subtitle body actions', check: card },
  carousel: {
    on: 'MH',
    keys: 'elements!',
    check(found, block, at) {
      found.items(block.elements, `${at}/elements`, 10).forEach((child, n) => {
        if (record(child).type !== 'card') found.add('must be a card', `${at}/elements/${n}/type`);
        checkBlock(found, child, `${at}/elements/${n}`);
      });
    },
  },
  container: {
    on: 'M',
    keys: 'title rich_text_title subtitle child_blocks! width icon is_collapsible default_collapsed has_header_divider',
    check: container,
  },
  video: {
    on: 'MVH',
    keys: 'video_url! thumbnail_url! alt_text! title! title_url author_name provider_name provider_icon_url description',
    check: video,
  },
  task_card: { on: 'M', keys: 'task_id! title! details output sources status!' },
  plan: { on: 'M', keys: 'title! tasks' },
};

export function checkBlock(found: Findings, block: unknown, at: string): void {
  if (!isRecord(block)) return void found.add('must provide an object', at);
  const type = text(block.type);
  const kind = kinds[type];
  // `file` blocks are only ever read, never posted: they are not in the table.
  if (!kind?.on.includes(letter[found.surface]) || found.world.unknownBlocks.has(type)) {
    return void found.add(`unsupported type: ${type}`, `${at}/type`);
  }
  found.keys(block, at, `type! block_id ${kind.keys}`.trim());
  found.string(block.block_id, `${at}/block_id`, 255);
  kind.check?.(found, block, at);
}

/** Blocks and the blocks inside them. */
export const allBlocks = (blocks: readonly Json[]): Json[] =>
  blocks.flatMap((block) => [
    block,
    ...allBlocks([...records(block.child_blocks), ...(block.type === 'carousel' ? records(block.elements) : [])]),
  ]);

/** The elements of one block that a user can act on. */
export function controlsIn(block: Json): Json[] {
  const found = [...records(block.elements), block.accessory, block.element, ...records(block.actions)].filter(isRecord);
  return found.filter(
    (element) => !/^(image|plain_text|mrkdwn|card|rich_text_(section|list|quote|preformatted))$/.test(text(element.type)),
  );
}
