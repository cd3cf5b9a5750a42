import { checkedBlocks, findInView } from '../blocks/check.ts';
import { checkedContent, checkedThread, escapedBytes, parsed, wireMessage } from '../content.ts';
import { flag, given, isRecord, type Json, record, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeMessage } from '../types.ts';
import { addMessage, editMessage, findMessage, isMember, type World } from '../world.ts';
import { knownChannel, type Method, required, target } from './method.ts';

function postMessage(world: World, args: Json): Json {
  if (!given(args.channel)) refuse('channel_not_found');
  const channel = target(world, args.channel);
  if (channel.archived) refuse('is_archived');
  const openToAll = channel.kind === 'public' && world.scopes.has('chat:write.public');
  if (!isMember(world, channel) && !openToAll) refuse('not_in_channel');
  const content = checkedContent(world, args, { unfurls: true });
  const threadTs = checkedThread(world, channel, args.thread_ts);
  if (flag(args.reply_broadcast) && !threadTs) refuse('invalid_arguments', ['reply_broadcast needs thread_ts']);
  const message = addMessage(world, channel, {
    ...content,
    ...(threadTs ? { threadTs } : {}),
    broadcast: flag(args.reply_broadcast),
    via: 'chat.postMessage',
  });
  return { ok: true, channel: channel.id, ts: message.ts, message: wireMessage(world, message) };
}

function postEphemeral(world: World, args: Json): Json {
  required(args, 'channel', 'user');
  const channel = target(world, args.channel);
  if (channel.archived) refuse('is_archived');
  if (!isMember(world, channel)) refuse('not_in_channel');
  if (!channel.members.has(text(args.user))) refuse('user_not_in_channel');
  const content = checkedContent(world, args);
  const threadTs = checkedThread(world, channel, args.thread_ts);
  const message = addMessage(world, channel, {
    ...content,
    ...(threadTs ? { threadTs } : {}),
    only: text(args.user),
    via: 'chat.postEphemeral',
  });
  return { ok: true, message_ts: message.ts };
}

/** A message of our own that may be changed. */
function ownMessage(world: World, args: Json, not: string): FakeMessage {
  required(args, 'channel', 'ts');
  const channel = knownChannel(world, args.channel);
  const message = findMessage(world, channel.id, text(args.ts));
  // Ephemeral messages are not stored: nothing here can reach them.
  if (!message || message.only) return refuse('message_not_found');
  if (message.user !== world.app.botUserId) return refuse(not);
  if (channel.archived) return refuse('is_archived');
  return message;
}

function update(world: World, args: Json): Json {
  const message = ownMessage(world, args, 'cant_update_message');
  if (escapedBytes(text(args.text)) > 4000) refuse('msg_too_long');
  const content = checkedContent(world, args);
  editMessage(world, message, content);
  if (args.attachments !== undefined) message.attachments = content.attachments;
  if (content.metadata) message.metadata = content.metadata;
  return { ok: true, channel: message.channel, ts: message.ts, text: message.text, message: wireMessage(world, message) };
}

function remove(world: World, args: Json): Json {
  const message = ownMessage(world, args, 'cant_delete_message');
  message.deleted = true;
  return { ok: true, channel: message.channel, ts: message.ts };
}

function getPermalink(world: World, args: Json): Json {
  required(args, 'channel', 'message_ts');
  const channel = knownChannel(world, args.channel);
  const message = findMessage(world, channel.id, text(args.message_ts));
  if (!message || message.only) return refuse('message_not_found');
  const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
  const permalink = `https://${world.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`;
  return { ok: true, channel: channel.id, permalink };
}

/** Looks at blocks without posting them. */
function validate(world: World, args: Json): Json {
  const read = (value: unknown): unknown => parsed(value, 'invalid_blocks_format');
  if (given(args.view)) {
    const found = findInView(world, record(read(args.view)));
    if (found.length > 0) refuse('invalid_blocks', found, { errors: found });
    return { ok: true };
  }
  const message = read(args.message);
  checkedBlocks(world, isRecord(message) ? message.blocks : args.blocks, 'message');
  return { ok: true };
}

export const chat: Record<string, Method> = {
  'chat.postMessage': { scope: 'chat:write', tier: 'post', run: postMessage },
  'chat.postEphemeral': { scope: 'chat:write', tier: 4, run: postEphemeral },
  'chat.update': { scope: 'chat:write', tier: 3, run: update },
  'chat.delete': { scope: 'chat:write', tier: 3, run: remove },
  'chat.getPermalink': { tier: 4, run: getPermalink },
  'blocks.validate': { tier: 4, run: validate },
};
