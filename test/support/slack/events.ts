import { onBareAck } from './acks.ts';
import type { Courier } from './deliver.ts';
import { type Json, text } from './json.ts';
import { eventBody } from './payloads.ts';
import type { Delivery, FakeChannel } from './types.ts';
import { isMember, type World } from './world.ts';

export type SlackEvent = Json & { type: string };

const scopes: Record<string, string> = { app_mention: 'app_mentions:read', 'message.im': 'im:history' };

/** The name an app subscribes to. */
const subscription = (event: SlackEvent): string =>
  event.type === 'message' ? `message.${text(event.channel_type)}` : event.type;

/** Why Slack would not tell the app; undefined when it would. */
function silence(world: World, event: SlackEvent, subscribed: readonly string[] | undefined): string | undefined {
  const name = subscription(event);
  if (subscribed && !subscribed.includes(name)) return 'not_subscribed';
  const channel = world.channels.get(text(event.channel));
  if (channel && /^member_/.test(name) && !isMember(world, channel)) return 'not_in_channel';
  const byChannel = channel && /^(member|channel|group)_/.test(name) ? readScope(channel) : undefined;
  const needed = scopes[name] ?? byChannel;
  return needed && !world.scopes.has(needed) ? 'missing_scope' : undefined;
}

const readScope = (channel: FakeChannel): string => (channel.kind === 'private' ? 'groups:read' : 'channels:read');

/** What happens in the workspace by itself or by its admins, and whether the app hears of it. */
export function createEvents(world: World, courier: Courier, subscribed?: readonly string[]) {
  const event_ts = () => (world.now() / 1000).toFixed(6);

  async function tell(event: SlackEvent, fields: Json = {}): Promise<Delivery> {
    const body = eventBody(world, event, fields);
    const why = silence(world, event, subscribed);
    if (why) return courier.unsent('events_api', body, why);
    const delivery = await courier.send('events_api', body);
    onBareAck(world, delivery, `the event ${event.type}`);
    return delivery;
  }
  /** Private channels have events of their own. */
  const about = (channel: FakeChannel, what: string) => `${channel.kind === 'private' ? 'group' : 'channel'}_${what}`;

  return {
    tell,
    archive(channel: FakeChannel): Promise<Delivery> {
      channel.archived = true;
      return tell({ type: about(channel, 'archive'), channel: channel.id, user: 'U0ADMIN', event_ts: event_ts() });
    },
    rename(channel: FakeChannel, name: string): Promise<Delivery> {
      channel.name = name;
      const renamed = { id: channel.id, name, name_normalized: name, created: 1_700_000_000, is_channel: true, is_mpim: false };
      return tell({ type: about(channel, 'rename'), channel: renamed, event_ts: event_ts() });
    },
    kick(channel: FakeChannel): Promise<Delivery> {
      channel.members.delete(world.app.botUserId);
      return tell({ type: about(channel, 'left'), channel: channel.id, actor_id: 'U0ADMIN', event_ts: event_ts() });
    },
    async uninstall(): Promise<Delivery> {
      world.tokenState = 'account_inactive';
      for (const channel of world.channels.values()) if (channel.kind !== 'im') channel.members.delete(world.app.botUserId);
      await tell({ type: 'tokens_revoked', tokens: { oauth: [], bot: [world.app.botUserId] }, event_ts: event_ts() });
      return tell({ type: 'app_uninstalled', event_ts: event_ts() });
    },
  };
}
