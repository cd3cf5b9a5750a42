import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/env.ts';
import type { Clock } from '../src/core/ports/clock.ts';
import { openEmbedded } from '../src/storage/database.ts';
import { openPostgres } from '../src/storage/postgres.ts';
import { ownDatabase } from './databases.ts';
import { between, makeBatch, type Random, randomFrom, type SentBatch } from './kill-batches.ts';
import { checkApi, checkRows, type Get } from './kill-check.ts';
import { type Program, startProgram } from './kill-program.ts';

export interface KillOptions {
  trials: number;
  /** Where to make a database of its own; undefined: an embedded one in a folder of its own. */
  server: string | undefined;
  /** An embedded database that is made already, to start from a copy of it. */
  made?: string | undefined;
  seed: number;
  main?: string;
  tell?: (line: string) => void;
}

export interface KillResult {
  /** Starts that ended with SIGKILL while batches were pushed, and before the program said where it runs. */
  kills: { pushing: number; starting: number };
  batches: number;
  counts: number;
  /** Batches without an answer, and how many of them turned out to be stored. */
  unanswered: number;
  storedUnanswered: number;
}

const CONNECTIONS = 6;
const BATCHES_A_TRIAL = 300;
const PUSHES_WITHIN = 5_000;
const ANSWER_WITHIN = 30_000;
/** One trial is a start, some pushing and a kill; a run that takes much longer is stuck. */
const TRIAL_WITHIN = 30_000;

/**
 * Kills the compiled program at random points while batches are pushed, starts it again on the same data, and sends again what
 * got no answer. Throws when anything is lost, stored twice, or stored by half.
 */
export async function killTrials(options: KillOptions): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'pipewarden-kill-'));
  const database = options.server ? await ownDatabase(options.server) : undefined;
  const own = database ? { DATABASE_URL: database.url, SECRET_KEY: randomBytes(32).toString('base64') } : undefined;
  try {
    if (options.made) cpSync(options.made, join(folder, 'data', 'pglite'), { recursive: true });
    return await runTrials(options, { DATA_DIR: join(folder, 'data'), ...own });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Env = { DATA_DIR: string; DATABASE_URL?: string; SECRET_KEY?: string };

async function runTrials(
  { trials, seed, main = 'dist/src/main.js', tell = () => {} }: KillOptions,
  env: Env,
): Promise<KillResult> {
  const random = randomFrom(seed);
  const started = Date.now();
  const sender = new Sender(random, new Date(started));
  const kills = { pushing: 0, starting: 0 };
  const start = async (): Promise<Program> => {
    if (Date.now() > started + (trials + 2) * TRIAL_WITHIN) throw new Error('the trials take too long');
    // The very first start makes the database; kills are spread over those that find one.
    const killAfter = kills.pushing > 0 && random() < 0.2 ? between(random, 50, 1_500) : undefined;
    const program = await startProgram(main, env, killAfter);
    if (program) return program;
    kills.starting += 1;
    return start();
  };

  for (let trial = 1; trial <= trials; trial++) {
    const program = await start();
    const [answers, pause] = [between(random, 0, 60), between(random, 0, 30)];
    let reached = () => {};
    const enough = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let heard = 0;
    const pushing = sender.push(program.url, tokenIn(env), BATCHES_A_TRIAL, () => ++heard >= answers && reached());
    // A push that is refused ends the run at once.
    await Promise.race([answers === 0 ? undefined : enough, pushing, after(PUSHES_WITHIN)])
      .then(() => after(pause))
      .finally(program.kill);
    await pushing;
    kills.pushing += 1;
    if (trial % 10 === 0) tell(`${trial} of ${trials} trials: ${sender.summary()}`);
  }

  const program = await start();
  const now = new Date(started);
  try {
    await sender.push(program.url, tokenIn(env), 0);
    await checkApi(getFrom(program.url, tokenIn(env)), sender.batches, now);
  } finally {
    await program.kill();
  }
  await rollUpEverything(env, sender.batches, now);
  return { kills, ...sender.numbers() };
}

/** What was sent, and what became of it. */
class Sender {
  readonly #random: Random;
  readonly #now: Date;
  readonly #answered: SentBatch[] = [];
  #unanswered: SentBatch[] = [];
  #made = 0;
  #lost = 0;
  #storedUnanswered = 0;

  constructor(random: Random, now: Date) {
    this.#random = random;
    this.#now = now;
  }

  /** Sends what got no answer so far, a few that got one, then up to `fresh` new ones; until all is sent or the program is gone. */
  async push(url: string, token: string, fresh: number, heard: () => unknown = () => {}): Promise<void> {
    const post = poster(url, token);
    const again = Array.from({ length: Math.min(3, this.#answered.length) }, () => this.#any());
    const retries = this.#unanswered;
    this.#unanswered = [];
    let left = fresh;
    const next = (): { batch: SentBatch; before: 'none' | 'sent' | 'answered' } | undefined => {
      const known = again.pop();
      if (known) return { batch: known, before: 'answered' };
      const retry = retries.pop();
      if (retry) return { batch: retry, before: 'sent' };
      if (left-- <= 0) return undefined;
      this.#made += 1;
      return { batch: makeBatch(this.#random, this.#made, this.#now), before: 'none' };
    };
    const connection = async (): Promise<void> => {
      for (let one = next(); one; one = next()) {
        const answer = await post(one.batch);
        if (!answer) {
          if (one.before === 'none') this.#lost += 1;
          if (one.before !== 'answered') this.#unanswered.push(one.batch);
          return;
        }
        this.#note(one.batch, one.before, answer);
        heard();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    this.#unanswered.push(...retries);
  }

  #note(batch: SentBatch, before: 'none' | 'sent' | 'answered', { accepted, duplicate }: Answer): void {
    const size = batch.counts.length + batch.syncs.length;
    const isNew = accepted === size && duplicate === 0;
    const isKnown = accepted === 0 && duplicate === size;
    const said = `${batch.batchId} (${size} entries, ${before}): accepted ${accepted}, duplicate ${duplicate}`;
    if (!isNew && !isKnown) throw new Error(`stored by half: ${said}`);
    if (before === 'answered' && isNew) throw new Error(`lost after its answer: ${said}`);
    if (before === 'none' && isKnown) throw new Error(`never sent before: ${said}`);
    if (before === 'sent' && isKnown) this.#storedUnanswered += 1;
    if (before !== 'answered') this.#answered.push(batch);
  }

  #any = (): SentBatch => this.#answered[between(this.#random, 0, this.#answered.length - 1)] as SentBatch;

  get batches(): readonly SentBatch[] {
    if (this.#unanswered.length > 0) throw new Error(`${this.#unanswered.length} batches never got an answer`);
    return this.#answered;
  }

  numbers() {
    const counts = this.#answered.reduce((sum, batch) => sum + batch.counts.length, 0);
    return { batches: this.#answered.length, counts, unanswered: this.#lost, storedUnanswered: this.#storedUnanswered };
  }

  summary(): string {
    const { batches, unanswered, storedUnanswered } = this.numbers();
    return `${batches} batches answered, ${unanswered} were without an answer (${storedUnanswered} of them stored)`;
  }
}

interface Answer {
  accepted: number;
  duplicate: number;
}

/** Resolves to undefined when the program is gone; throws when it refuses. */
const poster =
  (url: string, token: string) =>
  async (batch: SentBatch): Promise<Answer | undefined> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    let response: { status: number; text: string };
    try {
      const answer = await fetch(`${url}/v1/delivery`, { method: 'POST', headers, body: JSON.stringify(batch), signal });
      response = { status: answer.status, text: await answer.text() };
    } catch (error) {
      if (signal.aborted) throw new Error(`no answer within ${ANSWER_WITHIN} ms: ${error}`);
      return undefined;
    }
    if (response.status !== 202) throw new Error(`${batch.batchId} was refused: ${response.status} ${response.text}`);
    return JSON.parse(response.text) as Answer;
  };

const getFrom =
  (url: string, token: string): Get =>
  async <T>(path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

const tokenIn = (env: Env): string => readFileSync(join(env.DATA_DIR, 'api-token'), 'utf8').trim();

/** Opens the data in this process, with a clock that is ahead: leases of the killed have ended, and all that is owed is due. */
async function rollUpEverything(env: Env, batches: readonly SentBatch[], now: Date): Promise<void> {
  let ahead = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + ahead),
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  };
  const log = { info() {}, warn: () => {}, error: (fields: object, message: string) => console.error(message, fields) };
  const config = readConfig({ ...env, PORT: '0', DEMO: '0' });
  const token = { name: 'default', token: tokenIn(env), scopes: ['ingest' as const, 'read' as const] };
  const app = createApp({ config, tokens: [token], clock, log });
  await app.start();
  try {
    // Hours first; they owe their days a moment later.
    for (const minutes of [10, 20]) {
      ahead = minutes * 60_000;
      await app.runDue();
    }
    await checkApi(getFrom(app.url, token.token), batches, now);
  } finally {
    await app.stop();
  }
  const database = env.DATABASE_URL ? await openPostgres(env.DATABASE_URL, clock, log) : await openEmbedded(env.DATA_DIR, clock);
  try {
    await checkRows(database, batches);
  } finally {
    await database.close();
  }
}
