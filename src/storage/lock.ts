import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Start time of a process in clock ticks, so that a reused process id is not taken for the old process. Empty off Linux. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: string): boolean {
  const [pid, start] = holder.trim().split(' ');
  if (!pid || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !start || startOf(Number(pid)) === start;
}

export class FolderInUse extends Error {}

/**
 * Takes the folder for this process alone: two processes on one PGlite folder would lose each other's writes silently.
 * The lock of a process that was killed is taken over. Returns a function that gives the folder back.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'lock');
  const own = `${path}.${process.pid}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (claim(path, own)) return () => unlinkSync(path);
    const holder = readLock(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) {
      const pid = holder.split(' ')[0];
      throw new FolderInUse(
        `The data folder ${folder} is in use by process ${pid}. Stop that one first, or start this one with another DATA_DIR.`,
      );
    }
    removeDead(path, holder, own);
  }
  throw new Error(`Could not take the lock ${path}.`);
}

/** A link appears whole or not at all: nobody ever reads a half-written lock. */
function claim(path: string, own: string): boolean {
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/** What the lock says; undefined when its holder has just given it back. */
function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only one of several starters can rename the dead lock away. Who renamed a fresh one by mistake puts it back. */
function removeDead(path: string, holder: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, path);
    unlinkSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
