import type { Series, Sync, SyncStatus } from '../../core/delivery/series.ts';
import { HOUR, MINUTE } from '../../core/delivery/time.ts';
import { chance, seedOf } from './chance.ts';
import { SLOT } from './volume.ts';
import { type CompiledWays, isCounted, type Way } from './ways.ts';

/** A run starts every hour at this minute and loads the events of whole hours before. */
const STARTS_AT = 5 * MINUTE;
/** At this hour, UTC, the warehouse is down for its own upkeep, and whoever set the schedule did not know. */
const UNREACHABLE_AT = 3;
/** How often one of the collections cannot be loaded. */
const PARTIAL = 0.05;
/** How often a run takes more than its hour, so that the next one is left out. */
const SLOW = 0.008;
/** No collection fails for longer. */
const LOOK_BACK = 24;

const SLOTS_A_HOUR = HOUR / SLOT;

/** A collection and the ways whose events become its rows. A track call becomes two: one in `tracks`, one in its event's own. */
interface Table {
  name: string;
  ways: number[];
}

interface Warehouse {
  series: Series;
  tables: Table[];
  /** Numbers to draw by. */
  seeds: { slow: number; partial: number; table: number; length: number };
}

/** What happens in an hour, without the rows. */
interface Run {
  start: number;
  /** Its end; its start if it was skipped. Then it is told, once, whatever windows are asked for. */
  told: number;
  status: SyncStatus;
  failedTable?: Table;
}

/** Tells the syncs of every warehouse that ended in a window, and those that were skipped in it. */
export function createSyncs(compiled: CompiledWays) {
  const warehouses = warehousesOf(compiled.ways);

  return ({ from, to }: { from: number; to: number }): Sync[] => {
    const loads = hourlyLoads(compiled);
    const syncs: Sync[] = [];
    for (const warehouse of warehouses) {
      // A slow run ends in the hour after its own.
      for (let hour = Math.floor(from / HOUR) - 1; hour * HOUR < to; hour++) {
        const run = runOf(warehouse, hour);
        if (run.told >= from && run.told < to) syncs.push(syncOf(warehouse, hour, run, loads));
      }
    }
    return syncs;
  };
}

function warehousesOf(ways: readonly Way[]): Warehouse[] {
  const bySeries = new Map<Series, Warehouse>();
  for (const [i, way] of ways.entries()) {
    if (isCounted(way)) continue;
    const { destination } = way.series;
    const seed = (what: string) => seedOf(`${destination} ${what}`);
    const warehouse = bySeries.get(way.series) ?? {
      series: way.series,
      tables: [],
      seeds: { slow: seed('slow'), partial: seed('partial'), table: seed('table'), length: seed('length') },
    };
    bySeries.set(way.series, warehouse);
    for (const name of way.eventType === 'track'
      ? ['tracks', snakeCase(way.eventName)]
      : [`${way.eventType.replace(/y$/, 'ie')}s`]) {
      const table = warehouse.tables.find((known) => known.name === name);
      if (table) table.ways.push(i);
      else warehouse.tables.push({ name, ways: [i] });
    }
  }
  return [...bySeries.values()];
}

const snakeCase = (name: string): string => name.toLowerCase().replaceAll(' ', '_');

/** Numbers of events by way of a whole hour, remembered as neighbouring runs may ask for the same. */
function hourlyLoads({ emptyTotals, addSlot }: CompiledWays) {
  const known = new Map<number, Float64Array>();
  return (hour: number): Float64Array => {
    const before = known.get(hour);
    if (before) return before;
    const totals = emptyTotals();
    for (let slot = hour * SLOTS_A_HOUR; slot < (hour + 1) * SLOTS_A_HOUR; slot++) addSlot(totals, slot);
    known.set(hour, totals.counts);
    return totals.counts;
  };
}

function runOf(warehouse: Warehouse, hour: number): Run {
  const { tables, seeds } = warehouse;
  const start = hour * HOUR + STARTS_AT;
  const ending = (status: SyncStatus, minutes: number, spread: number, failedTable?: Table): Run => {
    const seconds = Math.round(60 * (minutes + spread * chance(seeds.length, hour)));
    return { start, told: start + seconds * 1_000, status, ...(failedTable && { failedTable }) };
  };
  if (isSlow(warehouse, hour - 1)) return { start, told: start, status: 'skipped' };
  if (hour % 24 === UNREACHABLE_AT) return ending('failed', 4, 1);
  if (isSlow(warehouse, hour)) return ending('success', 64, 10);
  if (chance(seeds.partial, hour) >= PARTIAL) return ending('success', 4, 7);
  return ending('partial', 4, 7, tables[Math.floor(chance(seeds.table, hour) * tables.length)]);
}

/** Never two in a row, as the second does not run, and never just before the hour that fails every day. */
function isSlow({ seeds }: Warehouse, hour: number): boolean {
  const drawn = (of: number) => chance(seeds.slow, of) < SLOW;
  const nextFails = (hour + 1) % 24 === UNREACHABLE_AT || hour % 24 === UNREACHABLE_AT;
  return drawn(hour) && !drawn(hour - 1) && !nextFails;
}

const isLoaded = ({ status, failedTable }: Run, table: Table): boolean =>
  (status === 'success' || status === 'partial') && failedTable !== table;

function syncOf(warehouse: Warehouse, hour: number, run: Run, loads: (hour: number) => Float64Array): Sync {
  const { series, tables } = warehouse;
  const { start, told, status, failedTable } = run;
  const facts = { series, id: `sync_${hour}`, start: new Date(start), status };
  if (status === 'skipped') return { ...facts, end: null, rows: null, reason: 'The run before had not ended', collections: [] };
  const end = new Date(told);
  if (status === 'failed') {
    return { ...facts, end, rows: 0, reason: 'Warehouse was unreachable: connection timed out', collections: [] };
  }
  const collections = tables.map((table) => {
    const failed = table === failedTable;
    return { name: table.name, rows: failed ? 0 : rowsOf(warehouse, table, hour, loads), failed };
  });
  const rows = collections.reduce((total, collection) => total + collection.rows, 0);
  const reason = failedTable ? `${failedTable.name} was not loaded: a column's type is not the one in the warehouse` : '';
  return { ...facts, end, rows, reason, collections };
}

/** Events of the hour before, and of the hours before that which no run has loaded. */
function rowsOf(warehouse: Warehouse, table: Table, hour: number, loads: (hour: number) => Float64Array): number {
  let rows = 0;
  for (let from = hour; from > hour - LOOK_BACK; from--) {
    const counts = loads(from - 1);
    rows += table.ways.reduce((total, way) => total + (counts[way] as number), 0);
    if (isLoaded(runOf(warehouse, from - 1), table)) break;
  }
  return rows;
}
