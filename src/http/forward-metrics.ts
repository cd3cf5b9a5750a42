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
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `pipewarden_forward_${name}`, help, labelNames: ['forward'], registers });
  const dead = gauge('dead', 'Changes that were given up, by forward.');
  const behind = gauge('behind', 'Changes not looked at yet, up to 1,000, by forward.');
  new Gauge({
    name: 'pipewarden_forward_waiting',
    help: 'Changes that failed and are tried again, by forward.',
    labelNames: ['forward'],
    registers,
    async collect() {
      for (const one of [this, dead, behind]) one.reset();
      for (const row of await overview()) {
        const label = { forward: row.name };
        this.set(label, row.waiting);
        dead.set(label, row.dead);
        behind.set(label, row.behind);
      }
    },
  });
  return (forward, result) => tries.inc({ forward, result });
}
