import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { madeFolder, runToEnd, startProcess } from '../support/process.ts';
import { until } from '../support/wait.ts';

vi.setConfig({ testTimeout: 240_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('verify and export work beside the running process and without it, and tell by their exit code what they found', async () => {
  const folder = madeFolder();
  cleanUps.push(folder.remove);
  const env = { DATA_DIR: folder.path, DEMO: '0' };
  const running = await startProcess(env);
  cleanUps.push(() => running.kill());
  const event = (id: string) => ({
    id,
    time: new Date().toISOString(),
    actor: { id: 'u-1', name: '=Dana' },
    action: 'Integration Disabled',
    resource: { kind: 'destination', id: 'crm' },
  });
  const sent = await fetch(`${running.url}/v1/audit`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event('one'), event('two')] }),
  });
  expect(sent.status).toBe(202);

  // Beside it: through the process, which records that the trail was exported.
  const csv = await runToEnd(env, ['export', 'action:destination.disabled', '--format', 'csv']);
  expect(csv).toMatchObject({ code: 0, output: expect.stringMatching(/one.*'=Dana/) });
  await running.stop();

  // Without it: from the folder, where nobody seals.
  const file = join(folder.path, 'trail.jsonl');
  expect(await runToEnd(env, ['export', '--format', 'proof', '--out', file])).toMatchObject({ code: 0 });
  const again = await startProcess(env);
  cleanUps.push(() => again.kill());
  const verify = () => runToEnd(env, ['verify']);
  await until('all is sealed', async () => /rows 1–\d+ ok/.test((await verify()).output));
  const whole = await verify();
  expect(whole).toMatchObject({ code: 2, output: expect.stringMatching(/WHOLE, NOT PROVEN.*\n.*No checkpoint from outside/) });
  const key = /Public key: ([\w-]{43})/.exec(whole.output)?.[1] ?? '';

  // Elsewhere: from a file, with the key alone.
  expect(await runToEnd(env, ['export', '--format', 'proof', '--out', file])).toMatchObject({ code: 0 });
  const proof = readFileSync(file, 'utf8');
  const anchor = /pw1\.[\w-]+\.[\w-]+/.exec(proof)?.[0] ?? '';
  expect(await runToEnd({}, ['verify', file, '--key', key, '--anchor', anchor])).toMatchObject({ code: 0 });
  writeFileSync(file, proof.replace('"u-1"', '"u-9"'));
  expect(await runToEnd({}, ['verify', file, '--key', key])).toMatchObject({
    code: 1,
    output: expect.stringMatching(/Row 1 .*was changed/),
  });
  expect(await runToEnd(env, ['verify', file, '--anchor', 'nothing'])).toMatchObject({
    code: 3,
    output: expect.stringContaining('there is no checkpoint'),
  });
  writeFileSync(file, `${proof}not a line\n`);
  expect(await runToEnd(env, ['verify', file])).toMatchObject({ code: 3, output: expect.stringMatching(/Line \d+ is no JSON/) });
  expect(await runToEnd(env, ['export', '--format', 'xml'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('--format is one of'),
  });
});
