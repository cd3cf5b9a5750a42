/**
 * Runs so many at once; the others wait in the order in which they came. A hundred people who ask in the same second have been
 * acknowledged already: their answers take turns, so that the next ones can be acknowledged as well and others get at the database.
 */
export function fewAtOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function turn(): Promise<void> {
    if (running < most) running += 1;
    // Whoever ends passes the place on.
    else await new Promise<void>((come) => waiting.push(come));
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
