import { type Kysely, sql } from 'kysely';
import { DAY, HOUR, plus } from '../core/delivery/time.ts';
import type { PersonRole } from '../core/people/actor.ts';
import type { PeopleStore, Seen } from '../core/ports/people.ts';
import type { Tables } from './tables.ts';

/** An account with neither role nor link is only a name: it is forgotten once nobody has seen it for this long. */
const ACCOUNTS_KEPT = 400 * DAY;
/** How long tries are counted together. */
const TRIES_WITHIN = HOUR;

export const peopleStore = (db: Kysely<Tables>): PeopleStore => ({
  ...accounts(db),
  ...roles(db),
  ...logins(db),
  ...secrets(db),
  async retain(now) {
    await db.deleteFrom('login_link').where('expires_at', '<', now).execute();
    await db.deleteFrom('code_try').where('since', '<', plus(now, -TRIES_WITHIN)).execute();
    await db
      .deleteFrom('account')
      .where('seen_at', '<', plus(now, -ACCOUNTS_KEPT))
      .where('person', 'is', null)
      .where('account', 'not in', db.selectFrom('role_grant').select('subject'))
      .execute();
  },
});

/** Columns of an account are null for what was never seen. */
type FoundRow = { subject: string; person: string | null; roles: PersonRole[] } & (Seen | { [Column in keyof Seen]: null });

const accounts = (db: Kysely<Tables>): Pick<PeopleStore, 'find' | 'accountsNamed' | 'remember' | 'link' | 'unlink'> => ({
  async find(subjects) {
    const { rows } = await sql<FoundRow>`
      with named as (select unnest(${subjects}::text[]) as subject),
      found as (
        select subject from named
        union select account from account where person in (select person from account join named on account = subject)
      )
      select subject, team, name, seen_at as at, person,
        array(select role from role_grant where role_grant.subject = found.subject) as roles
      from found left join account on account = subject`.execute(db);
    return rows.map(({ subject, person, roles, team, name, at }) => ({
      subject,
      person,
      roles,
      seen: at === null ? undefined : { team, name, at },
    }));
  },

  async accountsNamed(name, limit) {
    return db
      .selectFrom('account')
      .select(['account', 'name'])
      .where(sql`lower(name)`, '=', name.toLowerCase())
      .orderBy('account')
      .limit(limit)
      .execute();
  },

  async remember({ account, team, name, at }) {
    await db
      .insertInto('account')
      .values({ account, team, name, person: null, seen_at: at })
      .onConflict((conflict) => conflict.column('account').doUpdateSet({ team, name, seen_at: at }))
      .execute();
  },

  async link([a, b], person, at) {
    // Two links that share an account must see each other's person; links are rare enough to stand in one line.
    await sql`select pg_advisory_xact_lock(hashtext('pipewarden link'))`.execute(db);
    await db
      .insertInto('account')
      .values([a, b].map((account) => ({ account, team: '', name: '', person: null, seen_at: at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const rows = await db.selectFrom('account').select('person').where('account', 'in', [a, b]).execute();
    const persons = [...new Set(rows.map((row) => row.person))];
    if (persons.length === 1 && persons[0] !== null) return false;
    const known = persons.filter((id) => id !== null).sort();
    await db
      .updateTable('account')
      .set({ person: known[0] ?? person })
      .where((eb) => eb.or([eb('account', 'in', [a, b]), eb('person', 'in', known.length > 0 ? known : [person])]))
      .execute();
    return true;
  },

  async unlink(account) {
    const { numUpdatedRows } = await db
      .updateTable('account')
      .set({ person: null })
      .where('account', '=', account)
      .where('person', 'is not', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});

const roles = (db: Kysely<Tables>): Pick<PeopleStore, 'lockRoles' | 'grants' | 'give' | 'take'> => ({
  async lockRoles() {
    await sql`select pg_advisory_xact_lock(hashtext('pipewarden roles'))`.execute(db);
  },

  async grants() {
    const rows = await db.selectFrom('role_grant').selectAll().orderBy('given_at').orderBy('subject').execute();
    return rows.map(({ subject, role, given_by: by, given_at: at }) => ({ subject, role: role as PersonRole, by, at }));
  },

  async give({ subject, role, by, at }) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('role_grant')
      .values({ subject, role, given_by: by, given_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  },

  async take({ subject, role }) {
    const { numDeletedRows } = await db
      .deleteFrom('role_grant')
      .where('subject', '=', subject)
      .where('role', '=', role)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  },
});

const logins = (db: Kysely<Tables>): Pick<PeopleStore, 'saveLogin' | 'login' | 'useLogin'> => ({
  async saveLogin({ hash, account, name, expiresAt }) {
    const link = { hash, name, expires_at: expiresAt, used_at: null };
    await db
      .insertInto('login_link')
      .values({ account, ...link })
      .onConflict((conflict) => conflict.column('account').doUpdateSet(link))
      .execute();
  },

  async login(hash, now) {
    return db
      .selectFrom('login_link')
      .select(['account', 'name'])
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
  },

  async useLogin(hash, now) {
    return db
      .updateTable('login_link')
      .set({ used_at: now })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning(['account', 'name'])
      .executeTakeFirst();
  },
});

const secrets = (db: Kysely<Tables>): Pick<PeopleStore, 'secret' | 'keepSecret' | 'dropSecret' | 'countTry'> => {
  const secret = async (name: string): Promise<string | undefined> =>
    (await db.selectFrom('secret').select('sealed').where('name', '=', name).executeTakeFirst())?.sealed;
  return {
    secret,
    async keepSecret(name, sealed) {
      await db
        .insertInto('secret')
        .values({ name, sealed })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await secret(name)) ?? sealed;
    },
    async dropSecret(name) {
      const { numDeletedRows } = await db.deleteFrom('secret').where('name', '=', name).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async countTry(account, now) {
      const over = plus(now, -TRIES_WITHIN);
      const { rows } = await sql<{ tries: number }>`
        insert into code_try (account, since, tries) values (${account}, ${now}, 1)
        on conflict (account) do update set
          tries = case when code_try.since <= ${over} then 1 else code_try.tries + 1 end,
          since = case when code_try.since <= ${over} then ${now} else code_try.since end
        returning tries`.execute(db);
      return rows[0]?.tries ?? 1;
    },
  };
};
