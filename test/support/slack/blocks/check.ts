import { randomBytes } from 'node:crypto';
import { given, isRecord, type Json, list, record, records, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { World } from '../world.ts';
import { allBlocks, checkBlock, controlsIn } from './block.ts';
import { Findings, type Surface } from './findings.ts';

function checkIds(found: Findings, blocks: readonly Json[], at: string): void {
  const seen = new Set<string>();
  for (const [n, block] of blocks.entries()) {
    const id = text(block.block_id);
    if (id && seen.has(id)) found.add(`\`block_id\` must be unique: ${id}`, `${at}/${n}/block_id`);
    seen.add(id);
    const ids = controlsIn(block)
      .map((element) => text(element.action_id))
      .filter(Boolean);
    for (const [i, one] of ids.entries()) {
      if (ids.indexOf(one) < i) found.add(`\`action_id\` must be unique in its block: ${one}`, `${at}/${n}/elements`);
    }
  }
}

export function findInBlocks(world: World, blocks: unknown, surface: Surface, at = '/blocks'): Findings {
  const found = new Findings(world, surface);
  const max = surface === 'modal' || surface === 'home' ? 100 : 50;
  found.items(blocks, at, max, surface === 'message' ? 0 : 1).forEach((block, n) => {
    checkBlock(found, block, `${at}/${n}`);
  });
  checkIds(found, allBlocks(list(blocks).filter(isRecord)), at);
  return found;
}

/** Blocks as they came, a form's as JSON text. Refuses what Slack refuses; gives them with the ids that Slack adds. */
export function checkedBlocks(world: World, raw: unknown, surface: Surface, at = '/blocks'): Json[] {
  let blocks = raw;
  if (typeof blocks === 'string') {
    try {
      blocks = JSON.parse(blocks);
    } catch {
      return refuse('invalid_blocks_format');
    }
  }
  if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
  const found = findInBlocks(world, blocks, surface, at);
  if (found.all.length > 0) refuse('invalid_blocks', found.all, { errors: found.all });
  if (found.size > 13_000) refuse('msg_blocks_too_long');
  return withIds(blocks.filter(isRecord));
}

const someId = () => randomBytes(4).toString('base64url').slice(0, 5);

/** Slack names what the app did not. */
export function withIds(blocks: readonly Json[]): Json[] {
  const named = (element: unknown) =>
    isRecord(element) && !given(element.action_id) && controlsIn({ element }).length > 0
      ? { ...element, action_id: someId() }
      : element;
  return structuredClone(blocks).map((block) => ({
    ...block,
    block_id: given(block.block_id) ? block.block_id : someId(),
    ...(Array.isArray(block.elements) && block.type !== 'rich_text' ? { elements: block.elements.map(named) } : {}),
    ...(block.accessory === undefined ? {} : { accessory: named(block.accessory) }),
    ...(block.element === undefined ? {} : { element: named(block.element) }),
  }));
}

const viewKeys = 'type! blocks! title submit close private_metadata callback_id external_id clear_on_close notify_on_close';

/** What is wrong with a view, in Slack's words. */
export function findInView(world: World, view: Json): string[] {
  const surface = view.type === 'home' ? 'home' : 'modal';
  const found = new Findings(world, surface);
  found.oneOf(view.type, '/view/type', ['modal', 'home']);
  found.keys(
    view,
    '/view',
    surface === 'modal' ? viewKeys.replace('title', 'title!') : 'type! blocks! private_metadata callback_id external_id',
  );
  for (const key of ['title', 'submit', 'close']) found.text(view[key], `/view/${key}`, 24, 'plain_text');
  found.string(view.callback_id, '/view/callback_id', 255, 0);
  found.string(view.external_id, '/view/external_id', 255, 0);
  found.string(view.private_metadata, '/view/private_metadata', 3000, 0);
  const inside = findInBlocks(world, view.blocks, surface, '/view/blocks');
  const asks = records(view.blocks).some((block) => block.type === 'input');
  if (surface === 'modal' && asks && !given(view.submit)) found.add('missing required field: submit', '/view');
  return [...found.all, ...inside.all];
}

export function checkedView(world: World, view: unknown): Json {
  let parsed = view;
  if (typeof view === 'string') {
    try {
      parsed = JSON.parse(view);
    } catch {
      refuse('invalid_arguments', ['must be valid JSON [json-pointer:/view]']);
    }
  }
  if (!isRecord(parsed)) return refuse('invalid_arguments', ['missing required field: view']);
  if (JSON.stringify(parsed).length > 250_000) refuse('view_too_large');
  const found = findInView(world, parsed);
  if (found.length > 0) refuse('invalid_arguments', found);
  return { ...parsed, blocks: withIds(records(record(parsed).blocks)) };
}
