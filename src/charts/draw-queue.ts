import { setImmediate as nextTurn } from 'node:timers/promises';

/** More than this and whoever asks next has waited seconds: better to say so, and not to keep ever more work. */
const mostWaiting = 32;

/**
 * One job after the other, with a turn of the event loop between them: the renderer frees its images only there, and
 * without it two hundred in a row took over a gigabyte.
 */
export function createTurns(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return (job) => {
    // The one at work does not wait.
    if (unfinished > mostWaiting)
      return Promise.reject(new Error('Too many figures are waiting to be drawn; try again in a moment.'));
    unfinished++;
    const result = last.then(job).finally(() => unfinished--);
    last = result.then(
      () => nextTurn(),
      () => nextTurn(),
    );
    return result;
  };
}
