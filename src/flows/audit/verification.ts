import type { Verified } from '../../core/cards/verify-card.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import { fewAtOnce } from '../chat/few.ts';
import { type ProofPorts, type TellProgress, verifyAudit } from './verify.ts';

export interface Verification {
  /** Who asks while the same is being verified gets the same result. */
  verify(actor: Actor, anchors: readonly string[], tell?: TellProgress): Promise<Verified>;
  /** Gives up what runs: whoever waits is told at once. Resolves when it has let go of the database. */
  stop(): Promise<void>;
}

interface Run {
  work: Promise<Verified>;
  /** That of the work, unless it is given up. */
  result: Promise<Verified>;
  heard: Set<TellProgress>;
  /** What was told last, for those who come later. */
  told: Parameters<TellProgress>;
}

/** Verifies for everyone who asks, once: a long trail keeps one core busy for a while, however many want to know. */
export function createVerification(ports: ProofPorts, check: typeof verifyAudit = verifyAudit): Verification {
  const runs = new Map<string, Run>();
  const inTurn = fewAtOnce(1);
  const stopping = new AbortController();

  function begin(actor: Actor, anchors: readonly string[], key: string): Run {
    const heard = new Set<TellProgress>();
    const told: Run['told'] = [0, undefined];
    const tell: TellProgress = (...progress) => {
      stopping.signal.throwIfAborted();
      [told[0], told[1]] = progress;
      for (const one of heard) one(...progress);
    };
    const work = inTurn(() => check(ports, actor, anchors, tell));
    const run = { heard, told, work, result: orStopped(stopping.signal, work) };
    runs.set(key, run);
    work.catch(() => {}).finally(() => runs.delete(key));
    return run;
  }

  return {
    async verify(actor, anchors, tell = () => {}) {
      authorise(actor, 'audit');
      const key = JSON.stringify(anchors);
      const run = runs.get(key) ?? begin(actor, anchors, key);
      tell(...run.told);
      run.heard.add(tell);
      return run.result;
    },
    async stop() {
      stopping.abort(restarting());
      await Promise.allSettled([...runs.values()].map(({ work }) => work));
    },
  };
}

const restarting = (): UserError =>
  new UserError('unavailable', 'I am being started anew and gave up verifying. Send /audit verify again in a moment.');

/** Rejects at once when it is stopped, also while the work waits for something. */
function orStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
