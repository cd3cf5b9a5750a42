import { may } from '../access.ts';
import { limitIn } from '../callbacks.ts';
import { given, record, text } from '../json.ts';
import { addMessage, countOldEdit, editMessage, touched } from '../messages.ts';
import { messageJson } from '../payloads.ts';
import { Form, refuse } from '../refusal.ts';
import { checkMessage } from '../rules/message.ts';
import type { FakeChannel } from '../types.ts';
import { findUser, type World } from '../world.ts';
import { type Answer, type Call, messageIn, nothing, ok, type Route, visibleChannel } from './call.ts';

function mayWrite(world: World, channel: FakeChannel): void {
  if (channel.kind === 'dm') {
    if (findUser(world, channel.recipientId ?? '').closedToDms) refuse(50007);
    return;
  }
  const needed = channel.kind === 'thread' ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES';
  if (!may(world, world.botId, channel, needed)) refuse(50013);
  if (channel.locked && !may(world, world.botId, channel, 'MANAGE_THREADS')) refuse(160005);
}

/** The message a reply names, if it may be named. */
function repliedTo({ world, request }: Call, channel: FakeChannel): string | undefined {
  const reference = record(request.body.message_reference);
  if (!given(reference.message_id)) return undefined;
  if (!may(world, world.botId, channel, 'READ_MESSAGE_HISTORY')) refuse(50013);
  if (channel.messages.some((message) => message.id === reference.message_id)) return text(reference.message_id);
  if (reference.fail_if_not_exists === false) return undefined;
  const form = new Form();
  form.add(['message_reference'], 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', 'Unknown message');
  form.throwIfBad();
}

function create(call: Call): Answer {
  const { world, request, params } = call;
  const { body, files } = request;
  const channel = visibleChannel(world, params[0]);
  mayWrite(world, channel);
  if (files.length > 0 && !may(world, world.botId, channel, 'ATTACH_FILES')) refuse(50013);
  const checked = checkMessage(world, { body, files, at: [], isResponse: false, attachmentLimit: limitIn(world, channel.id) });
  if (checked.embeds.length > 0 && !may(world, world.botId, channel, 'EMBED_LINKS')) refuse(50013);
  const nonce = given(body.nonce) ? String(body.nonce) : undefined;
  const key = `${channel.id} ${nonce}`;
  const before = world.nonces.get(key);
  if (nonce && body.enforce_nonce === true && before && world.now() - before.at < world.limits.nonceMs)
    return ok(messageJson(world, before.message));
  const replyTo = repliedTo(call, channel);
  const message = addMessage(world, channel, checked, {
    via: 'channel',
    ...(nonce ? { nonce } : {}),
    ...(replyTo ? { replyTo } : {}),
  });
  if (nonce) world.nonces.set(key, { message, at: world.now() });
  return ok(messageJson(world, message));
}

function edit({ world, request, params }: Call): Answer {
  const channel = visibleChannel(world, params[0]);
  const message = messageIn(channel, params[1]);
  if (message.authorId !== world.botId) refuse(50005);
  if (channel.archived) refuse(50083);
  const { body, files } = request;
  if (files.length > 0 && !may(world, world.botId, channel, 'ATTACH_FILES')) refuse(50013);
  const attachmentLimit = limitIn(world, channel.id);
  const checked = checkMessage(world, { body, files, previous: message, at: [], isResponse: false, attachmentLimit });
  countOldEdit(world, message);
  editMessage(world, message, checked);
  return ok(messageJson(world, message));
}

function remove({ world, params }: Call): Answer {
  const channel = visibleChannel(world, params[0]);
  const message = messageIn(channel, params[1]);
  if (message.authorId !== world.botId && !may(world, world.botId, channel, 'MANAGE_MESSAGES')) refuse(50013);
  if (channel.archived) refuse(50083);
  message.deleted = true;
  touched(world, message);
  return nothing;
}

function history(world: World, id: string | undefined): FakeChannel {
  const channel = visibleChannel(world, id);
  if (!may(world, world.botId, channel, 'READ_MESSAGE_HISTORY')) refuse(50013);
  return channel;
}

/** Newest first, as Discord lists them. */
function list({ world, params, query }: Call): Answer {
  const after = query.get('after');
  const before = query.get('before');
  const found = history(world, params[0])
    .messages.filter((message) => !after || BigInt(message.id) > BigInt(after))
    .filter((message) => !before || BigInt(message.id) < BigInt(before))
    .reverse()
    .slice(0, Number(query.get('limit') ?? 50));
  return ok(found.map((message) => messageJson(world, message)));
}

export const messageRoutes: Route[] = [
  { method: 'POST', pattern: '/channels/:id/messages', run: create },
  { method: 'GET', pattern: '/channels/:id/messages', run: list },
  {
    method: 'GET',
    pattern: '/channels/:id/messages/:id',
    run: ({ world, params }) => ok(messageJson(world, messageIn(history(world, params[0]), params[1]))),
  },
  { method: 'PATCH', pattern: '/channels/:id/messages/:id', run: edit },
  { method: 'DELETE', pattern: '/channels/:id/messages/:id', run: remove },
  {
    method: 'POST',
    pattern: '/channels/:id/typing',
    run: ({ world, params }) => {
      mayWrite(world, visibleChannel(world, params[0]));
      return nothing;
    },
  },
];
