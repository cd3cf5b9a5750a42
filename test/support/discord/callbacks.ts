import { given, type Json, record, records, text } from './json.ts';
import { addMessage, editMessage } from './messages.ts';
import { messageJson } from './payloads.ts';
import { Form, Refusal, refuse } from './refusal.ts';
import { checkMessage, flag } from './rules/message.ts';
import { checkModal } from './rules/modal.ts';
import type { FakeMessage, Request } from './types.ts';
import { findChannel, type Live, type World } from './world.ts';

export const limitIn = (world: World, channelId: string): number =>
  world.guilds.get(findChannel(world, channelId).guildId ?? '')?.attachmentLimit ?? 10 * 1024 * 1024;

/** Which first responses an interaction may have. A form only opens first, and never from a form. */
function allowed(live: Live): readonly number[] {
  if (live.type === 'ping') return [1];
  if (live.type === 'autocomplete') return [8];
  if (live.type === 'command') return [4, 5, 9];
  if (live.type === 'component') return [4, 5, 6, 7, 9];
  return live.source ? [4, 5, 6, 7] : [4, 5];
}

export const isExpired = (world: World, live: Live): boolean => live.expired || world.now() - live.at > world.limits.tokenMs;

function respond(world: World, live: Live, body: Json, files: Request['files']): FakeMessage {
  const channel = findChannel(world, live.channelId);
  const isDeferred = body.type === 5;
  const data = record(body.data);
  const checked = isDeferred
    ? { flags: deferredFlags(data) }
    : checkMessage(world, { body: data, files, at: ['data'], isResponse: true, attachmentLimit: limitIn(world, channel.id) });
  return addMessage(world, channel, checked, {
    via: 'response',
    interactionId: live.id,
    loading: isDeferred,
    ...(checked.flags & flag.ephemeral ? { only: live.userId } : {}),
  });
}

function deferredFlags(data: Json): number {
  const form = new Form(['data']);
  const flags = Number(data.flags ?? 0);
  if (flags & ~flag.ephemeral) form.add(['flags'], 'MESSAGE_FLAGS_INVALID', 'A deferred response may only be ephemeral');
  form.throwIfBad();
  return flags;
}

function choose(live: Live, data: Json): void {
  const form = new Form(['data']);
  const choices = records(data.choices);
  if (!Array.isArray(data.choices)) form.required(['choices']);
  form.count(['choices'], choices, 0, 25);
  for (const [i, choice] of choices.entries()) {
    form.length(['choices', i, 'name'], choice.name, 1, 100);
    if (typeof choice.value !== 'number') form.length(['choices', i, 'value'], choice.value, 1, 100);
  }
  form.throwIfBad();
  live.choices = choices.map((choice) => ({ name: text(choice.name), value: choice.value as string | number }));
}

function openModal(world: World, live: Live, data: Json): void {
  checkModal(data);
  live.modal = {
    customId: text(data.custom_id),
    title: text(data.title),
    components: records(data.components),
    channelId: live.channelId,
    ...(live.source ? { message: live.source } : {}),
  };
  world.modals.set(live.userId, live.modal);
}

function act(world: World, live: Live, body: Json, files: Request['files']): void {
  const { source } = live;
  const data = record(body.data);
  if (body.type === 4 || body.type === 5) live.original = respond(world, live, body, files);
  else if (body.type === 8) choose(live, data);
  else if (body.type === 9) openModal(world, live, data);
  else if (source) {
    live.original = source;
    if (body.type !== 7) return;
    const attachmentLimit = limitIn(world, live.channelId);
    editMessage(
      world,
      source,
      checkMessage(world, { body: data, files, previous: source, at: ['data'], isResponse: true, attachmentLimit }),
    );
  }
}

/** The first response to an interaction. */
export function acknowledge(world: World, live: Live, body: Json, files: Request['files']): Json {
  if (live.acked) refuse(40060);
  if (live.dead || world.now() - live.at > world.limits.ackMs) {
    world.problems.push(`${live.type} ${live.id} was acknowledged too late`);
    live.error = '10062';
    live.settle();
    refuse(10062);
  }
  try {
    const form = new Form();
    if (!allowed(live).includes(Number(body.type))) form.choices(['type'], allowed(live));
    form.throwIfBad();
    act(world, live, body, files);
  } catch (error) {
    if (error instanceof Refusal) live.error = String(error.code);
    throw error;
  }
  live.acked = true;
  live.callbackType = Number(body.type);
  live.ackMs = Date.now() - live.startedAt;
  delete live.error;
  if (given(body.data)) live.data = record(body.data);
  live.settle();
  live.changed();
  return callbackJson(world, live);
}

function callbackJson(world: World, live: Live): Json {
  const { original } = live;
  return {
    interaction: {
      id: live.id,
      type: live.payload.type,
      ...(original
        ? {
            response_message_id: original.id,
            response_message_loading: original.loading,
            response_message_ephemeral: original.only !== undefined,
          }
        : {}),
    },
    resource: {
      type: live.callbackType,
      ...(original && live.callbackType !== 6 ? { message: messageJson(world, original) } : {}),
    },
  };
}
