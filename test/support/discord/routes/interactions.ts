import { acknowledge, isExpired, limitIn } from '../callbacks.ts';
import { addMessage, editMessage, touched } from '../messages.ts';
import { messageJson } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { checkMessage, flag } from '../rules/message.ts';
import type { FakeMessage } from '../types.ts';
import { findChannel, type Live } from '../world.ts';
import { type Answer, type Call, nothing, ok, type Route } from './call.ts';

function callback({ world, request, params, query }: Call): Answer {
  const live = world.live.get(params[1] ?? '');
  if (!live || live.id !== params[0]) return refuse(10062);
  const answer = acknowledge(world, live, request.body, request.files);
  return query.get('with_response') === 'true' ? ok(answer) : nothing;
}

/** What a token in a webhook's path stands for. It opens with the first response and closes after 15 minutes. */
function tokenOf({ world, params }: Call): Live {
  const live = world.live.get(params[1] ?? '');
  if (!live || params[0] !== world.applicationId || !live.acked) return refuse(10015);
  if (isExpired(world, live)) refuse(50027);
  return live;
}

function messageOf(call: Call, live: Live): FakeMessage {
  const wanted = call.params[2];
  const own = [live.original, live.source, ...live.followUps];
  const found = wanted === '@original' ? live.original : own.find((message) => message?.id === wanted);
  return found && !found.deleted ? found : refuse(10008);
}

function edit(call: Call): Answer {
  const { world, request } = call;
  const live = tokenOf(call);
  const message = messageOf(call, live);
  const { body, files } = request;
  const attachmentLimit = limitIn(world, message.channelId);
  editMessage(world, message, checkMessage(world, { body, files, previous: message, at: [], isResponse: true, attachmentLimit }));
  live.changed();
  return ok(messageJson(world, message));
}

function followUp(call: Call): Answer {
  const { world, request } = call;
  const live = tokenOf(call);
  const channel = findChannel(world, live.channelId);
  const { body, files } = request;
  const written = { body, files, at: [], isResponse: true, attachmentLimit: limitIn(world, channel.id) };
  const checked = checkMessage(world, written);
  const { original } = live;
  // The first thing said after "is thinking" takes its place, and is as private as that was.
  if (original?.loading) {
    const flags = (checked.flags & ~flag.ephemeral) | (original.flags & flag.ephemeral);
    editMessage(world, original, { ...checked, flags });
    return ok(messageJson(world, original));
  }
  const message = addMessage(world, channel, checked, {
    via: 'follow-up',
    interactionId: live.id,
    ...(checked.flags & flag.ephemeral ? { only: live.userId } : {}),
  });
  live.followUps.push(message);
  live.changed();
  return ok(messageJson(world, message));
}

function remove(call: Call): Answer {
  const message = messageOf(call, tokenOf(call));
  message.deleted = true;
  touched(call.world, message);
  return nothing;
}

export const interactionRoutes: Route[] = [
  { method: 'POST', pattern: '/interactions/:id/:token/callback', open: true, run: callback },
  { method: 'POST', pattern: '/webhooks/:id/:token', open: true, run: followUp },
  {
    method: 'GET',
    pattern: '/webhooks/:id/:token/messages/:id',
    open: true,
    run: (call) => ok(messageJson(call.world, messageOf(call, tokenOf(call)))),
  },
  { method: 'PATCH', pattern: '/webhooks/:id/:token/messages/:id', open: true, run: edit },
  { method: 'DELETE', pattern: '/webhooks/:id/:token/messages/:id', open: true, run: remove },
];
