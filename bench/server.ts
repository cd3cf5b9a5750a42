import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The compiled program in a process of its own. */
export interface Server {
  url: string;
  token: string;
  /** Memory it holds right now, in MB. */
  residentMb(): number;
  stop(): Promise<void>;
}

/** Starts it; resolves once it listens. `BENCH_NODE_ARGS=--cpu-prof` profiles it. */
export async function startServer(env: Record<string, string>): Promise<Server> {
  const token = 'bench-token';
  const args = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...args, 'dist/src/main.js'], {
    env: {
      PORT: '0',
      LOG_LEVEL: 'warn',
      API_TOKENS: `bench:${token}:ingest+read`,
      ...(env.DATABASE_URL ? { SECRET_KEY: randomBytes(32).toString('base64') } : {}),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    url: await urlOf(child),
    token,
    residentMb: () => Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}`)));
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const url = /runs at (\S+)/.exec(out)?.[1];
      if (url) resolve(url);
    });
  });
}
