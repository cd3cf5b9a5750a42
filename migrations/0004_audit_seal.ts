import { type Kysely, sql } from 'kysely';

/**
 * Seals of the audit trail, made in the order of arrival behind its writing: a row an event, `n` without gaps, `hash` chained. Signed
 * checkpoints say how far it went; where the oldest part was dropped, one signed start says where it begins. Details may be erased by
 * law, through one function only, which takes their words out of the index of words too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `create table audit_seal (
      n bigint not null, seq bigint not null, arrived timestamptz not null, hash bytea not null,
      primary key (n, arrived)
    ) partition by range (arrived)`,
    'create index audit_seal_seq on audit_seal (seq)',
    `create table audit_checkpoint (
      number integer primary key, n bigint not null, at timestamptz not null, token text not null, posted boolean not null default false
    )`,
    'create table audit_start (id integer primary key default 1 check (id = 1), n bigint not null, token text not null)',
    `create trigger audit_seal_stays before update or delete on audit_seal
      for each row execute function audit_event_stays()`,
    `create function audit_detail_stays() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and current_setting('pipewarden.erasing', true) = 'yes' and new.seq = old.seq
          and new.arrived = old.arrived and new.salt is null and new.details is null then
          return new;
        end if;
        raise exception 'details of an audit event are never changed, and erased by audit_erase alone';
      end $$`,
    `create trigger audit_detail_stays before update or delete on audit_detail
      for each row execute function audit_detail_stays()`,
    `create trigger audit_detail_stays_whole before truncate on audit_detail
      for each statement execute function audit_detail_stays()`,
    `create or replace function audit_event_stays() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and current_setting('pipewarden.erasing', true) = 'yes'
          and to_jsonb(new) - 'words' = to_jsonb(old) - 'words' then
          return new;
        end if;
        raise exception 'an audit event is never changed or removed';
      end $$`,
    `create function audit_erase(seqs bigint[], remaining text[]) returns setof bigint language plpgsql as $$
      begin
        perform set_config('pipewarden.erasing', 'yes', true);
        update audit_event e set words = found.words::tsvector
          from unnest(seqs, remaining) as found (seq, words) where e.seq = found.seq;
        return query update audit_detail set salt = null, details = null
          where seq = any(seqs) and details is not null returning seq;
        perform set_config('pipewarden.erasing', '', true);
      end $$`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
