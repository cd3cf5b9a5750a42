import type { App, webApi } from '@slack/bolt';
import { sentence } from '../../core/messages/message.ts';
import { type EarParts, listenerOf } from './ears.ts';
import { Told } from './payloads.ts';
import { Seen } from './seen.ts';

const REMOVED = 'The app was removed from the workspace. Install it again and put the new token into SLACK_BOT_TOKEN.';

export function hearEvents(app: App, parts: EarParts): void {
  // Slack delivers an event again for some minutes where it is not sure.
  const seen = new Seen(parts.clock, 15 * 60_000);
  app.event(/.*/, async ({ body }) => {
    const told = Told.parse(body);
    if (told.team_id !== parts.me().team) return;
    if (told.event_id !== undefined && !seen.first(told.event_id)) return;
    parts.background.run(() => onEvent(parts, told.event));
  });
}

async function onEvent(parts: EarParts, event: Told['event']): Promise<void> {
  const { team, botUser, botName } = parts.me();
  const channel = event.channel ?? '';
  const left = (why: string) => (channel === '' ? undefined : listenerOf(parts).left({ platform: 'slack', team, channel, why }));
  const removed = `We were removed from the channel. Type “/invite @${botName}” there to have us back.`;
  switch (event.type) {
    case 'app_home_opened':
      if (event.tab === undefined || event.tab === 'home') await showHome(parts, event.user ?? '');
      return;
    case 'member_joined_channel':
      if (event.user === botUser && channel !== '') await listenerOf(parts).joined({ platform: 'slack', team, channel });
      return;
    case 'member_left_channel':
      if (event.user === botUser) await left(removed);
      return;
    case 'channel_left':
    case 'group_left':
      return left(removed);
    case 'channel_archive':
    case 'group_archive':
      return left('The channel was archived. Unarchive it and invite us again, or choose another one.');
    case 'channel_deleted':
    case 'group_deleted':
      return left('The channel was deleted. Choose another one.');
    case 'tokens_revoked':
      if (event.tokens?.bot?.includes(botUser)) await teamLeft(parts);
      return;
    case 'app_uninstalled':
      return teamLeft(parts);
  }
}

async function teamLeft(parts: EarParts): Promise<void> {
  parts.closed(REMOVED);
  await listenerOf(parts).left({ platform: 'slack', team: parts.me().team, why: REMOVED });
}

/** Our page in Slack; pictures come later. */
async function showHome(parts: EarParts, user: string): Promise<void> {
  const { client, people, show, tell } = parts;
  const { team } = parts.me();
  const message = await (async () => {
    try {
      return await listenerOf(parts).home({
        caller: await people.callerOf(user, team),
        place: { platform: 'slack', team, channel: '' },
      });
    } catch (error) {
      return sentence(tell.sentenceFor(error), 'warning');
    }
  })();
  const publish = (charts: boolean) =>
    show.send(
      message,
      async ({ blocks }) => {
        const view = { type: 'home', blocks } as unknown as webApi.ViewsPublishArguments['view'];
        await parts.call(() => client.views.publish({ user_id: user, view }));
      },
      { surface: 'home', charts },
    );
  await show.revise(`home:${user}`, message, () => publish(false), publish);
}
