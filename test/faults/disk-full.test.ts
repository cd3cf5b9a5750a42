import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { madeFolder, type Running, runToEnd, startProcess } from '../support/process.ts';
import { batch, KNOWN, lastHour, unavailable, WHOLE } from './app.ts';

/** Nearly full once the database is on it. */
const SIZE = 112;

/** A disk of our own. */
function smallDisk(size = SIZE): { path: string; resize(megabytes: number): void; remove(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'pipewarden-disk-'));
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]).status === 0;
  if (!mount(`size=${size}m`)) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    resize: (megabytes) => void mount(`remount,size=${megabytes}m`),
    remove() {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Three starts of the program, each of some seconds. */
vi.setConfig({ testTimeout: 240_000 });

const probe = smallDisk();
probe?.remove();

describe.skipIf(!probe)(
  `a full disk under the embedded database${probe ? '' : ' (skipped: mounting a small one takes root)'}`,
  () => {
    const start = async (DATA_DIR: string): Promise<Running> => {
      const running = await startProcess({ DATA_DIR, DEMO: '0' });
      cleanUps.push(() => running.kill());
      return running;
    };
    const disk = (size?: number) => {
      const made = smallDisk(size);
      if (!made) throw new Error('no disk');
      cleanUps.push(made.remove);
      return made;
    };
    const diskWithDatabase = () => {
      const made = disk();
      madeFolder(made);
      return made;
    };
    const push = async ({ url, token }: Running, body: unknown) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      // An engine that spins answers nobody.
      const signal = AbortSignal.timeout(30_000);
      const response = await fetch(`${url}/v1/delivery`, { method: 'POST', headers, body: JSON.stringify(body), signal });
      return { status: response.status, body: await response.json() };
    };
    const delivered = async ({ url, token }: Running) => {
      const response = await fetch(`${url}/v1/pipelines/web/crm?period=24h`, { headers: { authorization: `Bearer ${token}` } });
      const { steps } = (await response.json()) as { steps: { step: string; count: number }[] };
      return steps.find(({ step }) => step === 'successful_delivery')?.count;
    };
    const full = unavailable(/disk of the database is full, and nothing of this was stored.*Make room.*try again/);
    const leave = (folder: string, bytes: number) => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - bytes), 1));
    };
    const time = lastHour();
    const ROWS = 2_000;
    /** Many new texts: they need room of their own. */
    const large = (id: string) => ({
      batchId: id,
      counts: Array.from({ length: ROWS }, (_, i) => ({
        time,
        source: 'web',
        destination: 'crm',
        step: 'successful_delivery',
        eventName: `${id} ${i} ${'x'.repeat(900)}`,
        count: 1,
      })),
    });

    test('refuses what does not fit with a sentence, keeps all else, and takes it when there is room', async () => {
      const { path, resize } = diskWithDatabase();
      const first = await start(path);
      expect(await push(first, batch('kept', time))).toEqual({ status: 202, body: WHOLE });
      leave(path, 1_000_000);
      expect(await push(first, large('large'))).toEqual(full);
      // It lives, answers, and nothing of the large one is there.
      expect(await delivered(first)).toBe(9);
      expect((await fetch(`${first.url}/readyz`)).status).toBe(200);

      resize(2 * SIZE);
      expect(await push(first, large('large'))).toEqual({ status: 202, body: { accepted: ROWS, duplicate: 0 } });
      expect(await delivered(first)).toBe(ROWS + 9);
      await first.kill();
      const again = await start(path);
      expect(await delivered(again)).toBe(ROWS + 9);
      expect(await push(again, batch('kept', time))).toEqual({ status: 202, body: KNOWN });
    });

    test('is told before the journal has no room, which the engine would not survive', async () => {
      const { path, resize } = diskWithDatabase();
      const first = await start(path);
      expect(await push(first, batch('kept', time))).toEqual({ status: 202, body: WHOLE });
      // Tables have room to grow, but the journal's next file of 16 MiB does not fit.
      leave(path, 12_000_000);
      for (let i = 0; i < 5; i++) expect(await push(first, large(`large-${i}`))).toEqual(full);
      expect(await delivered(first)).toBe(9);

      resize(2 * SIZE);
      expect(await push(first, large('large-0'))).toEqual({ status: 202, body: { accepted: ROWS, duplicate: 0 } });
      expect(await delivered(first)).toBe(ROWS + 9);
    });

    test('under the journal alone ends the process: it says so, does not start without room, and then has all that was answered', async () => {
      const { path, remove } = madeFolder();
      cleanUps.push(remove);
      const made = await start(path);
      expect(await push(made, batch('kept', time))).toEqual({ status: 202, body: WHOLE });
      await made.stop();
      // On a disk of its own, which the program does not look at before it writes, with room for one more file of 16 MiB.
      const journal = join(path, 'pglite', 'pg_wal');
      const { path: small, resize } = disk(40);
      cpSync(journal, small, { recursive: true });
      spawnSync('mount', ['--bind', small, journal]);
      cleanUps.push(() => spawnSync('umount', ['-l', journal]));

      const first = await start(path);
      let errors = '';
      first.child.stderr?.on('data', (chunk) => {
        errors += chunk;
      });
      const ended = new Promise<number | null>((resolve) => first.child.once('exit', resolve));
      let answered = 0;
      let last = await push(first, large('large-0'));
      while (last.status === 202 && answered < 50) last = await push(first, large(`large-${++answered}`));
      expect(last).toEqual(unavailable(/broke down.*a batch that is sent again is stored once/));
      expect(await Promise.race([ended, setTimeout(15_000, 'still there')])).toBe(1);
      expect(errors).toMatch(/the embedded database broke down.*make room, then start again/);

      const { code, output } = await runToEnd({ DATA_DIR: path, DEMO: '0' });
      expect(output).toMatch(/The disk of .* is full: \d+ MiB are free, the embedded database needs \d+ to start\. Make room/);
      expect(code).toBe(1);

      resize(2 * SIZE);
      const again = await start(path);
      // Nobody knows of the one without an answer: sent again, it is stored once.
      expect((await push(again, large(`large-${answered}`))).status).toBe(202);
      expect(await delivered(again)).toBe(9 + ROWS * (answered + 1));
      expect(await push(again, batch('kept', time))).toEqual({ status: 202, body: KNOWN });
    });
  },
);
