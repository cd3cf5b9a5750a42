import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Series } from '../core/delivery/series.ts';
import type { Tables } from './tables.ts';

/** The texts of a count that are stored once and referred to by id. */
export interface Facet {
  eventType: string;
  eventName: string;
  appVersion: string;
  reason: string;
}

const seriesTexts = (s: Series) => [s.workspace, s.source, s.destination, s.mapping, s.audience];
const facetTexts = (f: Facet) => [f.eventType, f.eventName, f.appVersion, f.reason];
const keyOf = (texts: readonly string[]): Buffer => createHash('sha256').update(JSON.stringify(texts)).digest();
/** For the memory: PostgreSQL holds no U+0000, so different texts stay different. Far cheaper than JSON, once for each count. */
const joined = (texts: readonly string[]): string => texts.join('\0');

/** Beyond this many entries the memory starts over; ids are looked up again as they are needed. */
const REMEMBERED = 100_000;

/**
 * Ids that are known to be committed. A transaction looks ids up through `Dictionary`, which keeps its own finds apart until
 * the commit: what a rollback takes back must not be remembered.
 */
export class DictionaryMemory {
  readonly series = new Map<string, number>();
  readonly facets = new Map<string, number>();
}

export class Dictionary {
  readonly #db: Kysely<Tables>;
  readonly #memory: DictionaryMemory;
  readonly #found = new DictionaryMemory();

  constructor(db: Kysely<Tables>, memory: DictionaryMemory) {
    this.#db = db;
    this.#memory = memory;
  }

  /** To be called once the transaction is committed. */
  remember(): void {
    for (const part of ['series', 'facets'] as const) {
      if (this.#memory[part].size + this.#found[part].size > REMEMBERED) this.#memory[part].clear();
      for (const [text, id] of this.#found[part]) this.#memory[part].set(text, id);
    }
  }

  /** Ids in the order asked for; creates what is new, owned by `provider`. */
  async series(wanted: readonly Series[], provider: string): Promise<number[]> {
    // Thousands of counts share a few dozen objects: each is looked up once.
    const distinct = [...new Set(wanted)];
    const ids = await this.#ids('series', distinct, seriesTexts, (missing) => {
      const rows = missing.map((s) => ({ key: keyOf(seriesTexts(s)), ...pick(s), provider }));
      return insertMissing(this.#db, 'series', rows);
    });
    const idOf = new Map(distinct.map((one, i) => [one, ids[i] as number]));
    return wanted.map((one) => idOf.get(one) as number);
  }

  facets(wanted: readonly Facet[]): Promise<number[]> {
    return this.#ids('facets', wanted, facetTexts, (missing) => {
      const rows = missing.map((f) => ({
        key: keyOf(facetTexts(f)),
        event_type: f.eventType,
        event_name: f.eventName,
        app_version: f.appVersion,
        reason: f.reason,
      }));
      return insertMissing(this.#db, 'facet', rows);
    });
  }

  async #ids<T>(
    part: 'series' | 'facets',
    wanted: readonly T[],
    textsOf: (item: T) => string[],
    insert: (missing: T[]) => Promise<Map<string, number>>,
  ): Promise<number[]> {
    const texts = wanted.map((item) => joined(textsOf(item)));
    const known = (text: string) => this.#found[part].get(text) ?? this.#memory[part].get(text);
    const missing = new Map<string, T>();
    texts.forEach((text, i) => {
      if (known(text) === undefined) missing.set(text, wanted[i] as T);
    });
    if (missing.size > 0) {
      const idByKey = await insert([...missing.values()]);
      for (const [text, item] of missing) {
        this.#found[part].set(text, idByKey.get(keyOf(textsOf(item)).toString('hex')) as number);
      }
    }
    return texts.map((text) => known(text) as number);
  }
}

const pick = (s: Series) => ({
  workspace: s.workspace,
  source: s.source,
  destination: s.destination,
  mapping: s.mapping,
  audience: s.audience,
});

/** Sorted by key, so that two writers never wait for each other in a circle. */
async function insertMissing(
  db: Kysely<Tables>,
  table: 'series' | 'facet',
  rows: ({ key: Buffer } & Record<string, unknown>)[],
): Promise<Map<string, number>> {
  rows.sort((a, b) => a.key.compare(b.key));
  const idByKey = new Map<string, number>();
  for (let start = 0; start < rows.length; start += 1_000) {
    const part = rows.slice(start, start + 1_000);
    await db
      .insertInto(table)
      .values(part as never)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const keys = part.map((row) => row.key);
    const { rows: found } = await sql<{ id: number; key: Buffer }>`
      select id, key from ${sql.table(table)} where key = any(${keys}::bytea[])`.execute(db);
    for (const row of found) idByKey.set(row.key.toString('hex'), row.id);
  }
  return idByKey;
}
