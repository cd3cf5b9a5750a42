import type { Gauge, Series } from '../../core/delivery/series.ts';
import { DAY, HOUR, MINUTE } from '../../core/delivery/time.ts';
import { jitter, seedOf } from './chance.ts';
import type { ShopAudience } from './model.ts';
import { pendingRetry } from './pending.ts';
import { pipelines, sourcedAudiences, WORKSPACE } from './resources.ts';

/** Within this, levels are told every minute, before on every tenth. */
const FINE = HOUR;
const TEN_MINUTES = 10 * MINUTE;

const seriesOf = (source: string, destination: string, audience = ''): Series => ({
  workspace: WORKSPACE,
  source,
  destination,
  mapping: '',
  audience,
});

/** What waits for another attempt: nothing ever does on the way to a warehouse, whose next sync takes what the last one left. */
const waiting = pipelines
  .filter(({ destination }) => destination.variant !== 'storage')
  .flatMap(({ source, destination }) =>
    (destination.audiences ?? ['']).map((audience) => {
      const seed = seedOf(`${destination.id} pending${audience && ` ${audience}`}`);
      return {
        series: seriesOf(source.id, destination.id, audience),
        valueAt: (at: number) => pendingRetry(source, destination, seed, at),
      };
    }),
  );

const sizes = sourcedAudiences.map(({ source, audience }) => ({
  series: seriesOf(source.id, '', audience.id),
  valueAt: (at: number) => sizeAt(audience, at),
}));

export function levelsIn({ from, to }: { from: number; to: number }): Gauge[] {
  const gauges: Gauge[] = [];
  const tell = (told: typeof waiting, metric: string, at: number) => {
    for (const { series, valueAt } of told) gauges.push({ series, at: new Date(at), metric, value: valueAt(at) });
  };
  for (let at = from; at < to; at += MINUTE) {
    const tenth = at % TEN_MINUTES === 0;
    if (tenth || at >= to - FINE) tell(waiting, 'pending_retry', at);
    if (tenth) tell(sizes, 'audience_size', at);
  }
  return gauges;
}

/** Members of an audience: drifts from day to day in a straight line, and a few come and go meanwhile. */
function sizeAt({ id, size }: ShopAudience, at: number): number {
  const seed = seedOf(`${id} size`);
  const day = Math.floor(at / DAY);
  const before = jitter(seed, day, 0.04);
  const drift = before + (jitter(seed, day + 1, 0.04) - before) * (at / DAY - day);
  return Math.round(size * drift * jitter(seed, -at / TEN_MINUTES, 0.001));
}
