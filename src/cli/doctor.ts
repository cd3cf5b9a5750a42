import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { z } from 'zod';
import { inviteUrl } from '../chat/discord/definitions.ts';
import { type Config, isLoopback, readConfig } from '../config/env.ts';
import { loadPolicy, POLICY_FILE } from '../config/policy-file.ts';
import type { Forward } from '../core/audit/forward.ts';
import { lookAtForward } from './doctor-forwards.ts';

/** One thing looked at: a line with a mark, and what to do where it is wrong. */
interface Finding {
  what: string;
  ok: boolean;
  told: string;
}

const WAIT = 10_000;

/** `pipewarden doctor`: looks at everything the configuration names, without starting anything or changing anything. */
export async function doctor(): Promise<void> {
  const config = readConfig(process.env);
  const findings: Finding[] = [];
  const look = async (what: string, work: () => Promise<string>): Promise<void> => {
    const told = await work().then(
      (text) => ({ ok: true, told: text }),
      (error: unknown) => ({ ok: false, told: error instanceof Error ? error.message : String(error) }),
    );
    findings.push({ what, ...told });
    console.log(`${told.ok ? '✓' : '✗'} ${what}: ${told.told}`);
  };

  await look('Node', async () => process.version);
  await look('data folder', async () => writable(config.dataDir));
  if (config.databaseUrl) await look('PostgreSQL', () => postgres(config.databaseUrl as string));
  if (config.redisUrl) await look('Redis', () => redis(config.redisUrl as string));
  if (config.role !== 'all') await look('role', async () => roleOf(config));
  await look('console', async () => consoleOf(config));
  if (config.slack) await look('Slack', () => slack(config.slack as NonNullable<Config['slack']>));
  if (config.discord) await look('Discord', () => discord(config.discord as NonNullable<Config['discord']>));
  if (config.segmentSecrets.length > 0) await look('Segment', async () => segmentOf(config));
  let forwards: readonly Forward[] = [];
  await look('policy', async () => {
    forwards = loadPolicy(config.configFile).forwards;
    if (config.configFile) return config.configFile;
    return existsSync(POLICY_FILE) ? POLICY_FILE : `no file ${POLICY_FILE}: roles are those given in chat`;
  });
  for (const forward of forwards) await look(`forward ${forward.name}`, () => lookAtForward(config, forward));
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

function writable(folder: string): string {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
  return `${folder} can be written`;
}

async function postgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: WAIT });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
      "select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version",
    );
    const version = rows[0];
    if (Number(version?.server_version_num) < 150_000)
      throw new Error(`version ${version?.server_version}: 15 or later is needed`);
    return `version ${version?.server_version} answers`;
  } finally {
    await client.end();
  }
}

async function redis(url: string): Promise<string> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: WAIT });
  client.on('error', () => {});
  try {
    await client.connect();
    const policy = /maxmemory_policy:(\S+)/.exec(await client.info('memory'))?.[1];
    if (policy !== 'noeviction') throw new Error(`maxmemory-policy is ${policy}: set it to noeviction, or jobs may vanish`);
    return 'answers, noeviction';
  } finally {
    client.disconnect();
  }
}

function roleOf({ role, publicUrl }: Config): string {
  if (!publicUrl) throw new Error(`${role}: set PUBLIC_URL, the same for every process, so that all make the same links`);
  return role === 'web' ? 'web; a process with ROLE=worker has to run too' : 'worker; a process with ROLE=web has to run too';
}

function consoleOf({ host, consoleTokens, publicUrl, port }: Config): string {
  const where = publicUrl ?? `http://${host}:${port}`;
  if (!isLoopback(host) && publicUrl === undefined) return `${where}; set PUBLIC_URL, so that links lead to it`;
  return `${where}, ${consoleTokens ? 'with a token' : 'open to this machine'}`;
}

function segmentOf({ publicUrl }: Config): string {
  if (publicUrl) return `its Webhooks destination has to call ${publicUrl.replace(/\/$/, '')}/webhooks/segment`;
  throw new Error('set PUBLIC_URL to the https address at which Segment reaches /webhooks/segment');
}

const AuthTest = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  team: z.string().optional(),
  user: z.string().optional(),
});

async function slack({ botToken, appToken, apiUrl = 'https://slack.com/api/' }: NonNullable<Config['slack']>): Promise<string> {
  const call = (method: string, token: string) =>
    fetch(new URL(method, apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(WAIT),
    });
  const response = await call('auth.test', botToken);
  const answer = AuthTest.parse(await response.json());
  if (!answer.ok) throw new Error(`SLACK_BOT_TOKEN is refused (${answer.error}): install the app again and copy the token`);
  if (appToken) {
    const socket = AuthTest.parse(await (await call('apps.connections.open', appToken)).json());
    if (!socket.ok) throw new Error(`SLACK_APP_TOKEN is refused (${socket.error}): it needs the scope connections:write`);
  }
  const mode = appToken ? 'Socket Mode' : 'HTTP: Slack must reach /slack/events at PUBLIC_URL';
  return `${answer.user} in ${answer.team}, ${mode}, scopes ${response.headers.get('x-oauth-scopes') ?? 'not told'}`;
}

const Me = z.object({ id: z.string(), username: z.string() });

async function discord({
  token,
  applicationId,
  apiUrl = 'https://discord.com/api',
}: NonNullable<Config['discord']>): Promise<string> {
  const response = await fetch(`${apiUrl}/v10/users/@me`, {
    headers: { authorization: `Bot ${token}` },
    signal: AbortSignal.timeout(WAIT),
  });
  if (response.status === 401) throw new Error('DISCORD_TOKEN is refused: reset it in the developer portal and copy it');
  if (!response.ok) throw new Error(`Discord answers ${response.status}; try again in a while`);
  const me = Me.parse(await response.json());
  return `${me.username}. Invite it: ${inviteUrl(applicationId)}`;
}
