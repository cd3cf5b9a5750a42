import { type Kysely, sql } from 'kysely';
import type { Message } from '../core/messages/message.ts';
import { addressOf, type Place } from '../core/messages/place.ts';
import type { ChatStore, View } from '../core/ports/stores.ts';
import type { Tables } from './tables.ts';

/** Stands before the why of a channel that was closed because its whole team was. */
const WITH_TEAM = 'team: ';

const CHANNEL = ['address', 'team', 'workspace', 'closed'] as const;

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

  async putPost({ subject, place, message, at }) {
    const shown = { message: json(message), place: json(place), queued_at: at };
    await db
      .insertInto('post')
      .values({ subject, address: addressOf(place), ...shown, external_id: null, sending_since: null })
      .onConflict((conflict) =>
        conflict.columns(['subject', 'address']).doUpdateSet((eb) => ({ ...shown, revision: eb('post.revision', '+', 1) })),
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
      queuedAt: row.queued_at,
      sendingSince: row.sending_since,
    }));
  },

  async markShown({ id, revision }, externalId) {
    await sql`
      update post set shown_revision = greatest(shown_revision, ${revision}), external_id = ${externalId}, sending_since = null
      where id = ${id}`.execute(db);
  },

  async markSending({ id }, since) {
    await db.updateTable('post').set({ sending_since: since }).where('id', '=', String(id)).execute();
  },

  async movePost({ id }, place) {
    await db
      .updateTable('post')
      .set({ place: json(place), address: addressOf(place), external_id: null, sending_since: null })
      .where('id', '=', String(id))
      .execute();
  },

  async keepWork({ id, place, until }) {
    const row = { place: json(place), until };
    await db
      .insertInto('long_work')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  },

  async endWork(id) {
    await db.deleteFrom('long_work').where('id', '=', id).execute();
  },

  async takeLostWork(id, now) {
    const lost = db.deleteFrom('long_work').where('id', '=', id).where('until', '<=', now);
    return (await lost.returning('place').executeTakeFirst())?.place as Place | undefined;
  },

  async workUntil(id) {
    return (await db.selectFrom('long_work').select('until').where('id', '=', id).executeTakeFirst())?.until;
  },

  async channel(address) {
    return db.selectFrom('channel').select(CHANNEL).where('address', '=', address).executeTakeFirst();
  },

  async channels() {
    return db.selectFrom('channel').select(CHANNEL).orderBy('address').execute();
  },

  async bindChannel({ address, team, workspace }) {
    await db
      .insertInto('channel')
      .values({ address, team, workspace, closed: null })
      .onConflict((conflict) => conflict.column('address').doUpdateSet({ team, workspace, closed: null }))
      .execute();
  },

  async openChannel({ address, team }) {
    await db
      .insertInto('channel')
      .values({ address, team, workspace: null, closed: null })
      .onConflict((conflict) => conflict.column('address').doUpdateSet({ team, closed: null }))
      .execute();
    // By itself: of two who are told of the same invitation, one has changed it.
    const greeted = db.updateTable('channel').set({ greeted: true }).where('address', '=', address).where('greeted', '=', false);
    return (await greeted.returning('address').execute()).length > 0;
  },

  async openTeam({ platform, team }) {
    const rows = await db
      .updateTable('channel')
      .set({ closed: null })
      .where('team', '=', team)
      .where('address', 'like', `${platform}:%`)
      .where('closed', 'like', `${WITH_TEAM}%`)
      .returning('address')
      .execute();
    return rows.map((row) => row.address);
  },

  async closeChannels({ platform, team, address, why }) {
    if (address !== undefined) {
      await sql`insert into channel (address, team) values (${address}, ${team}) on conflict do nothing`.execute(db);
    }
    const rows = await db
      .updateTable('channel')
      .set({ closed: address === undefined ? `${WITH_TEAM}${why}` : why })
      .where('closed', 'is', null)
      .$if(address !== undefined, (query) => query.where('address', '=', address ?? ''))
      .$if(address === undefined, (query) => query.where('team', '=', team).where('address', 'like', `${platform}:%`))
      .returning('address')
      .execute();
    return rows.map((row) => row.address);
  },
});
