import { ceilTo, DAY, earlier, floorTo, HOUR, later, plus, type Window } from './time.ts';

export type Grain = 'minute' | 'hour' | 'day';

/** A stretch of a window and the table that answers it exactly. */
export interface Segment extends Window {
  grain: Grain;
  provisional: boolean;
}

/** What is known of the tables. */
export interface Tables {
  /** Start times (ms) of hours and days whose roll-up is owed: their rows are stale or missing. */
  owedHours: ReadonlySet<number>;
  owedDays: ReadonlySet<number>;
  /** Before it there are no minutes, so hours are read whatever is owed. */
  minutesFrom: Date;
  /** Before it there are no hours. */
  hoursFrom: Date;
  /** From here on counts are provisional; nothing unsettled is read from a roll-up. */
  provisionalFrom: Date;
}

/**
 * Splits a window into the coarsest stretches that answer exactly: days and hours where a whole one lies in the window, is
 * rolled up and settled; minutes elsewhere. The stretches cover the window once, in order.
 */
export function segmentsOf(window: Window, tables: Tables, coarsest: Grain = 'day'): Segment[] {
  const segments: Segment[] = [];
  const push = (grain: Grain, from: Date, to: Date, provisional = false) => {
    if (from >= to) return;
    const last = segments.at(-1);
    if (last && last.grain === grain && last.provisional === provisional && Number(last.to) === Number(from)) last.to = to;
    else segments.push({ grain, from, to, provisional });
  };
  const minutes = ({ from, to }: Window) => {
    push('minute', from, earlier(to, tables.provisionalFrom));
    push('minute', later(from, tables.provisionalFrom), to, true);
  };
  const hours = (part: Window) =>
    inWholes(part, HOUR, minutes, (hour) => {
      if (isHourReadable(hour, tables) && coarsest !== 'minute') push('hour', hour, plus(hour, HOUR));
      else minutes({ from: hour, to: plus(hour, HOUR) });
    });

  inWholes(window, DAY, hours, (day) => {
    if (isDayReadable(day, tables) && coarsest === 'day') push('day', day, plus(day, DAY));
    else hours({ from: day, to: plus(day, DAY) });
  });
  return segments;
}

/** Calls `whole` for each whole unit in the window, `rest` for what is left at its two ends. */
function inWholes(window: Window, unit: number, rest: (part: Window) => void, whole: (start: Date) => void): void {
  const first = earlier(ceilTo(unit, window.from), window.to);
  const last = later(floorTo(unit, window.to), first);
  rest({ from: window.from, to: first });
  for (let start = first; start < last; start = plus(start, unit)) whole(start);
  rest({ from: last, to: window.to });
}

function isHourReadable(hour: Date, { owedHours, minutesFrom, provisionalFrom }: Tables): boolean {
  return hour < minutesFrom || (!owedHours.has(Number(hour)) && plus(hour, HOUR) <= provisionalFrom);
}

function isDayReadable(day: Date, { owedHours, owedDays, hoursFrom, provisionalFrom }: Tables): boolean {
  if (day < hoursFrom) return true;
  if (owedDays.has(Number(day)) || plus(day, DAY) > provisionalFrom) return false;
  // A late hour that is not rolled up yet makes its day stale before the day is owed.
  for (let hour = Number(day); hour < Number(day) + DAY; hour += HOUR) if (owedHours.has(hour)) return false;
  return true;
}
