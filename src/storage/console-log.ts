import type { ExpressionBuilder, Kysely } from 'kysely';
import type { ConsoleBody, ConsoleEntry, ConsoleLog } from '../core/ports/chat.ts';
import type { Tables } from './tables.ts';

const json = (value: unknown): string => JSON.stringify(value);

/** The console's messages. Its own short transactions: the console stands where a platform's server would. */
export function consoleLog(db: Kysely<Tables>): ConsoleLog {
  const entryOf = (row: {
    id: string;
    channel: string;
    author: string;
    body: unknown;
    at: Date;
    edited_at: Date | null;
    person: string | null;
    thread: string | null;
  }): ConsoleEntry => ({
    id: Number(row.id),
    channel: row.channel,
    author: row.author,
    body: row.body as ConsoleBody,
    at: row.at,
    editedAt: row.edited_at,
    person: row.person,
    thread: row.thread === null ? null : Number(row.thread),
  });
  const columns = ['id', 'channel', 'author', 'body', 'at', 'edited_at', 'person', 'thread'] as const;
  const seenBy = (account: string) => (eb: ExpressionBuilder<Tables, 'console_message'>) =>
    eb.or([eb('person', 'is', null), eb('person', '=', account)]);

  return {
    async append({ channel, author, body, key, at, person = null, thread }) {
      await db
        .insertInto('console_message')
        .values((eb) => ({
          channel,
          author,
          body: json(body),
          key,
          at,
          edited_at: null,
          person,
          thread:
            thread === undefined
              ? null
              : eb
                  .selectFrom('console_message as above')
                  .select((above) => above.fn.coalesce('above.thread', 'above.id').as('thread'))
                  .where('above.id', '=', String(thread))
                  .where('above.channel', '=', channel),
        }))
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
      return entryOf(await db.selectFrom('console_message').select(columns).where('key', '=', key).executeTakeFirstOrThrow());
    },

    async edit(id, body, at) {
      const row = await db
        .updateTable('console_message')
        .set({ body: json(body), edited_at: at })
        .where('id', '=', String(id))
        .returning(columns)
        .executeTakeFirst();
      return row && entryOf(row);
    },

    async entry(id) {
      const row = await db.selectFrom('console_message').select(columns).where('id', '=', String(id)).executeTakeFirst();
      return row && entryOf(row);
    },

    // Embedded, there is no other process.
    elsewhere() {},

    async list(channel, account, limit, before) {
      const rows = await db
        .selectFrom('console_message')
        .select(columns)
        .where('channel', '=', channel)
        .where('thread', 'is', null)
        .where(seenBy(account))
        .$if(before !== undefined, (query) => query.where('id', '<', String(before)))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.reverse().map(entryOf);
    },

    async replies(channel, to, account, limit) {
      if (to.length === 0) return [];
      const numbered = db
        .selectFrom('console_message')
        .select([
          ...columns,
          (eb) =>
            eb.fn
              .agg<string>('row_number')
              .over((over) => over.partitionBy('thread').orderBy('id', 'desc'))
              .as('place'),
        ])
        .where('channel', '=', channel)
        // A reply is younger than what it answers: the index on (channel, id) keeps this from reading the whole channel.
        .where('id', '>', String(Math.min(...to)))
        .where('thread', 'in', to.map(String))
        .where(seenBy(account));
      const rows = await db
        .selectFrom(numbered.as('reply'))
        .select(columns)
        .where('place', '<=', String(limit))
        .orderBy('id')
        .execute();
      return rows.map(entryOf);
    },

    async newest(channels, account) {
      const rows = await db
        .selectFrom('console_message')
        .select(['channel', (eb) => eb.fn.max('id').as('id')])
        .where('channel', 'in', [...channels, ''])
        .where(seenBy(account))
        .groupBy('channel')
        .execute();
      return Object.fromEntries([...channels.map((name) => [name, 0]), ...rows.map((row) => [row.channel, Number(row.id)])]);
    },
  };
}
