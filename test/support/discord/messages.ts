import { Refusal } from './refusal.ts';
import type { Checked } from './rules/message.ts';
import type { FakeChannel, FakeMessage } from './types.ts';
import type { World } from './world.ts';

export function addMessage(
  world: World,
  channel: FakeChannel,
  checked: Partial<Checked>,
  fields: Partial<FakeMessage> & Pick<FakeMessage, 'via'>,
): FakeMessage {
  const message: FakeMessage = {
    id: world.newId(),
    channelId: channel.id,
    authorId: world.botId,
    content: '',
    embeds: [],
    components: [],
    attachments: [],
    flags: 0,
    pings: [],
    ...checked,
    loading: false,
    createdAt: world.now(),
    edits: [],
    deleted: false,
    ...fields,
  };
  channel.all.push(message);
  world.messages.set(message.id, message);
  // Writing wakes a thread that inactivity put to sleep.
  if (channel.kind === 'thread' && !channel.locked) channel.archived = false;
  return message;
}

/** Tells whoever waits for an answer that one may be there. */
export function touched(world: World, message: FakeMessage): void {
  for (const live of world.live.values()) if (live.original === message || live.source === message) live.changed();
}

export function editMessage(world: World, message: FakeMessage, next: Checked): void {
  if (!message.loading) {
    const { content, embeds, components, attachments } = message;
    message.edits.push({ at: world.now(), content, embeds, components, attachments });
    message.editedAt = world.now();
  }
  Object.assign(message, next, { loading: false });
  touched(world, message);
}

/** Edits of messages older than an hour are counted by themselves. */
export function countOldEdit(world: World, message: FakeMessage): void {
  if (world.now() - message.createdAt < 3_600_000) return;
  const { oldEdits, oldEditMs } = world.limits;
  const recent = (world.oldEdits.get(message.channelId) ?? []).filter((at) => world.now() - at < oldEditMs);
  if (recent.length >= oldEdits) throw new Refusal(30046, undefined, oldEditMs / 1000);
  world.oldEdits.set(message.channelId, [...recent, world.now()]);
}
