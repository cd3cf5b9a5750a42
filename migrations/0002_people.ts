import { type Kysely, sql } from 'kysely';

/**
 * Who may do what. `person` is null while an account is linked to no other. Subjects of roles are accounts or groups. Tokens of login
 * links are kept as SHA-256; what has to be read again lies sealed in `secret`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = `
    create table account (
      account text primary key, team text not null, name text not null, person text, seen_at timestamptz not null
    );
    create index account_person on account (person) where person is not null;
    create table role_grant (
      subject text not null, role text not null, given_by text not null, given_at timestamptz not null,
      primary key (subject, role)
    );
    create table login_link (
      hash bytea primary key, account text not null unique, name text not null, expires_at timestamptz not null, used_at timestamptz
    );
    create table secret (name text primary key, sealed text not null);
    create table code_try (account text primary key, since timestamptz not null, tries integer not null);
  `;
  for (const statement of statements.split(';')) if (statement.trim()) await sql.raw(statement).execute(db);
}
