import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Running {
  url: string;
  /** What it printed to standard output so far. */
  lines: string[];
  child: ChildProcess;
  token: string;
  /** Ends it the hard way, and waits until it is gone. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

export function emptyFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'pipewarden-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder with an embedded database that is made already, and empty. */
export function madeFolder(folder = emptyFolder()): { path: string; remove(): void } {
  const made = process.env.TEST_MADE_DATABASE;
  if (made) cpSync(made, join(folder.path, 'pglite'), { recursive: true });
  return folder;
}

export const spawnMain = (env: Record<string, string>, args: readonly string[] = []): ChildProcess =>
  spawn(process.execPath, ['dist/src/main.js', ...args], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Starts the compiled program and waits until it says where it runs. */
export async function startProcess(env: Record<string, string> & { DATA_DIR: string }): Promise<Running> {
  const child = spawnMain(env);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let out = '';
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const found = /runs at (http:\S+)/.exec(out)?.[1];
      if (found && out.trimEnd().split('\n').length >= 2) resolve(found);
    });
    void exited.then((code) => reject(new Error(`ended with ${code} before it ran: ${errors}`)));
  });
  return {
    url,
    lines: out.trimEnd().split('\n'),
    child,
    token: env.API_TOKENS ? '' : readFileSync(join(env.DATA_DIR, 'api-token'), 'utf8').trim(),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Starts the compiled program and waits until it ends by itself. */
export async function runToEnd(
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const child = spawnMain(env, args);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
