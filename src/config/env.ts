import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ApiToken } from '../http/tokens.ts';
import { type ForwardSecrets, forwardSecrets } from './forward-secrets.ts';
import { apiTokens, consoleTokens, proxies, secretKey, secrets } from './values.ts';

/** Whether only this machine can reach that address. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/** Every variable there is, with what it means: the README's table is printed from here. Empty counts as not set. */
export const variables = {
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. Anything but loopback needs `CONSOLE_TOKEN`.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Port to listen on; 0 takes a free one.'),
  DATA_DIR: z.string().default('./data').describe('Folder of the embedded database and of keys made here.'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL 15 or later. Empty: the embedded database in `DATA_DIR`.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis 6.2 or later, `noeviction`, for the job queue. Empty: the queue lives in the database.'),
  ROLE: z
    .enum(['all', 'web', 'worker'])
    .default('all')
    .describe(
      'With `DATABASE_URL`, of any number of processes: `web` listens to people and programs, `worker` does what is owed (posts, roll-ups, collecting, sealing, forwards), `all` both.',
    ),
  SECRET_KEY: secretKey
    .optional()
    .describe('32 bytes in base64, from which all keys derive. Required with `DATABASE_URL`; else made in `DATA_DIR`.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address people use, for links and behind a proxy.'),
  TRUSTED_PROXIES: proxies
    .optional()
    .describe(
      'Addresses or networks of your reverse proxies, `10.0.0.5,172.16.0.0/12`, whose `X-Forwarded-For` says who calls. Empty: whoever connects.',
    ),
  DEMO: z.enum(['0', '1']).optional().describe('`1`: a simulated workspace; `0`: none. Empty: only while no chat token is set.'),
  API_TOKENS: apiTokens
    .optional()
    .describe(
      '`name[@workspace]:token[:scope+scope],…` with the scopes `ingest` (default), `read` and `audit`. None set: one is made at first start and kept in `DATA_DIR`.',
    ),
  CONSOLE_TOKEN: consoleTokens
    .optional()
    .describe('`person:token,…`, asked for by the console before anything is shown. A token alone is the owner’s.'),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-').optional().describe('Turns Slack on: the bot token, `xoxb-…`.'),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-')
    .optional()
    .describe('App-level token, `xapp-…`: Slack is reached by Socket Mode, no public address needed.'),
  SLACK_SIGNING_SECRET: secrets
    .optional()
    .describe('Without `SLACK_APP_TOKEN`: Slack calls `/slack/events`, signed with this. `new,old` while it is rotated.'),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Another base of Slack’s API, for tests and proxies.'),
  DISCORD_TOKEN: z.string().min(10).optional().describe('Turns Discord on: the bot token.'),
  DISCORD_APPLICATION_ID: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional()
    .describe('Found beside the token; needed with it.'),
  DISCORD_PUBLIC_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .optional()
    .describe('For `/discord/interactions`, if Discord is to reach it; the gateway needs no such address.'),
  DISCORD_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Another base of Discord’s API, for tests and proxies.'),
  SEGMENT_WEBHOOK_SECRET: secrets
    .optional()
    .describe(
      'Segment’s audit forwarding calls `/webhooks/segment`, signed with this. `new,old` while it is rotated. Empty: that address is off.',
    ),
  COMMAND_PREFIX: z
    .string()
    .regex(/^[a-z0-9_-]{1,12}$/)
    .optional()
    .describe('Put before the name of every Slack command, e.g. `cdp-` for `/cdp-pipeline`.'),
  CONFIG_FILE: z.string().optional().describe('Roles and people as a file; `./pipewarden.yml` if it is there.'),
  FORWARD_SECRETS: forwardSecrets
    .optional()
    .describe(
      '`name:whsec_…,…`: what each forward of the policy file signs with; a name twice, new then old, while it is rotated. See docs/forwarding.md.',
    ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('What is logged, as JSON lines on stderr.'),
};

const schema = z.object(variables).superRefine((env, context) => {
  if (env.DATABASE_URL !== undefined && env.SECRET_KEY === undefined) {
    const fresh = randomBytes(32).toString('base64');
    context.addIssue({
      code: 'custom',
      path: ['SECRET_KEY'],
      message: `must be set with DATABASE_URL, the same for every process. A new one, made for you: SECRET_KEY=${fresh}`,
    });
  }
  if (env.ROLE !== 'all' && env.DATABASE_URL === undefined) {
    const message = `${env.ROLE} needs a DATABASE_URL, the same for every process: the embedded database is one process’s alone`;
    context.addIssue({ code: 'custom', path: ['ROLE'], message });
  }
  if (env.SLACK_BOT_TOKEN && !env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET) {
    const message = 'set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP: SLACK_BOT_TOKEN alone hears nothing';
    context.addIssue({ code: 'custom', path: ['SLACK_APP_TOKEN'], message });
  }
  if (env.DISCORD_TOKEN && !env.DISCORD_APPLICATION_ID) {
    const message = 'must be set with DISCORD_TOKEN: “Application ID” on the General page of the developer portal';
    context.addIssue({ code: 'custom', path: ['DISCORD_APPLICATION_ID'], message });
  }
  if (!isLoopback(env.HOST) && env.CONSOLE_TOKEN === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['CONSOLE_TOKEN'],
      message: `must be set when HOST is ${env.HOST}: the console would be open to the network`,
    });
  }
});

export interface SlackConfig {
  botToken: string;
  /** With it, Socket Mode. */
  appToken: string | undefined;
  signingSecrets: readonly string[];
  apiUrl: string | undefined;
  /** Before the name of every command; may be empty. */
  commandPrefix: string;
}

export interface DiscordConfig {
  token: string;
  applicationId: string;
  publicKey: string | undefined;
  apiUrl: string | undefined;
}

export interface Config {
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** What this process does, of what all do together. */
  role: 'all' | 'web' | 'worker';
  /** As configured; undefined where it is made in the data folder. */
  secretKey: Buffer | undefined;
  publicUrl: string | undefined;
  /** Networks whose word for where a caller is we take. */
  trustedProxies?: readonly string[];
  demo: boolean;
  apiTokens: ApiToken[] | undefined;
  consoleTokens: { person: string | undefined; token: string }[] | undefined;
  /** Undefined where it is not configured. */
  slack: SlackConfig | undefined;
  discord: DiscordConfig | undefined;
  /** Those that Segment's webhook may be signed with; none turns it off. */
  segmentSecrets: readonly string[];
  configFile: string | undefined;
  forwardSecrets: ForwardSecrets;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** The policy file that a start would load: the one that is named, or undefined for the one that may be there. */
export const configFileIn = (environment: Record<string, string | undefined>): string | undefined =>
  environment.CONFIG_FILE === '' ? undefined : environment.CONFIG_FILE;

/** Reads the environment once. Throws one error that lists everything that is wrong with it. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is not usable:\n${lines.join('\n')}\nSee the table of variables in the README.`);
  }
  const env = parsed.data;
  return {
    host: env.HOST,
    port: env.PORT,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    role: env.ROLE,
    secretKey: env.SECRET_KEY,
    publicUrl: env.PUBLIC_URL,
    trustedProxies: env.TRUSTED_PROXIES ?? [],
    demo: env.DEMO === undefined ? !(env.SLACK_BOT_TOKEN || env.DISCORD_TOKEN) : env.DEMO === '1',
    apiTokens: env.API_TOKENS,
    consoleTokens: env.CONSOLE_TOKEN,
    slack: env.SLACK_BOT_TOKEN
      ? {
          botToken: env.SLACK_BOT_TOKEN,
          appToken: env.SLACK_APP_TOKEN,
          signingSecrets: env.SLACK_SIGNING_SECRET ?? [],
          apiUrl: env.SLACK_API_URL,
          commandPrefix: env.COMMAND_PREFIX ?? '',
        }
      : undefined,
    discord:
      env.DISCORD_TOKEN && env.DISCORD_APPLICATION_ID
        ? {
            token: env.DISCORD_TOKEN,
            applicationId: env.DISCORD_APPLICATION_ID,
            publicKey: env.DISCORD_PUBLIC_KEY,
            apiUrl: env.DISCORD_API_URL,
          }
        : undefined,
    segmentSecrets: env.SEGMENT_WEBHOOK_SECRET ?? [],
    configFile: env.CONFIG_FILE,
    forwardSecrets: env.FORWARD_SECRETS ?? new Map(),
    logLevel: env.LOG_LEVEL,
  };
}
