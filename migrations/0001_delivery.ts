import { type Kysely, sql } from 'kysely';

/**
 * Delivery counts, what is owed, and chat. SQL for PostgreSQL 15; runs on PGlite as it is.
 *
 * Ids stand for texts in the big tables: `series` for (workspace, source, destination, mapping, audience), `facet` for
 * (event type, event name, app version, reason). Both are found by a hash of the texts, since an index row cannot hold 4 KB.
 * `*_count` tables hold every facet; `*_step` tables hold the same events by step and reason only (a facet with empty names),
 * so that an overview reads a few rows whatever the number of event names.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = `
    create table series (
      id integer generated always as identity primary key,
      key bytea not null unique,
      workspace text not null, source text not null, destination text not null, mapping text not null, audience text not null,
      provider text not null,
      closed_until timestamptz,
      newest timestamptz
    );
    create table facet (
      id integer generated always as identity primary key,
      key bytea not null unique,
      event_type text not null, event_name text not null, app_version text not null, reason text not null
    );
    create table minute_count (
      series integer not null, minute timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, minute, step, facet)
    ) partition by range (minute);
    create table minute_step (
      series integer not null, minute timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, minute, step, facet)
    ) partition by range (minute);
    create table hour_count (
      series integer not null, hour timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, hour, step, facet)
    ) partition by range (hour);
    create table hour_step (
      series integer not null, hour timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, hour, step, facet)
    ) partition by range (hour);
    create table day_count (
      series integer not null, day timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, day, step, facet)
    );
    create table day_step (
      series integer not null, day timestamptz not null, step smallint not null, facet integer not null,
      count bigint not null, retried bigint not null,
      primary key (series, day, step, facet)
    );
    create table sync (
      series integer not null, id text not null,
      started timestamptz not null, ended timestamptz, status text not null, rows bigint, reason text not null,
      collections jsonb not null,
      primary key (series, id)
    );
    create index sync_started on sync (series, started);
    create table sample (
      series integer not null, step smallint not null, reason text not null, hour timestamptz not null, slot smallint not null,
      at timestamptz not null, event_name text not null, request text not null, response text not null,
      primary key (series, step, reason, hour, slot)
    );
    create index sample_hour on sample (hour);
    create table gauge (
      series integer not null, metric text not null, at timestamptz not null, value double precision not null,
      primary key (series, metric, at)
    );
    create table batch (
      workspace text not null, sender text not null, id text not null, body_hash bytea not null, at timestamptz not null,
      primary key (workspace, sender, id)
    );
    create index batch_at on batch (at);
    create table collected (connector text primary key, until timestamptz not null);
    create table resource (
      workspace text not null, kind text not null, id text not null,
      slug text not null, name text not null, parent text not null, variant text not null, url text not null,
      primary key (workspace, kind, id)
    );
    create table owed (
      kind text not null, key text collate "C" not null,
      due_at timestamptz not null, attempts integer not null default 0,
      lease_until timestamptz, fence bigint not null default 0, version bigint not null default 1,
      primary key (kind, key)
    );
    create index owed_due on owed (kind, due_at);
    create table view (
      id text primary key, command text not null, verb text not null, args jsonb not null, choices jsonb not null,
      place jsonb not null, expires_at timestamptz not null
    );
    create index view_expires on view (expires_at);
    create table post (
      id bigint generated always as identity primary key,
      subject text not null, address text not null, place jsonb not null, message jsonb not null,
      revision integer not null default 1, shown_revision integer not null default 0, external_id text,
      queued_at timestamptz not null, sending_since timestamptz,
      unique (subject, address)
    );
    create index post_unshown on post (address, id) where shown_revision < revision;
    create table channel (
      address text primary key, team text not null, workspace text, closed text
    );
    create table console_message (
      id bigint generated always as identity primary key,
      channel text not null, author text not null, body jsonb not null, key text not null unique,
      at timestamptz not null, edited_at timestamptz, person text,
      thread bigint
    );
    create index console_message_channel on console_message (channel, id);
  `;
  for (const statement of statements.split(';')) if (statement.trim()) await sql.raw(statement).execute(db);
}
