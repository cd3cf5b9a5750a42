import { stringify } from 'yaml';
import type { CommandFacts, Option } from '../core/commands/command.ts';

/** What the app may do, the least that works; docs/slack.md says why each. */
export const botScopes = [
  'commands',
  'chat:write',
  'chat:write.public',
  'files:write',
  'files:read',
  'users:read',
  'channels:read',
  'groups:read',
] as const;

/** Our page, coming and going. Everything else arrives as commands and clicks. */
export const botEvents = [
  'app_home_opened',
  'app_uninstalled',
  'tokens_revoked',
  'member_joined_channel',
  'member_left_channel',
  'channel_left',
  'channel_archive',
  'channel_deleted',
  'group_left',
  'group_archive',
  'group_deleted',
] as const;

const ABOUT = 'Where events are on their way to each destination, why some do not arrive, and what to do about it.';
const HINT_LIMIT = 1_000;

export interface ManifestOptions {
  /** Before the name of every command, as in COMMAND_PREFIX. */
  prefix?: string;
  /** Where Slack calls us, `https://…/slack/events`; without it, Socket Mode. */
  requestUrl?: string;
}

/** The app for Slack, as YAML that its “From a manifest” page takes. */
export function slackManifest(commands: readonly CommandFacts[], { prefix = '', requestUrl }: ManifestOptions = {}): string {
  const url = requestUrl === undefined ? {} : { url: requestUrl };
  const request = requestUrl === undefined ? {} : { request_url: requestUrl };
  const manifest = {
    display_information: { name: 'Pipewarden', description: ABOUT, background_color: '#1f2a44' },
    features: {
      bot_user: { display_name: 'pipewarden', always_online: true },
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      slash_commands: commands.map((command) => ({
        command: `/${prefix}${command.name}`,
        description: command.summary,
        usage_hint: usageOf(command),
        // People and channels arrive by their ids.
        should_escape: true,
        ...url,
      })),
    },
    oauth_config: { scopes: { bot: botScopes } },
    settings: {
      event_subscriptions: { bot_events: botEvents, ...request },
      interactivity: { is_enabled: true, ...request },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === undefined,
      token_rotation_enabled: false,
    },
  };
  return `# Made from the commands by “npm run generate”: change those.\n${stringify(manifest, { lineWidth: 0 })}`;
}

/** The default verb without its name, the others by theirs. */
function usageOf({ defaultVerb, verbs }: CommandFacts): string {
  const usages = Object.entries(verbs).map(([name, { options }]) => {
    const words = Object.entries(options).map(([option, { required }]: [string, Option]) => (required ? option : `[${option}]`));
    return (name === defaultVerb && words.length > 0 ? words : [name, ...words]).join(' ');
  });
  while (usages.length > 1 && usages.join(' | ').length > HINT_LIMIT) usages.pop();
  return usages.join(' | ').slice(0, HINT_LIMIT);
}
