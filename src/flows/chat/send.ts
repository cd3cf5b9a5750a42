import { plus } from '../../core/delivery/time.ts';
import { type Message, plainForm } from '../../core/messages/message.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import { SendError } from '../../core/messages/send-error.ts';
import type { ChatAdapter } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Claim } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Database, Post } from '../../core/ports/stores.ts';

/** A message that was kept waiting longer than this (ms) says so. */
const LATE = 30_000;

export interface SendPorts {
  database: Database;
  clock: Clock;
  log: Log;
  adapters: readonly ChatAdapter[];
  /** The channel is closed to us, or without one the whole team. */
  left(gone: { platform: string; team: string; channel?: string; why: string }): Promise<void>;
}

/**
 * Drains one address in order: every post whose newest revision is not shown yet is posted or edited; revisions that were
 * superseded meanwhile are skipped. Returns when to go on, where the platform's pace or its refusal says to wait.
 */
export async function sendPosts(ports: SendPorts, claim: Claim): Promise<Date | undefined> {
  const adapter = ports.adapters.find(({ platform }) => platform === claim.key.split(':')[0]);
  // Its tokens are gone from the configuration: what is owed waits for them.
  if (!adapter) return plus(ports.clock.now(), 60 * 60_000);
  for (;;) {
    const [post, more] = await ports.database.read(async ({ chat }) => {
      const closed = (await chat.channel(claim.key))?.closed ?? null;
      return closed === null ? chat.unshown(claim.key, 2) : [];
    });
    if (!post) return undefined;
    const again = await send(ports, adapter, post);
    if (again) return again;
    if (more && post.place.person === undefined && adapter.pace.postEvery > 0) {
      return plus(ports.clock.now(), adapter.pace.postEvery);
    }
  }
}

async function send(ports: SendPorts, adapter: ChatAdapter, post: Post): Promise<Date | undefined> {
  try {
    await show(ports, adapter, post, post.message);
    return undefined;
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    if (error.kind !== 'unknown') await ports.database.transaction(({ chat }) => chat.markSending(post, null));
    return settle(ports, adapter, post, error);
  }
}

/** What becomes of a post that was not shown. */
async function settle(ports: SendPorts, adapter: ChatAdapter, post: Post, error: SendError): Promise<Date | undefined> {
  const { platform, team, channel } = post.place;
  switch (error.kind) {
    case 'unknown':
      throw error;
    case 'later':
      if (error.retryAfterMs === undefined) throw error;
      return plus(ports.clock.now(), error.retryAfterMs);
    case 'ended':
      return moveToDirect(ports, post, error);
    case 'team':
      await ports.left({ platform, team, why: error.message });
      return undefined;
    case 'place':
      // One person's affair is not the channel's: what only they would have seen is given up.
      if (post.place.person !== undefined) return giveUp(ports, post, error);
      await ports.left({ platform, team, channel, why: error.message });
      return undefined;
    case 'message':
      ports.log.error({ post: post.id, platform, error: error.message }, 'a message was refused; its words alone are sent');
      try {
        await show(ports, adapter, post, plainForm(post.message));
        return undefined;
      } catch (second) {
        if (!(second instanceof SendError) || second.kind !== 'message') throw second;
        return giveUp(ports, post, second);
      }
  }
}

async function show(ports: SendPorts, adapter: ChatAdapter, post: Post, message: Message): Promise<void> {
  const { place, externalId } = post;
  const now = ports.clock.now();
  const notes: string[] = [];
  const late = Number(now) - Number(post.queuedAt);
  if (late > LATE) notes.push(`Shown ${Math.round(late / 1000)} s late: there was much to say here.`);
  let shownAs = externalId;
  if (externalId === null) {
    if (post.sendingSince && Number(now) - Number(post.sendingSince) > adapter.pace.oncePerKey) {
      notes.push('Repeat: it is not certain that the first one arrived.');
    }
    if (!post.sendingSince && Number.isFinite(adapter.pace.oncePerKey)) {
      await ports.database.transaction(({ chat }) => chat.markSending(post, now));
    }
    shownAs = await adapter.post(place, noted(message, notes), `post-${post.id}`);
  } else {
    await adapter.edit(place, externalId, noted(message, notes));
  }
  await ports.database.transaction(({ chat }) => chat.markShown(post, shownAs ?? ''));
}

const noted = (message: Message, notes: readonly string[]): Message => ({
  ...message,
  blocks: [...message.blocks, ...notes.map((text) => ({ kind: 'context' as const, text }))],
});

/** The permission to answer in the channel has run out: the same person is told directly, never the channel. */
async function moveToDirect(ports: SendPorts, post: Post, error: SendError): Promise<undefined> {
  const place: Place = { ...post.place, channel: '', reply: undefined, thread: undefined };
  if (post.place.channel === '' && post.place.reply === undefined) return giveUp(ports, post, error);
  await ports.database.transaction(async ({ chat, owed }) => {
    await chat.movePost(post, place);
    await owed.owe([{ kind: 'post', key: addressOf(place), dueAt: ports.clock.now() }]);
  });
  return undefined;
}

async function giveUp(ports: SendPorts, post: Post, error: SendError): Promise<undefined> {
  ports.log.error({ post: post.id, address: addressOf(post.place), error: error.message }, 'a message could not be shown');
  await ports.database.transaction(({ chat }) => chat.markShown(post, post.externalId ?? ''));
  return undefined;
}
