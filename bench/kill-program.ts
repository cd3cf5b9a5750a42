import { type ChildProcess, spawn } from 'node:child_process';

/** The compiled program as a child. A start that never ends is an error, not a hang. */
export interface Program {
  url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const STARTS_WITHIN = 60_000;

/** Starts it. Resolves when it says where it runs; undefined when it was killed on the way, `killAfter` ms from the spawn. */
export async function startProgram(main: string, env: Record<string, string>, killAfter?: number): Promise<Program | undefined> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', DEMO: '0', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(String(signal ?? code))));
  let killed = false;
  const timer = setTimeout(() => {
    killed = killAfter !== undefined;
    child.kill('SIGKILL');
  }, killAfter ?? STARTS_WITHIN);
  try {
    const url = await Promise.race([saysWhere(child), gone]);
    if (url.startsWith('http')) return { url, kill: () => end(child, gone) };
    if (killed) return undefined;
    throw new Error(`the program ended with ${url} before it ran`);
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await gone;
}

function saysWhere(child: ChildProcess): Promise<string> {
  child.stderr?.pipe(process.stderr, { end: false });
  return new Promise((resolve) => {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const url = /runs at (http:\S+)/.exec(out)?.[1];
      if (url) resolve(url);
    });
  });
}
