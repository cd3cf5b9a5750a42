import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../src/storage/database.ts';
import { lockFolder } from '../../src/storage/lock.ts';
import { fakeClock } from '../support/clock.ts';
import { emptyFolder, madeFolder } from '../support/process.ts';

const lockModule = join(import.meta.dirname, '../../dist/src/storage/lock.js');

/** A process of its own that takes the folder, or says why it may not, and then lives until it is killed. */
async function holder(folder: string): Promise<{ pid: number | undefined; said: string; killed(): Promise<void> }> {
  const script = `
    import { lockFolder } from ${JSON.stringify(pathToFileURL(lockModule).href)};
    try { lockFolder(process.argv[1]); console.log('locked'); } catch (error) { console.log(error.message); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
  return {
    pid: child.pid,
    said,
    async killed() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

describe('the lock of the data folder', () => {
  let folder: ReturnType<typeof emptyFolder>;
  let path: string;
  beforeEach(() => {
    folder = emptyFolder();
    path = join(folder.path, 'lock');
  });
  afterEach(() => folder.remove());

  test('names this process while it is held, and is gone after it is given back', () => {
    const unlock = lockFolder(folder.path);
    expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(String(process.pid));
    unlock();
    expect(existsSync(path)).toBe(false);
    lockFolder(folder.path)();
  });

  test('makes a folder that is not there yet', () => {
    const deep = join(folder.path, 'a', 'b');
    lockFolder(deep)();
    expect(existsSync(deep)).toBe(true);
  });

  test('refuses a second opening, also by the process that holds it', () => {
    const unlock = lockFolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(`in use by process ${process.pid}`);
    unlock();
  });

  test('refuses a second process with a sentence that names the first; killed, the first has lost it', async () => {
    const first = await holder(folder.path);
    expect(first.said).toBe('locked');
    const refusal = `The data folder ${folder.path} is in use by process ${first.pid}. Stop that one first, or start this one with another DATA_DIR.`;
    expect(() => lockFolder(folder.path)).toThrow(refusal);
    await expect(openEmbedded(folder.path, fakeClock('2026-11-25T10:00:00Z'))).rejects.toThrow(refusal);
    const second = await holder(folder.path);
    expect(second.said).toBe(refusal);
    await second.killed();
    expect(() => lockFolder(folder.path)).toThrow(refusal);
    await first.killed();
    const third = await holder(folder.path);
    expect(third.said).toBe('locked');
    await third.killed();
    lockFolder(folder.path)();
  });

  test.skipIf(process.platform !== 'linux')('is taken over when its process id has gone to another process', () => {
    writeFileSync(path, `${process.pid} 1\n`);
    lockFolder(folder.path)();
  });

  test.each(['', '\n', 'garbage', '-1', '0x10 5', '99999999 1'])('is taken over when it holds %j', (content) => {
    writeFileSync(path, content);
    const unlock = lockFolder(folder.path);
    expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(String(process.pid));
    unlock();
  });

  test('is given back when the database cannot be opened', async () => {
    madeFolder(folder);
    const clock = fakeClock('2026-11-25T10:00:00Z');
    const first = await openEmbedded(folder.path, clock);
    await sql`insert into kysely_migration (name, timestamp) values ('9999_tomorrow', 'x')`.execute(first.kysely);
    await first.close();
    await expect(openEmbedded(folder.path, clock)).rejects.toThrow('written by a newer Pipewarden');
    expect(existsSync(path)).toBe(false);
    await expect(openEmbedded(folder.path, clock)).rejects.toThrow('written by a newer Pipewarden');
  });

  test('is given back when the database is closed, and what was stored is there again', async () => {
    madeFolder(folder);
    const clock = fakeClock('2026-11-25T10:00:00Z');
    const first = await openEmbedded(folder.path, clock);
    await first.transaction(({ delivery }) => delivery.setCollectedUntil('demo', clock.now()));
    await expect(openEmbedded(folder.path, clock)).rejects.toThrow('is in use');
    await first.close();
    const second = await openEmbedded(folder.path, clock);
    expect(await second.read(({ delivery }) => delivery.collectedUntil('demo'))).toEqual(clock.now());
    await second.close();
    expect(existsSync(path)).toBe(false);
  });
});
