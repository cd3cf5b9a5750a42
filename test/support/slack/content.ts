import { checkedBlocks } from './blocks/check.ts';
import { given, isRecord, type Json, list, off, record, text } from './json.ts';
import { refuse } from './refusal.ts';
import type { FakeChannel, FakeMessage } from './types.ts';
import { findMessage, type World } from './world.ts';

export interface Content {
  text: string;
  blocks: Json[];
  attachments: Json[];
  metadata?: Json;
}

export function parsed(value: unknown, code: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return refuse(code);
  }
}

function checkMetadata(value: unknown): Json | undefined {
  if (!given(value)) return undefined;
  const metadata = parsed(value, 'invalid_metadata_format');
  if (!isRecord(metadata) || !given(metadata.event_type) || !isRecord(metadata.event_payload))
    return refuse('invalid_metadata_format');
  if (JSON.stringify(metadata).length > 8000) refuse('metadata_too_large');
  const tooDeep = Object.values(metadata.event_payload).some((field) => isRecord(field) && Object.values(field).some(isRecord));
  if (tooDeep) refuse('invalid_metadata_schema');
  return metadata;
}

const links = /<?https?:\/\/|<mailto:/;

/** The contents of a message as Slack checks them, and as we do on top. */
export function checkedContent(world: World, args: Json, rules: { unfurls?: boolean } = {}): Content {
  const blocks = given(args.blocks) ? checkedBlocks(world, args.blocks, 'message') : [];
  const attachments = list(parsed(args.attachments ?? [], 'invalid_attachments')).filter(isRecord);
  if (attachments.length > 100) refuse('too_many_attachments');
  for (const [n, attachment] of attachments.entries()) {
    if (!given(attachment.blocks)) continue;
    attachment.blocks = checkedBlocks(world, attachment.blocks, 'message', `/attachments/${n}/blocks`);
  }
  const markdown = text(args.markdown_text);
  if (markdown && (given(args.text) || blocks.length > 0)) refuse('markdown_text_conflict');
  if (markdown.length > 12_000) refuse('msg_too_long');
  let words = markdown || text(args.text);
  if (!words.trim() && blocks.length === 0 && attachments.length === 0) refuse('no_text');
  if (world.strict.fallbackText && blocks.length > 0 && !words.trim()) {
    refuse('no_text', ['strict: `text` must stand beside blocks [json-pointer:/text]']);
  }
  if (words.length > 40_000) {
    world.problems.push(`a text of ${words.length} characters is cut at 40000`);
    words = words.slice(0, 40_000);
  }
  const shown = words + JSON.stringify(blocks);
  if (rules.unfurls && world.strict.unfurl && links.test(shown) && !(off(args.unfurl_links) && off(args.unfurl_media))) {
    refuse('invalid_arguments', ['strict: a message with links needs unfurl_links and unfurl_media off']);
  }
  return { text: words, blocks, attachments, metadata: checkMetadata(args.metadata) };
}

/** The parent that a reply names. Slack itself takes anything here, and shows the reply nowhere useful. */
export function checkedThread(world: World, channel: FakeChannel, threadTs: unknown): string | undefined {
  if (!given(threadTs)) return undefined;
  if (typeof threadTs !== 'string' || !/^\d+\.\d{6}$/.test(threadTs)) return refuse('invalid_thread_ts');
  if (!world.strict.threadParent) return threadTs;
  const parent = findMessage(world, channel.id, threadTs);
  if (!parent || parent.only) return refuse('thread_not_found');
  if (parent.threadTs && parent.threadTs !== parent.ts)
    refuse('cannot_reply_to_message', ['strict: thread_ts names a reply, not its parent']);
  return threadTs;
}

/** What chat.update measures: bytes, once `&`, `<` and `>` are escaped. What is markup stays as it is. */
export function escapedBytes(words: string): number {
  const escaped = words
    .replace(/&(?!(amp|lt|gt);)/g, '&amp;')
    .replace(/<(?![@#!a-z])/gi, '&lt;')
    .replace(/(^|\s)>/g, '$1&gt;');
  return Buffer.byteLength(escaped);
}

const repliesTo = (world: World, message: FakeMessage): FakeMessage[] =>
  world.channels.get(message.channel)?.messages.filter((one) => one.threadTs === message.ts) ?? [];

/** A parent that has replies names itself as its thread. */
export const threadOf = (world: World, message: FakeMessage): string | undefined =>
  message.threadTs ?? (repliesTo(world, message).length > 0 ? message.ts : undefined);

/** A message as Slack gives it. */
export function wireMessage(world: World, message: FakeMessage): Json {
  const bot = message.botId !== undefined;
  const last = message.edits.at(-1);
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: world.team.id,
    ...(bot ? { bot_id: message.botId, app_id: world.app.id } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...thread(world, message),
    ...(message.metadata ? { metadata: record(message.metadata) } : {}),
    ...(last && message.blocks.length === 0 ? { edited: { user: message.user, ts: message.ts } } : {}),
  };
}

function thread(world: World, message: FakeMessage): Json {
  if (message.threadTs) {
    const parent = findMessage(world, message.channel, message.threadTs);
    return { thread_ts: message.threadTs, ...(parent ? { parent_user_id: parent.user } : {}) };
  }
  const replies = repliesTo(world, message);
  if (replies.length === 0) return {};
  const reply_users = [...new Set(replies.map((reply) => reply.user))];
  return { thread_ts: message.ts, reply_count: replies.length, reply_users, latest_reply: replies.at(-1)?.ts, subscribed: false };
}
