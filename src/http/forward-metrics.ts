import { Counter, Gauge, type Registry } from 'prom-client';
import type { ForwardOverview } from '../core/ports/forwards.ts';

/** How forwards get on, by their names in the policy file. Returns what counts their tries. */
export function forwardMetrics(
  registry: Registry,
  overview: () => Promise<ForwardOverview[]>,
): (name: string, result: 'delivered' | 'due' | 'dead') => void {
  const registers = [registry];
  const tries = new Counter({
    name: 'pipewarden_forward_tries_total',
    help: 'Webhooks tried, by forward and what came of it: delivered, due (again), dead.',
    labelNames: ['forward', 'result'],
    registers,
  });
  // All are collected at once: one look at the database serves them all.
  const look = shared(overview);
  const gauge = (key: 'waiting' | 'dead' | 'behind', help: string) =>
    new Gauge({
      name: `pipewarden_forward_${key}`,
      help,
      labelNames: ['forward'],
      registers,
      async collect() {
        const rows = await look();
        this.reset();
        for (const row of rows) this.set({ forward: row.name }, row[key]);
      },
    });
  gauge('waiting', 'Changes that failed and are tried again, by forward.');
  gauge('dead', 'Changes that were given up, by forward.');
  gauge('behind', 'Changes not looked at yet, up to 1,000, by forward.');
  return (forward, result) => tries.inc({ forward, result });
}

/** Whoever asks while somebody is looking sees what they see. */
export function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined;
  return () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}
