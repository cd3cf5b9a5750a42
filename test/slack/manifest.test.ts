import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { slackManifest } from '../../src/cli/manifest.ts';

/** Slack's rules: unknown keys are refused at every level. */
const Url = z.url({ protocol: /^https?$/ });
const Manifest = z.strictObject({
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().min(1).max(140),
    background_color: z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/),
  }),
  features: z.strictObject({
    bot_user: z.strictObject({ display_name: z.string().regex(/^[A-Za-z0-9_.-]{1,80}$/), always_online: z.boolean() }),
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000),
          should_escape: z.boolean(),
          url: Url.max(3_000).optional(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().max(50)).min(1).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100), request_url: Url.max(3_500).optional() }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: Url.max(3_500).optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});
const read = (yaml: string) => Manifest.parse(parse(yaml));
const unique = (items: readonly string[]) => new Set(items).size === items.length;

describe('the manifest', () => {
  test('is what the code makes, and what Slack takes', async () => {
    const yaml = slackManifest(commands);
    await expect(yaml).toMatchFileSnapshot('../../manifest.yml');
    const { features, settings, oauth_config } = read(yaml);
    expect(features.slash_commands.map(({ command }) => command)).toEqual(commands.map(({ name }) => `/${name}`));
    expect(settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(settings)).not.toContain('url');
    expect(unique(oauth_config.scopes.bot) && unique(settings.event_subscriptions.bot_events)).toBe(true);
  });

  test('for HTTP names one address everywhere, and takes a prefix', () => {
    const url = 'https://pipewarden.example/slack/events';
    const { features, settings } = read(slackManifest(commands, { requestUrl: url, prefix: 'cdp-' }));
    expect(settings.socket_mode_enabled).toBe(false);
    expect([settings.interactivity.request_url, settings.event_subscriptions.request_url]).toEqual([url, url]);
    expect(features.slash_commands.every((command) => command.url === url && command.command.startsWith('/cdp-'))).toBe(true);
  });

  test('shortens what Slack would not take', () => {
    const options = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`option${at}`, { kind: 'text' as const, summary: '', required: false }]),
    );
    const verb = { summary: 's', example: 'e', options };
    const many = { name: 'x', summary: 's', defaultVerb: 'a', verbs: { a: verb, b: verb, c: verb, d: verb } };
    read(slackManifest([many]));
  });
});
