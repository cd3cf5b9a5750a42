import type { Kysely, Selectable } from 'kysely';
import type { SavedSearch } from '../core/audit/saved-search.ts';
import type { Batch } from '../core/audit/watch-batch.ts';
import { DAY, plus } from '../core/delivery/time.ts';
import { addressOf, type Place } from '../core/messages/place.ts';
import type { AuditWatchStore, Watch } from '../core/ports/audit-watches.ts';
import type { Tables } from './tables.ts';

/** Long after nothing can be added to them. */
const BATCHES_KEPT = DAY;
/** As long as the message that waits for the channel. */
const HELD_KEPT = 60 * DAY;

export const auditWatchStore = (db: Kysely<Tables>): AuditWatchStore => ({
  ...watches(db),
  ...batches(db),
  ...savedSearches(db),
  async retain(now) {
    await db
      .deleteFrom('audit_watch_batch')
      .where((eb) =>
        eb.or([
          eb.and([eb('held', '=', false), eb('last_at', '<', plus(now, -BATCHES_KEPT))]),
          eb('last_at', '<', plus(now, -HELD_KEPT)),
        ]),
      )
      .execute();
  },
});

const watches = (db: Kysely<Tables>): Pick<AuditWatchStore, 'any' | 'all' | 'watch' | 'add' | 'remove'> => ({
  async any() {
    return (await db.selectFrom('audit_watch').select('id').limit(1).execute()).length > 0;
  },

  async all(address) {
    const rows = await db
      .selectFrom('audit_watch')
      .selectAll()
      .$if(address !== undefined, (query) => query.where('address', '=', address ?? ''))
      .orderBy('at')
      .orderBy('id')
      .execute();
    return rows.map(watchOf);
  },

  async watch(id) {
    const row = await db.selectFrom('audit_watch').selectAll().where('id', '=', id).executeTakeFirst();
    return row && watchOf(row);
  },

  async add(watch, same) {
    const { id, place, query, after, by, account, at } = watch;
    const address = addressOf(place);
    const row = {
      id,
      address,
      same,
      place: JSON.stringify(place),
      query,
      after_seq: after,
      by_name: by,
      by_account: account,
      at,
    };
    // Touched where it is there already, so that it is returned, and stays until we commit.
    const kept = await db
      .insertInto('audit_watch')
      .values(row)
      .onConflict((conflict) => conflict.columns(['address', 'same']).doUpdateSet({ address }))
      .returningAll()
      .executeTakeFirstOrThrow();
    return { watch: watchOf(kept), isNew: kept.id === id };
  },

  async remove(id) {
    const row = await db.deleteFrom('audit_watch').where('id', '=', id).returningAll().executeTakeFirst();
    return row && watchOf(row);
  },
});

const watchOf = (row: Selectable<Tables['audit_watch']>): Watch => ({
  id: row.id,
  place: row.place as Place,
  query: row.query,
  after: Number(row.after_seq),
  by: row.by_name,
  account: row.by_account,
  at: row.at,
});

const batches = (db: Kysely<Tables>): Pick<AuditWatchStore, 'cursor' | 'moveCursor' | 'batches' | 'putBatches' | 'endHeld'> => ({
  async cursor() {
    await db
      .insertInto('audit_watch_cursor')
      .values({ seq: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { seq } = await db.selectFrom('audit_watch_cursor').select('seq').forUpdate().executeTakeFirstOrThrow();
    return Number(seq);
  },

  async moveCursor(seq) {
    await db.updateTable('audit_watch_cursor').set({ seq }).execute();
  },

  async batches(address, since, held) {
    const rows = await db
      .selectFrom('audit_watch_batch')
      .select('batch')
      .where('address', '=', address)
      .where((eb) => (held ? eb('held', '=', true) : eb.and([eb('held', '=', false), eb('last_at', '>', since)])))
      .orderBy('started_at')
      .orderBy('id')
      .execute();
    return rows.map(({ batch }) => batchOf(batch as Stored<Batch>));
  },

  async putBatches(address, changed) {
    if (changed.length === 0) return;
    const rows = changed.map((batch) => ({
      id: batch.id,
      address,
      held: batch.kind === 'held',
      started_at: batch.startedAt,
      last_at: batch.lastAt,
      batch: JSON.stringify(batch),
    }));
    await db
      .insertInto('audit_watch_batch')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({ last_at: eb.ref('excluded.last_at'), batch: eb.ref('excluded.batch') })),
      )
      .execute();
  },

  async endHeld(address) {
    await db.deleteFrom('audit_watch_batch').where('address', '=', address).where('held', '=', true).execute();
  },
});

/** As JSON has it. */
type Stored<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Stored<T[Key]> } : T;

function batchOf({ startedAt, lastAt, from, to, lines, ...batch }: Stored<Batch>): Batch {
  return {
    ...batch,
    startedAt: new Date(startedAt),
    lastAt: new Date(lastAt),
    from: new Date(from),
    to: new Date(to),
    lines: lines.map((line) => ({ ...line, at: new Date(line.at) })),
  };
}

const savedSearches = (db: Kysely<Tables>): Pick<AuditWatchStore, 'saved' | 'save' | 'forget'> => ({
  async saved(scope) {
    const rows = await db.selectFrom('audit_saved').selectAll().where('scope', '=', scope).orderBy('name').execute();
    return rows.map(searchOf);
  },

  async save(scope, { name, query, by, at }) {
    const key = db.selectFrom('audit_saved').selectAll().where('scope', '=', scope).where('name', '=', name);
    for (;;) {
      const before = await key.forUpdate().executeTakeFirst();
      const row = { query, by_name: by, at };
      if (before) {
        await db.updateTable('audit_saved').set(row).where('scope', '=', scope).where('name', '=', name).execute();
        return searchOf(before);
      }
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('audit_saved')
        .values({ scope, name, ...row })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      // Of two that take a new name at once, the later one replaces.
      if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return undefined;
    }
  },

  async forget(scope, name) {
    const row = await db
      .deleteFrom('audit_saved')
      .where('scope', '=', scope)
      .where('name', '=', name)
      .returningAll()
      .executeTakeFirst();
    return row && searchOf(row);
  },
});

const searchOf = ({ name, query, by_name: by, at }: Selectable<Tables['audit_saved']>): SavedSearch => ({ name, query, by, at });
