import { checkedView } from '../blocks/check.ts';
import { flag, given, type Json, record, records, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeView } from '../types.ts';
import { newId, type World } from '../world.ts';
import { type Method, required } from './method.ts';

const newHash = (world: World): string => `${Math.floor(world.now() / 1000)}.${newId('')}`;

/** The user whose click allows a form. */
function redeemTrigger(world: World, id: unknown): string {
  const trigger = world.triggers.get(text(id));
  if (!trigger) return refuse('invalid_arguments', ['invalid `trigger_id` [json-pointer:/trigger_id]']);
  if (trigger.used) refuse('exchanged_trigger_id');
  if (world.now() - trigger.at > 3000) refuse('expired_trigger_id');
  trigger.used = true;
  return trigger.user;
}

function fill(world: World, view: FakeView, from: Json): void {
  if (view.blocks.length > 0) view.edits.push(view.blocks);
  view.blocks = records(from.blocks);
  view.callbackId = text(from.callback_id);
  view.externalId = text(from.external_id);
  view.privateMetadata = text(from.private_metadata);
  view.title = given(from.title) ? record(from.title) : undefined;
  view.submit = given(from.submit) ? record(from.submit) : undefined;
  view.close = given(from.close) ? record(from.close) : undefined;
  view.clearOnClose = flag(from.clear_on_close);
  view.notifyOnClose = flag(from.notify_on_close);
  view.errors = {};
  view.hash = newHash(world);
}

function create(world: World, user: string, from: Json, below?: FakeView): FakeView {
  const id = newId('V');
  const external = text(from.external_id);
  if (external && [...world.views.values()].some((view) => view.externalId === external)) refuse('duplicate_external_id');
  const view: FakeView = {
    ...{ id, user, type: from.type === 'home' ? 'home' : 'modal', callbackId: '', externalId: '', privateMetadata: '' },
    ...{ blocks: [], hash: '', clearOnClose: false, notifyOnClose: false, errors: {}, edits: [] },
    ...(below ? { rootId: below.rootId, previousId: below.id } : { rootId: id }),
  };
  fill(world, view, from);
  world.views.set(id, view);
  return view;
}

export const modalsOf = (world: World, user: string): FakeView[] => world.modals.get(user) ?? [];

export function dropView(world: World, view: FakeView): void {
  world.views.delete(view.id);
  world.modals.set(
    view.user,
    modalsOf(world, view.user).filter((one) => one !== view),
  );
}

export function pushView(world: World, user: string, from: Json): FakeView {
  const stack = modalsOf(world, user);
  if (stack.length >= 3) refuse('push_limit_reached');
  const view = create(world, user, from, stack.at(-1));
  world.modals.set(user, [...stack, view]);
  return view;
}

export function updateView(world: World, view: FakeView, from: Json): void {
  if (from.type !== view.type) refuse('invalid_arguments', ['the type of a view cannot change [json-pointer:/view/type]']);
  const external = text(from.external_id);
  if (external && [...world.views.values()].some((one) => one !== view && one.externalId === external))
    refuse('duplicate_external_id');
  fill(world, view, from);
}

/** A view as Slack gives it; `values` where somebody has filled it in. */
export function wireView(world: World, view: FakeView, values: Json = {}): Json {
  return {
    id: view.id,
    team_id: world.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: world.app.id,
    external_id: view.externalId,
    app_installed_team_id: world.team.id,
    bot_id: world.app.botId,
  };
}

const answer = (world: World, view: FakeView): Json => ({ ok: true, view: wireView(world, view) });

function modal(world: World, args: Json): Json {
  const view = checkedView(world, args.view);
  if (view.type !== 'modal') refuse('invalid_arguments', ['must be a modal [json-pointer:/view/type]']);
  return view;
}

function open(world: World, args: Json): Json {
  required(args, 'trigger_id', 'view');
  const from = modal(world, args);
  const user = redeemTrigger(world, args.trigger_id);
  for (const view of modalsOf(world, user)) dropView(world, view);
  return answer(world, pushView(world, user, from));
}

function push(world: World, args: Json): Json {
  required(args, 'trigger_id', 'view');
  const from = modal(world, args);
  return answer(world, pushView(world, redeemTrigger(world, args.trigger_id), from));
}

function update(world: World, args: Json): Json {
  const from = modal(world, args);
  const view = [...world.views.values()].find(
    (one) =>
      one.type === 'modal' &&
      (given(args.view_id) ? one.id === args.view_id : given(args.external_id) && one.externalId === args.external_id),
  );
  if (!view) return refuse('not_found');
  if (given(args.hash) && args.hash !== view.hash) refuse('hash_conflict');
  updateView(world, view, from);
  return answer(world, view);
}

function publish(world: World, args: Json): Json {
  required(args, 'user_id', 'view');
  const from = checkedView(world, args.view);
  if (from.type !== 'home') refuse('invalid_arguments', ['must be a home view [json-pointer:/view/type]']);
  const user = world.users.get(text(args.user_id));
  if (!user || user.deleted || user.bot) return refuse('invalid_arguments', ['invalid `user_id` [json-pointer:/user_id]']);
  const view = world.homes.get(user.id);
  if (given(args.hash) && args.hash !== view?.hash) refuse('hash_conflict');
  if (view) updateView(world, view, from);
  else world.homes.set(user.id, create(world, user.id, from));
  return answer(world, world.homes.get(user.id) as FakeView);
}

export const views: Record<string, Method> = {
  'views.open': { tier: 4, run: open },
  'views.push': { tier: 4, run: push },
  'views.update': { tier: 4, run: update },
  'views.publish': { tier: 4, run: publish },
};
