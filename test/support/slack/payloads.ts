import { threadOf, wireMessage } from './content.ts';
import { type Control, controlsOf } from './controls.ts';
import type { Json } from './json.ts';
import { wireView } from './methods/views.ts';
import type { FakeChannel, FakeMessage, FakeUser, FakeView } from './types.ts';
import { stateOf } from './values.ts';
import { newId, type World } from './world.ts';

/** The old verification token: real, still sent, and to be ignored. */
const token = 'legacy-verification-token';

const enterprise = (world: World): Json | null =>
  world.team.enterpriseId ? { id: world.team.enterpriseId, name: world.team.name } : null;

/** Private channels and direct messages go by no name of their own. */
export const shownName = (channel: FakeChannel): string =>
  channel.kind === 'public' ? channel.name : channel.kind === 'private' ? 'privategroup' : 'directmessage';

export function commandBody(
  world: World,
  of: { user: FakeUser; channel: FakeChannel; command: string; text: string; triggerId: string; responseUrl: string },
): Json {
  return {
    token,
    team_id: world.team.id,
    team_domain: world.team.domain,
    ...(world.team.enterpriseId ? { enterprise_id: world.team.enterpriseId, enterprise_name: world.team.name } : {}),
    channel_id: of.channel.id,
    channel_name: shownName(of.channel),
    user_id: of.user.id,
    user_name: of.user.name,
    command: of.command,
    text: of.text,
    api_app_id: world.app.id,
    is_enterprise_install: 'false',
    response_url: of.responseUrl,
    trigger_id: of.triggerId,
  };
}

/** What every interaction says of who did it and where. */
export function interactionBase(world: World, user: FakeUser, type: string): Json {
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: world.app.id,
    token,
    team: { id: world.team.id, domain: world.team.domain },
    enterprise: enterprise(world),
    is_enterprise_install: false,
  };
}

export const isView = (on: FakeMessage | FakeView): on is FakeView => 'hash' in on;

/** Where it happened: a message, with its text, or a view. */
function place(world: World, on: FakeMessage | FakeView, values: Json): Json {
  if (isView(on)) return { container: { type: 'view', view_id: on.id }, view: wireView(world, on, values) };
  const channel = world.channels.get(on.channel) as FakeChannel;
  const container = {
    type: 'message',
    message_ts: on.ts,
    channel_id: on.channel,
    is_ephemeral: on.only !== undefined,
    ...(threadOf(world, on) ? { thread_ts: threadOf(world, on) } : {}),
  };
  const where = { container, channel: { id: on.channel, name: shownName(channel) }, state: { values } };
  // Slack keeps no ephemeral message, so it has none to send along.
  return on.only ? where : { ...where, message: wireMessage(world, on) };
}

/** `state.values`: what stands in every element that holds something. */
export function stateValues(
  on: FakeMessage | FakeView,
  entered: (control: Control) => unknown,
): Record<string, Record<string, Json>> {
  const values: Record<string, Record<string, Json>> = {};
  for (const control of controlsOf(on)) {
    if (/button|overflow/.test(control.type)) continue;
    values[control.blockId] = { ...values[control.blockId], [control.actionId]: stateOf(control, entered(control)) };
  }
  return values;
}

export function actionsBody(
  world: World,
  of: { user: FakeUser; on: FakeMessage | FakeView; action: Json; values: Json; triggerId: string; responseUrl?: string },
): Json {
  return {
    ...interactionBase(world, of.user, 'block_actions'),
    ...place(world, of.on, of.values),
    trigger_id: of.triggerId,
    ...(of.responseUrl ? { response_url: of.responseUrl } : {}),
    actions: [{ ...of.action, action_ts: (world.now() / 1000).toFixed(6) }],
  };
}

export function suggestionBody(
  world: World,
  of: { user: FakeUser; on: FakeMessage | FakeView; control: Control; typed: string; values: Json },
): Json {
  const { state: _state, ...where } = place(world, of.on, of.values);
  return {
    ...interactionBase(world, of.user, 'block_suggestion'),
    ...where,
    action_id: of.control.actionId,
    block_id: of.control.blockId,
    value: of.typed,
  };
}

export function submissionBody(world: World, of: { user: FakeUser; view: FakeView; values: Json; triggerId: string }): Json {
  return {
    ...interactionBase(world, of.user, 'view_submission'),
    trigger_id: of.triggerId,
    view: wireView(world, of.view, of.values),
    response_urls: [],
  };
}

export function closedBody(world: World, of: { user: FakeUser; view: FakeView; values: Json; cleared: boolean }): Json {
  return { ...interactionBase(world, of.user, 'view_closed'), view: wireView(world, of.view, of.values), is_cleared: of.cleared };
}

export function shortcutBody(
  world: World,
  of: { user: FakeUser; callbackId: string; triggerId: string; on?: FakeMessage; responseUrl?: string },
): Json {
  const common = { callback_id: of.callbackId, trigger_id: of.triggerId, action_ts: (world.now() / 1000).toFixed(6) };
  if (!of.on) return { ...interactionBase(world, of.user, 'shortcut'), ...common };
  return {
    ...interactionBase(world, of.user, 'message_action'),
    ...common,
    response_url: of.responseUrl,
    channel: { id: of.on.channel, name: shownName(world.channels.get(of.on.channel) as FakeChannel) },
    message_ts: of.on.ts,
    message: wireMessage(world, of.on),
  };
}

export function eventBody(world: World, event: Json, fields: Json = {}): Json {
  const authorization = {
    enterprise_id: world.team.enterpriseId ?? null,
    team_id: world.team.id,
    user_id: world.app.botUserId,
    is_bot: true,
    is_enterprise_install: false,
  };
  return {
    token,
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: world.team.enterpriseId ?? null,
    api_app_id: world.app.id,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: false,
    event_context: newId('EC'),
    ...fields,
  };
}
