import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lookAtForward } from '../../src/cli/doctor-forwards.ts';
import { type Config, readConfig } from '../../src/config/env.ts';
import { auditCall } from '../segment/calls.ts';
import { SECRET, signed } from '../segment/server.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { installedEngines } from '../support/engines.ts';
import { emptyFolder, runToEnd } from '../support/process.ts';
import { until } from '../support/wait.ts';
import { oldSecret, secret } from './desk.ts';
import { isSigned, type Receiver, startReceiver } from './receiver.ts';

/** Starts of the whole application. */
vi.setConfig({ testTimeout: 120_000 });

const NOW = '2026-11-25T10:30:20Z';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const secretsOf = (text: string): Config['forwardSecrets'] => readConfig({ FORWARD_SECRETS: text }).forwardSecrets;

function policyFile(text: string): { path: string; rewrite(text: string): void } {
  const folder = emptyFolder();
  closers.push(folder.remove);
  const path = join(folder.path, 'pipewarden.yml');
  writeFileSync(path, text);
  return { path, rewrite: (other) => writeFileSync(path, other) };
}

let events = 0;
const change = () => ({
  id: `ev-${++events}`,
  time: '2026-11-25T10:25:00Z',
  actor: { id: 'u-1', name: 'Dana' },
  action: 'destination.disabled',
  resource: { kind: 'destination', id: 'dst-1', name: 'Amplitude' },
});

const pushTo = ({ app }: TestApp, ...changes: object[]) =>
  fetch(`${app.url}/v1/audit`, {
    method: 'POST',
    headers: { authorization: 'Bearer test-token', 'content-type': 'application/json' },
    body: JSON.stringify({ events: changes }),
  });

let siem: Receiver;
beforeEach(async () => {
  siem = await startReceiver();
  closers.push(() => siem.close());
});
const line = (name: string, more = '') => `  - {name: ${name}, url: "${siem.url}", allow_private: true${more}}\n`;

describe.each(await installedEngines())('the application on $name', ({ open }) => {
  test('sends a change on as soon as it is pushed; a forward that is added later begins there', async () => {
    const { settings, drop } = await open();
    const file = policyFile(`forwards:\n${line('siem', ', query: "action:destination.*"')}`);
    const forwardSecrets = secretsOf(`siem:${secret},lake:${oldSecret}`);
    const here = await startApp({
      now: NOW,
      demo: false,
      ...settings,
      segmentSecrets: [SECRET],
      configFile: file.path,
      forwardSecrets,
    });
    closers.push(drop, () => here.close());
    expect((await pushTo(here, change(), { ...change(), action: 'source.enabled' })).status).toBe(202);
    await until('the change is there', () => siem.received.length === 1);
    expect(isSigned(siem.received[0] as never, secret, new Date(NOW))).toBe(true);

    const body = JSON.stringify(auditCall());
    const headers = { 'content-type': 'application/json', 'x-signature': signed(body) };
    expect((await fetch(`${here.app.url}/webhooks/segment`, { method: 'POST', headers, body })).status).toBe(200);
    await until('what Segment forwards is there', () => siem.received.length === 2);

    file.rewrite(`forwards:\n${line('siem', ', query: "action:destination.*"')}${line('lake')}`);
    expect(here.app.reloadPolicy()).toBe(true);
    const sentTo = (key: string) => siem.received.filter((one) => isSigned(one, key, new Date(NOW))).length;
    await until('lake has begun', async () => (await metricsOf(here)).includes('pipewarden_forward_behind{forward="lake"} 0'));
    await pushTo(here, change());
    await until('both have it', () => sentTo(secret) === 3 && sentTo(oldSecret) === 1);
    expect(await metricsOf(here)).toContain('pipewarden_forward_tries_total{forward="siem",result="delivered"} 3');

    // What is dead is known to whoever asks the doctor, wherever the data lies.
    siem.answer = 410;
    await pushTo(here, change());
    await until('it is dead', async () => (await metricsOf(here)).includes('pipewarden_forward_dead{forward="siem"} 1'));
    const { hostname: host, port } = new URL(here.app.url);
    const config = { ...readConfig({}), ...settings, host, port: Number(port), forwardSecrets };
    const forward = { name: 'siem', url: siem.url, query: '', allowPrivate: true };
    await expect(lookAtForward(config, forward)).rejects.toThrow(
      /(1 are given up|given up\. The receiver answered 410).*audit forwards/,
    );
    expect(await lookAtForward(config, { ...forward, name: 'lake' }).catch(String)).not.toContain('nothing waits');

    // Without a secret the new file is not taken.
    file.rewrite(`forwards:\n${line('other')}`);
    expect(here.app.reloadPolicy()).toBe(false);
  });
});

const metricsOf = async ({ app }: TestApp): Promise<string> => (await fetch(`${app.url}/metrics`)).text();

test('what is not delivered shows in the metrics, and the owners are told', async () => {
  siem.answer = 410;
  const { path } = policyFile(`forwards:\n${line('siem')}`);
  const here = await startApp({ now: NOW, demo: false, configFile: path, forwardSecrets: secretsOf(`siem:${secret}`) });
  closers.push(() => here.close());
  await pushTo(here, change());
  await until('it is dead', async () => (await metricsOf(here)).includes('pipewarden_forward_dead{forward="siem"} 1'));
  const general = async () => (await fetch(`${here.app.url}/c/general`)).text();
  await until('the owners are told', async () => (await general()).includes('The forward siem has given up a change'));
});

test('ends at once though a receiver takes its time', async () => {
  siem.answer = { by() {} };
  const { path } = policyFile(`forwards:\n${line('siem')}`);
  const here = await startApp({ now: NOW, demo: false, configFile: path, forwardSecrets: secretsOf(`siem:${secret}`) });
  await pushTo(here, change());
  await until('it is asked', () => siem.received.length === 1);
  // Time stands still here: nothing but the end itself breaks it off.
  await here.close();
});

describe('the process', () => {
  const run = (env: Record<string, string>, args: string[] = []) => {
    const folder = emptyFolder();
    closers.push(folder.remove);
    return runToEnd({ DATA_DIR: folder.path, DEMO: '0', ...env }, args);
  };

  test('does not start without a secret for each forward, and says how to make one', async () => {
    const { path } = policyFile(`forwards:\n${line('siem')}`);
    const { code, output } = await run({ CONFIG_FILE: path });
    expect(code).toBe(1);
    expect(output).toContain('The forward siem has no secret in FORWARD_SECRETS to sign with.');
    expect(output).toContain('echo "FORWARD_SECRETS=siem:whsec_$(openssl rand -base64 32)"');
  });

  test('tells each forward to whoever asks the doctor', async () => {
    const { path } = policyFile(`forwards:\n${line('siem')}  - {name: inner, url: "https://10.0.0.8/hook"}\n${line('bare')}`);
    const { code, output } = await run(
      { CONFIG_FILE: path, FORWARD_SECRETS: `siem:${secret},siem:${oldSecret},inner:${secret}` },
      ['doctor'],
    );
    expect(output).toMatch(
      /✓ forward siem: 127\.0\.0\.1:\d+ may be called, signed with the new and the old secret, what waits is told/,
    );
    expect(output).toMatch(/✗ forward inner: 10\.0\.0\.8 is an address of the kind “private”\. .*allow_private: true/);
    expect(output).toMatch(/✗ forward bare: The forward bare has no secret/);
    expect(output).not.toContain(secret.slice(6));
    expect(code).toBe(1);
  });
});
