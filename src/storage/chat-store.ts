import { type Kysely, sql } from 'kysely';
import type { Message } from '../core/messages/message.ts';
import { addressOf, type Place } from '../core/messages/place.ts';
import type { ConsoleBody, ConsoleEntry, ConsoleLog } from '../core/ports/chat.ts';
import type { ChatStore, View } from '../core/ports/stores.ts';
import type { Tables } from './tables.ts';

const json = (value: unknown): string => JSON.stringify(value);

export const chatStore = (db: Kysely<Tables>): ChatStore => ({
  async saveView(view) {
    const row = {
      ...view,
      args: json(view.args),
      choices: json(view.choices),
      place: json(view.place),
      expires_at: view.expiresAt,
    };
    const { id, command, verb, args, choices, place, expires_at } = row;
    await db
      .insertInto('view')
      .values({ id, command, verb, args, choices, place, expires_at })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ verb, args, choices, expires_at }))
      .execute();
  },

  async view(id, now) {
    const row = await db.selectFrom('view').selectAll().where('id', '=', id).where('expires_at', '>', now).executeTakeFirst();
    if (!row) return undefined;
    const { expires_at: expiresAt, args, choices, place, ...rest } = row;
    return { ...rest, args: args as View['args'], choices: choices as string[], place: place as Place, expiresAt };
  },

  async putPost({ subject, place, message }) {
    const text = json(message);
    await db
      .insertInto('post')
      .values({ subject, address: addressOf(place), place: json(place), message: text, external_id: null })
      .onConflict((conflict) =>
        conflict.columns(['subject', 'address']).doUpdateSet((eb) => ({ message: text, revision: eb('post.revision', '+', 1) })),
      )
      .execute();
  },

  async unshown(address, limit) {
    const rows = await db
      .selectFrom('post')
      .selectAll()
      .where('address', '=', address)
      .whereRef('shown_revision', '<', 'revision')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: Number(row.id),
      subject: row.subject,
      place: row.place as Place,
      message: row.message as Message,
      revision: row.revision,
      shownRevision: row.shown_revision,
      externalId: row.external_id,
    }));
  },

  async markShown({ id, revision }, externalId) {
    await sql`update post set shown_revision = greatest(shown_revision, ${revision}), external_id = ${externalId} where id = ${id}`.execute(
      db,
    );
  },
});

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
  }): ConsoleEntry => ({
    id: Number(row.id),
    channel: row.channel,
    author: row.author,
    body: row.body as ConsoleBody,
    at: row.at,
    editedAt: row.edited_at,
    person: row.person,
  });
  const columns = ['id', 'channel', 'author', 'body', 'at', 'edited_at', 'person'] as const;

  return {
    async append({ channel, author, body, key, at, person = null }) {
      await db
        .insertInto('console_message')
        .values({ channel, author, body: json(body), key, at, edited_at: null, person })
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

    async list(channel, account, limit, before) {
      const rows = await db
        .selectFrom('console_message')
        .select(columns)
        .where('channel', '=', channel)
        .where((eb) => eb.or([eb('person', 'is', null), eb('person', '=', account)]))
        .$if(before !== undefined, (query) => query.where('id', '<', String(before)))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.reverse().map(entryOf);
    },

    async newest(channels, account) {
      const rows = await db
        .selectFrom('console_message')
        .select(['channel', (eb) => eb.fn.max('id').as('id')])
        .where('channel', 'in', [...channels, ''])
        .where((eb) => eb.or([eb('person', 'is', null), eb('person', '=', account)]))
        .groupBy('channel')
        .execute();
      return Object.fromEntries([...channels.map((name) => [name, 0]), ...rows.map((row) => [row.channel, Number(row.id)])]);
    },
  };
}
