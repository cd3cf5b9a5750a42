import type { Count } from '../../core/delivery/series.ts';
import { ceilTo, floorTo, HOUR, MINUTE, type Window } from '../../core/delivery/time.ts';
import type { Connector } from '../../core/ports/connector.ts';
import { auditIn } from './audit.ts';
import { hoursIn } from './history.ts';
import { levelsIn } from './levels.ts';
import { demoResources, WORKSPACE } from './resources.ts';
import { createSampler } from './samples.ts';
import { destinations, sources } from './shop.ts';
import { createSyncs } from './syncs.ts';
import { MINUTES_A_SLOT, SLOT } from './volume.ts';
import { type CompiledWays, compileWays, isCounted, type Totals } from './ways.ts';

/** Minutes older than this, at the end of the window asked for, come as one row for ten of them. */
const FINE = 2 * HOUR;
const TEN_MINUTES = 10 * MINUTE;

/**
 * A simulated workspace, for trying things out without an account. A pure function of time: nothing is kept, so a restart, a
 * catch-up or a second process tells the same story.
 */
export function createDemo(): Connector {
  const compiled = compileWays(WORKSPACE, sources, destinations);
  const syncsIn = createSyncs(compiled);
  const samplesIn = createSampler(compiled);
  return {
    provider: 'demo',
    workspace: WORKSPACE,
    resources: demoResources,
    async delivery(window) {
      const whole = wholeUnits(MINUTE, window);
      return { counts: countsIn(compiled, whole), gauges: levelsIn(whole), syncs: syncsIn(whole), samples: samplesIn(whole) };
    },
    history: async (window) => hoursIn(compiled, wholeUnits(HOUR, window)),
    audit: async ({ from, to }) => auditIn({ from: Number(from), to: Number(to) }),
  };
}

const wholeUnits = (unit: number, { from, to }: Window) => ({ from: Number(ceilTo(unit, from)), to: Number(floorTo(unit, to)) });

/**
 * Ten minutes from a mark (:00, :10, …) come as one row at the mark if they lie wholly in the window and end two hours or more
 * before it does: a sender that reports old minutes by the ten, which keeps two days of them small. Whether they do depends on
 * nothing but the window asked for, and what is told of ten such minutes is the same in total either way.
 */
function countsIn({ ways, emptyTotals, addSlot, addMinute }: CompiledWays, { from, to }: { from: number; to: number }): Count[] {
  const counts: Count[] = [];
  const report = (totals: Totals, minute: Date) => {
    ways.forEach((way, i) => {
      const count = totals.counts[i] as number;
      if (count === 0 || !isCounted(way)) return;
      const { series, step, eventType, eventName, appVersion, reason } = way;
      // Field by field: spreading tens of thousands of them took longer than drawing them.
      counts.push({
        series,
        step,
        eventType,
        eventName,
        appVersion,
        reason,
        minute,
        count,
        retried: totals.retried[i] as number,
      });
    });
  };
  let at = from;
  while (at < to) {
    const totals = emptyTotals();
    const minute = new Date(at);
    const slot = Math.floor(at / SLOT);
    if (at % TEN_MINUTES === 0 && at + TEN_MINUTES <= to - FINE) {
      addSlot(totals, slot);
      addSlot(totals, slot + 1);
      at += TEN_MINUTES;
    } else {
      addMinute(totals, slot, (at / MINUTE) % MINUTES_A_SLOT);
      at += MINUTE;
    }
    report(totals, minute);
  }
  return counts;
}
