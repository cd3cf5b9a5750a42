import { type Kysely, sql } from 'kysely';
import type { Gauge, Provider, Series } from '../core/delivery/series.ts';
import { DAY, floorTo, HOUR, MINUTE } from '../core/delivery/time.ts';
import type { DeliveryStore, OwedStore } from '../core/ports/stores.ts';
import { addTo, merge, ROWS_AT_ONCE, rollUpsOf, stepNumber } from './count-rows.ts';
import type { Dictionary, Facet } from './dictionary.ts';
import type { Partitions } from './partitions.ts';
import type { Tables } from './tables.ts';

/** At most so many samples of one reason are kept an hour. */
const SAMPLES_AN_HOUR = 10;

type Writing = Pick<
  DeliveryStore,
  'claimBatch' | 'addCounts' | 'putGauges' | 'putSyncs' | 'putSamples' | 'collectedUntil' | 'setCollectedUntil'
>;

export function deliveryWriting(db: Kysely<Tables>, dictionary: Dictionary, owed: OwedStore, partitions: Partitions): Writing {
  return {
    async claimBatch({ workspace, sender, id, bodyHash, at }) {
      const hash = Buffer.from(bodyHash, 'hex');
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('batch')
        .values({ workspace, sender, id, body_hash: hash, at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return 'new';
      const first = await db
        .selectFrom('batch')
        .select('body_hash')
        .where('workspace', '=', workspace)
        .where('sender', '=', sender)
        .where('id', '=', id)
        .executeTakeFirst();
      return first?.body_hash.equals(hash) ? 'same' : 'other';
    },

    async addCounts(counts, provider, now) {
      if (counts.length === 0) return;
      await partitions.make('minute', new Set(counts.map((c) => Math.floor(Number(c.minute) / DAY) * DAY)));
      const ids = await idsOf(dictionary, counts, provider);
      const coarse = merge(counts, ids.series, ids.reasons);
      await addTo(db, 'minute_count', merge(counts, ids.series, ids.facets));
      await addTo(db, 'minute_step', coarse);
      await advanceNewest(
        db,
        coarse.map((row) => row.series),
        coarse.map((row) => row.minute),
      );
      await owed.owe(rollUpsOf(coarse, now));
    },

    async putGauges(gauges: readonly Gauge[], provider) {
      const series = await dictionary.series(
        gauges.map((g) => g.series),
        provider,
      );
      // The last one of a repeated key counts, as it would one after the other.
      const last = new Map(gauges.map((g, i) => [`${series[i]} ${Number(g.at)} ${g.metric}`, { ...g, id: series[i] as number }]));
      const rows = [...last.values()].sort(
        (a, b) => a.id - b.id || Number(a.at) - Number(b.at) || (a.metric < b.metric ? -1 : 1),
      );
      if (rows.length === 0) return;
      await sql`
        insert into gauge (series, metric, at, value)
        select * from unnest(${rows.map((r) => r.id)}::int[], ${rows.map((r) => r.metric)}::text[], ${rows.map((r) => r.at)}::timestamptz[],
          ${rows.map((r) => r.value)}::float8[])
        on conflict (series, metric, at) do update set value = excluded.value`.execute(db);
    },

    async putSyncs(syncs, provider) {
      if (syncs.length === 0) return;
      const series = await dictionary.series(
        syncs.map((sync) => sync.series),
        provider,
      );
      // The last report of a run counts: it may have been running when it was first told.
      const last = new Map(syncs.map((sync, i) => [`${series[i]} ${sync.id}`, { ...sync, number: series[i] as number }]));
      const rows = [...last.values()].sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1));
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        await db
          .insertInto('sync')
          .values(
            rows.slice(start, start + ROWS_AT_ONCE).map((sync) => ({
              series: sync.number,
              id: sync.id,
              started: sync.start,
              ended: sync.end,
              status: sync.status,
              rows: sync.rows === null ? null : String(sync.rows),
              reason: sync.reason,
              collections: JSON.stringify(sync.collections),
            })),
          )
          .onConflict((conflict) =>
            conflict.columns(['series', 'id']).doUpdateSet((eb) => ({
              started: eb.ref('excluded.started'),
              ended: eb.ref('excluded.ended'),
              status: eb.ref('excluded.status'),
              rows: eb.ref('excluded.rows'),
              reason: eb.ref('excluded.reason'),
              collections: eb.ref('excluded.collections'),
            })),
          )
          .execute();
      }
      await advanceNewest(
        db,
        rows.map((sync) => sync.number),
        rows.map((sync) => Number(floorTo(MINUTE, sync.end ?? sync.start))),
      );
    },

    async putSamples(samples, provider) {
      if (samples.length === 0) return;
      const series = await dictionary.series(
        samples.map((sample) => sample.series),
        provider,
      );
      // The next free places of the hour; a full hour keeps its first ones, and two writers at once cost one of them its sample.
      // Sorted, so that two writers never wait for each other in a circle; of one key the first stay first.
      await sql`
        insert into sample (series, step, reason, hour, slot, at, event_name, request, response)
        select series, step, reason, hour, taken + nth, at, event_name, request, response
        from (
          select *, row_number() over (partition by series, step, reason, hour order by place) - 1 as nth
          from unnest(${series}::int[], ${samples.map(({ step }) => stepNumber.get(step))}::smallint[], ${samples.map(({ reason }) => reason)}::text[],
            ${samples.map(({ at }) => floorTo(HOUR, at))}::timestamptz[], ${samples.map(({ at }) => at)}::timestamptz[],
            ${samples.map(({ eventName }) => eventName)}::text[], ${samples.map(({ request }) => request)}::text[],
            ${samples.map(({ response }) => response)}::text[]) with ordinality
            as given (series, step, reason, hour, at, event_name, request, response, place)
        ) n, lateral (
          select count(*) as taken from sample s
          where (s.series, s.step, s.reason, s.hour) = (n.series, n.step, n.reason, n.hour)
        ) s
        where taken + nth < ${SAMPLES_AN_HOUR}
        order by series, step, reason, hour, nth
        on conflict do nothing`.execute(db);
    },

    async collectedUntil(connector) {
      const row = await db.selectFrom('collected').select('until').where('connector', '=', connector).executeTakeFirst();
      return row?.until;
    },

    async setCollectedUntil(connector, until) {
      await db
        .insertInto('collected')
        .values({ connector, until })
        .onConflict((conflict) => conflict.column('connector').doUpdateSet({ until }))
        .execute();
    },
  };
}

/** Ids of each count's series, of its facet, and of the facet that holds its reason alone. */
export async function idsOf(
  dictionary: Dictionary,
  counts: readonly ({ series: Series } & Facet)[],
  provider: Provider,
): Promise<{ series: number[]; facets: number[]; reasons: number[] }> {
  const series = await dictionary.series(
    counts.map((c) => c.series),
    provider,
  );
  // In one call: two would lock in the order of the calls, and two writers could wait for each other in a circle.
  const reasons = [...new Set(counts.map((c) => c.reason))];
  const facets = await dictionary.facets([
    ...counts,
    ...reasons.map((reason) => ({ eventType: '', eventName: '', appVersion: '', reason })),
  ]);
  const byReason = new Map(reasons.map((reason, i) => [reason, facets[counts.length + i] as number]));
  return { series, facets: facets.slice(0, counts.length), reasons: counts.map((c) => byReason.get(c.reason) as number) };
}

/** Written only when a series' newest minute moves: once a minute, not once a batch. */
async function advanceNewest(db: Kysely<Tables>, ids: readonly number[], times: readonly number[]): Promise<void> {
  const newest = new Map<number, number>();
  ids.forEach((series, i) => {
    newest.set(series, Math.max(times[i] as number, newest.get(series) ?? 0));
  });
  // Locked in the order of their ids, so that two writers never wait for each other in a circle.
  await sql`
    update series set newest = fresh.newest
    from (
      select s.id, f.newest from series s
      join unnest(${[...newest.keys()]}::int[], ${[...newest.values()].map((time) => new Date(time))}::timestamptz[]) as f (id, newest) on s.id = f.id
      where s.newest is null or s.newest < f.newest
      order by s.id for no key update of s
    ) as fresh
    where series.id = fresh.id`.execute(db);
}
