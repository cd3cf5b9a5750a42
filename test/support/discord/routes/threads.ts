import { may } from '../access.ts';
import { given, text } from '../json.ts';
import { channelJson } from '../payloads.ts';
import { Form, refuse } from '../refusal.ts';
import { directChannel, newChannel } from '../world.ts';
import { type Answer, type Call, messageIn, ok, type Route, visibleChannel } from './call.ts';

function checkThread({ request }: Call, isNew: boolean): void {
  const form = new Form();
  const { name, auto_archive_duration: minutes } = request.body;
  if (isNew || given(name)) form.length(['name'], name, 1, 100);
  const allowed = [60, 1440, 4320, 10080];
  if (given(minutes) && !allowed.includes(Number(minutes))) form.choices(['auto_archive_duration'], allowed);
  form.throwIfBad();
}

function start(call: Call): Answer {
  const { world, request, params } = call;
  const parent = visibleChannel(world, params[0]);
  const message = messageIn(parent, params[1]);
  if (parent.kind !== 'text' && parent.kind !== 'announcement') refuse(50024);
  if (!may(world, world.botId, parent, 'CREATE_PUBLIC_THREADS')) refuse(50013);
  checkThread(call, true);
  if (message.threadId) refuse(160004);
  const thread = newChannel(world, {
    id: message.id,
    name: text(request.body.name),
    kind: 'thread',
    guildId: parent.guildId ?? '',
    parentId: parent.id,
    ownerId: world.botId,
    autoArchiveMinutes: Number(request.body.auto_archive_duration ?? 1440),
  });
  message.threadId = thread.id;
  world.emit('THREAD_CREATE', { ...channelJson(world, thread), newly_created: true });
  return ok(channelJson(world, thread), 201);
}

function change(call: Call): Answer {
  const { world, request, params } = call;
  const channel = visibleChannel(world, params[0]);
  const { body } = request;
  if (channel.kind !== 'thread') {
    if (!may(world, world.botId, channel, 'MANAGE_CHANNELS')) refuse(50013);
    return refuse(50024);
  }
  checkThread(call, false);
  const manages = may(world, world.botId, channel, 'MANAGE_THREADS');
  if (!manages && (channel.ownerId !== world.botId || channel.locked || given(body.locked))) refuse(50013);
  if (channel.archived && body.archived !== false) refuse(50083);
  if (given(body.name)) channel.name = text(body.name);
  if (given(body.archived)) channel.archived = body.archived === true;
  if (given(body.locked)) channel.locked = body.locked === true;
  if (given(body.auto_archive_duration)) channel.autoArchiveMinutes = Number(body.auto_archive_duration);
  world.emit('THREAD_UPDATE', channelJson(world, channel));
  return ok(channelJson(world, channel));
}

function openDm({ world, request }: Call): Answer {
  const user = world.users.get(text(request.body.recipient_id));
  if (!user) return refuse(10013);
  // A channel is handed out for everyone; a closed door shows only when writing. Bots have none.
  if (user.bot) refuse(50007);
  return ok(channelJson(world, directChannel(world, user.id)));
}

export const threadRoutes: Route[] = [
  { method: 'POST', pattern: '/channels/:id/messages/:id/threads', run: start },
  { method: 'PATCH', pattern: '/channels/:id', run: change },
  { method: 'POST', pattern: '/users/@me/channels', run: openDm },
];
