import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../src/config/env.ts';
import { secret } from '../forward/desk.ts';
import { type Receiver, startReceiver } from '../forward/receiver.ts';
import { auditCall } from '../segment/calls.ts';
import { SECRET, signed } from '../segment/server.ts';
import type { Settings, TestApp } from '../support/app.ts';
import { type Engine, installedEngines } from '../support/engines.ts';
import { emptyFolder } from '../support/process.ts';

/** Twelve minutes after the demo's incident began, before which Dana had disabled a mapping. */
export const AUDIT_NOW = '2026-11-25T12:40:20Z';

/** The largest that answers: one story a platform is enough, what lies between has its own tests. */
export const largest = (await installedEngines()).at(-1) as Engine;

/** Where the story happens: who owns it, where checkpoints are posted, and a SIEM on this machine. */
export interface Backstage {
  settings: Partial<Settings>;
  siem: Receiver;
  /** By hand, past all guards, as whoever has the database may; undefined where nobody else can open it. */
  rename: ((from: string, to: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

export async function backstage({ owner, checkpoints }: { owner: string; checkpoints: string }): Promise<Backstage> {
  const { settings, drop } = await largest.open();
  const siem = await startReceiver();
  const folder = emptyFolder();
  const configFile = join(folder.path, 'pipewarden.yml');
  writeFileSync(
    configFile,
    `roles: {owner: ["${owner}"]}
audit: {checkpoints: "${checkpoints}"}
forwards:
  - {name: siem, url: "${siem.url}", allow_private: true, query: "action:*.disabled"}
`,
  );
  const { databaseUrl } = settings;
  return {
    siem,
    settings: {
      ...{ secretKey: Buffer.alloc(32, 7), ...settings, configFile, segmentSecrets: [SECRET] },
      forwardSecrets: readConfig({ FORWARD_SECRETS: `siem:${secret}` }).forwardSecrets,
    },
    rename: databaseUrl === undefined ? undefined : (from, to) => rename(databaseUrl, from, to),
    async close() {
      await siem.close();
      folder.remove();
      await drop();
    },
  };
}

async function rename(databaseUrl: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('set session_replication_role = replica');
  const { rowCount } = await client.query('update audit_event set actor_name = $2 where actor_name = $1', [from, to]);
  await client.end();
  if (rowCount !== 1) throw new Error(`${rowCount} rows were changed by hand`);
}

const post = async ({ app }: TestApp, path: string, body: string, headers: Record<string, string>): Promise<number> => {
  const all = { 'content-type': 'application/json', ...headers };
  return (await fetch(`${app.url}${path}`, { method: 'POST', headers: all, body })).status;
};

/** A script of the house disables HubSpot, whose address at its provider is known. Resolves to the status. */
export async function pushChange(app: TestApp): Promise<number> {
  const url = 'https://provider.example/hubspot';
  await app.push({
    batchId: 'resources',
    resources: [{ kind: 'destination', id: 'dst-hubspot', name: 'HubSpot', url }],
    counts: [{ time: '2026-11-25T12:30:00Z', source: 'site', destination: 'dst-hubspot', step: 'successful_delivery', count: 1 }],
  });
  const event = {
    id: 'deploy-4711',
    time: '2026-11-25T12:36:00Z',
    actor: { id: 'deploy-bot', name: 'Deploy bot', type: 'token' },
    action: 'destination.disabled',
    resource: { kind: 'destination', id: 'dst-hubspot', name: 'HubSpot' },
    before: { enabled: true, apiKey: 'k-1' },
    after: { enabled: false, apiKey: 'k-2' },
    context: { reason: '=too much noise' },
  };
  return post(app, '/v1/audit', JSON.stringify({ events: [event] }), { authorization: 'Bearer test-token' });
}

/** The same as Segment forwards it, signed. */
export async function forwardChange(app: TestApp): Promise<number> {
  const call = auditCall({ messageId: 'api-4712', timestamp: '2026-11-25T12:32:00.000Z' });
  const body = JSON.stringify(call);
  return post(app, '/webhooks/segment', body, { 'x-signature': signed(body) });
}
