import { DAY, HOUR, MINUTE, plus } from '../delivery/time.ts';

const units: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const agoShape = /^(\d{1,4})([mhdw])$/;
const dayShape = /^(\d{4})-(\d\d)-(\d\d)$/;
const minuteShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?$/;

/** A moment, or a whole day, as people write it. */
export type When = { at: Date } | { from: Date; to: Date };

/**
 * `7d` (ago), `today`, `yesterday`, `2026-11-20` (days of the zone) or `2026-11-20T10:00` (UTC unless it says otherwise).
 * Undefined for anything else, days that do not exist included.
 */
export function whenOf(text: string, now: Date, zone: string): When | undefined {
  const word = text.toLowerCase();
  const ago = agoShape.exec(word);
  if (ago?.[1] && ago[2]) return { at: plus(now, -Number(ago[1]) * (units[ago[2]] as number)) };
  if (word === 'today' || word === 'yesterday') {
    const [year, month, day] = dateIn(zone, now);
    return dayOf(zone, year, month, day - (word === 'today' ? 0 : 1));
  }
  const date = dayShape.exec(text);
  if (date) {
    const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
    const real = new Date(Date.UTC(year, month - 1, day));
    if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day) return undefined;
    return dayOf(zone, year, month, day);
  }
  if (!minuteShape.test(text)) return undefined;
  const at = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(Number(at)) ? undefined : { at };
}

function dayOf(zone: string, year: number, month: number, day: number): When {
  return { from: midnight(zone, year, month, day), to: midnight(zone, year, month, day + 1) };
}

/** When that day begins in the zone. Asked twice, since the offset may change between the guess and the answer. */
function midnight(zone: string, year: number, month: number, day: number): Date {
  const wanted = Date.UTC(year, month - 1, day);
  const guess = wanted - offsetAt(zone, new Date(wanted));
  return new Date(wanted - offsetAt(zone, new Date(guess)));
}

const partsIn = (zone: string, at: Date): Record<string, number> =>
  Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );

function dateIn(zone: string, at: Date): [year: number, month: number, day: number] {
  const { year = 0, month = 0, day = 0 } = partsIn(zone, at);
  return [year, month, day];
}

/** How far the zone's clocks are ahead of UTC (ms). */
function offsetAt(zone: string, at: Date): number {
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = partsIn(zone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(Number(at) / 1_000) * 1_000;
}
