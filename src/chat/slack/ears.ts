import type { App, webApi } from '@slack/bolt';
import type { Background } from '../../core/background.ts';
import { UserError } from '../../core/errors.ts';
import type { ChatListener } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { hearEvents } from './hear-events.ts';
import { hearForms } from './hear-forms.ts';
import { onPress } from './hear-presses.ts';
import { Command, Press, typed } from './payloads.ts';
import type { People } from './people.ts';
import { accountOf, isDirect } from './places.ts';
import type { Replies } from './replies.ts';
import { Seen } from './seen.ts';
import type { Show } from './show.ts';
import type { Tell } from './tell.ts';

/** Who we are there; known once started. */
export interface Identity {
  team: string;
  botUser: string;
  botName: string;
}

export interface EarParts {
  client: webApi.WebClient;
  people: People;
  replies: Replies;
  show: Show;
  tell: Tell;
  clock: Clock;
  log: Log;
  background: Background;
  /** Before every command's name. */
  prefix: string;
  me(): Identity;
  listener(): ChatListener | undefined;
  /** Rejects with a SendError. */
  call<T>(request: () => Promise<T>): Promise<T>;
  /** The app was removed: nothing can be reached any more. */
  closed(why: string): void;
}

export function listenerOf({ listener }: EarParts): ChatListener {
  const heard = listener();
  if (!heard) throw new UserError('unavailable', 'Pipewarden is still starting. Please try again in a moment.');
  return heard;
}

/** Everything people do in Slack, acknowledged before anything else. */
export function hear(app: App, parts: EarParts): void {
  const clicks = { redelivered: new Seen(parts.clock, 10 * 60_000), double: new Seen(parts.clock, 1_000) };

  app.command(/.*/, async ({ ack, body }) => {
    await ack();
    parts.background.run(() => onCommand(parts, Command.parse(body)));
  });
  app.action(/.*/, async ({ ack, body }) => {
    await ack();
    const press = Press.parse(body);
    if (isFirst(press, clicks)) parts.background.run(() => onPress(parts, press));
  });
  hearForms(app, parts);
  hearEvents(app, parts);
  app.error(async (error) => {
    parts.log.error({ error: error.stack ?? String(error) }, 'what Slack sent could not be read');
  });
}

/** A click is delivered again when its acknowledgement was lost, and people click twice. */
function isFirst({ actions, user, container }: Press, clicks: { redelivered: Seen; double: Seen }): boolean {
  const [pressed] = actions;
  const on = container.message_ts ?? container.view_id ?? '';
  const click = `${pressed?.action_id} ${pressed?.selected_option?.value ?? ''} ${on} ${user.id}`;
  return clicks.redelivered.first(`${click} ${pressed?.action_ts ?? ''}`) && clicks.double.first(click);
}

async function onCommand(parts: EarParts, body: Command): Promise<void> {
  const { people, replies, tell } = parts;
  const reply = replies.of(body.response_url, 'command');
  const direct = isDirect(body.channel_id);
  const account = accountOf(body.user_id);
  const place = {
    platform: 'slack',
    team: parts.me().team,
    channel: direct ? '' : body.channel_id,
    ...(direct ? { person: account } : {}),
    ...(body.thread_ts ? { thread: body.thread_ts } : {}),
    ...(reply ? { reply: replies.sealed(reply) } : {}),
  };
  await tell.carefully({ place: { ...place, person: account }, reply }, async () => {
    const caller = await people.callerOf(body.user_id, body.team_id || place.team);
    await listenerOf(parts).command({ caller, place, text: lineOf(body, parts.prefix) });
  });
}

/** The line as it would be typed where commands have no prefix. */
function lineOf({ command, text }: Command, prefix: string): string {
  const name = command.replace(/^\//, '');
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return `/${bare} ${typed(text)}`.trim();
}
