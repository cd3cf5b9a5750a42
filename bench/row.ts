/** One line of the table. `ratio` compares with a baseline measured in the same run, since machines and their moods differ. */
export interface Row {
  name: string;
  value: string;
  /** What the number to reach says. */
  goal: string;
  baseline: string;
  ratio: number | null;
  /** Anything else worth keeping, in numbers. */
  detail: Record<string, number>;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Milliseconds that `work` takes, each of `times` runs. */
export async function timed(times: number, work: (run: number) => Promise<unknown>): Promise<number[]> {
  const results: number[] = [];
  for (let run = 0; run < times; run++) {
    const start = performance.now();
    await work(run);
    results.push(performance.now() - start);
  }
  return results;
}
