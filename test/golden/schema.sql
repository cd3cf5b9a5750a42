-- The schema as PostgreSQL 15 has it after all migrations, without partitions. Made by test/storage/schema.test.ts.
-- It differs? A schema changes only by a new file in migrations/: one that was released is never edited. If that is what you
-- did, and the difference is what you meant: npx vitest run test/storage/schema.test.ts -u

create table account (
  account text not null,
  team text not null,
  name text not null,
  person text,
  seen_at timestamp with time zone not null,
  primary key (account)
);
create index account_person on account using btree (person) where (person is not null);

create table batch (
  workspace text not null,
  sender text not null,
  id text not null,
  body_hash bytea not null,
  at timestamp with time zone not null,
  primary key (workspace, sender, id)
);
create index batch_at on batch using btree (at);

create table channel (
  address text not null,
  team text not null,
  workspace text,
  closed text,
  primary key (address)
);

create table code_try (
  account text not null,
  since timestamp with time zone not null,
  tries integer not null,
  primary key (account)
);

create table collected (
  connector text not null,
  until timestamp with time zone not null,
  primary key (connector)
);

create table console_message (
  id bigint not null generated always as identity,
  channel text not null,
  author text not null,
  body jsonb not null,
  key text not null,
  at timestamp with time zone not null,
  edited_at timestamp with time zone,
  person text,
  thread bigint,
  primary key (id),
  unique (key)
);
create index console_message_channel on console_message using btree (channel, id);

create table day_count (
  series integer not null,
  day timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, day, step, facet)
);

create table day_step (
  series integer not null,
  day timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, day, step, facet)
);

create table facet (
  id integer not null generated always as identity,
  key bytea not null,
  event_type text not null,
  event_name text not null,
  app_version text not null,
  reason text not null,
  primary key (id),
  unique (key)
);

create table gauge (
  series integer not null,
  metric text not null,
  at timestamp with time zone not null,
  value double precision not null,
  primary key (series, metric, at)
);

create table hour_count (
  series integer not null,
  hour timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, hour, step, facet)
) partition by range (hour);

create table hour_step (
  series integer not null,
  hour timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, hour, step, facet)
) partition by range (hour);

create table login_link (
  hash bytea not null,
  account text not null,
  name text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  primary key (hash),
  unique (account)
);

create table minute_count (
  series integer not null,
  minute timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, minute, step, facet)
) partition by range (minute);

create table minute_step (
  series integer not null,
  minute timestamp with time zone not null,
  step smallint not null,
  facet integer not null,
  count bigint not null,
  retried bigint not null,
  primary key (series, minute, step, facet)
) partition by range (minute);

create table owed (
  kind text not null,
  key text collate "C" not null,
  due_at timestamp with time zone not null,
  attempts integer not null default 0,
  lease_until timestamp with time zone,
  fence bigint not null default 0,
  version bigint not null default 1,
  primary key (kind, key)
);
create index owed_due on owed using btree (kind, due_at);

create table post (
  id bigint not null generated always as identity,
  subject text not null,
  address text not null,
  place jsonb not null,
  message jsonb not null,
  revision integer not null default 1,
  shown_revision integer not null default 0,
  external_id text,
  queued_at timestamp with time zone not null,
  sending_since timestamp with time zone,
  primary key (id),
  unique (subject, address)
);
create index post_unshown on post using btree (address, id) where (shown_revision < revision);

create table resource (
  workspace text not null,
  kind text not null,
  id text not null,
  slug text not null,
  name text not null,
  parent text not null,
  variant text not null,
  url text not null,
  primary key (workspace, kind, id)
);

create table role_grant (
  subject text not null,
  role text not null,
  given_by text not null,
  given_at timestamp with time zone not null,
  primary key (subject, role)
);

create table sample (
  series integer not null,
  step smallint not null,
  reason text not null,
  hour timestamp with time zone not null,
  slot smallint not null,
  at timestamp with time zone not null,
  event_name text not null,
  request text not null,
  response text not null,
  primary key (series, step, reason, hour, slot)
);
create index sample_hour on sample using btree (hour);

create table secret (
  name text not null,
  sealed text not null,
  primary key (name)
);

create table series (
  id integer not null generated always as identity,
  key bytea not null,
  workspace text not null,
  source text not null,
  destination text not null,
  mapping text not null,
  audience text not null,
  provider text not null,
  closed_until timestamp with time zone,
  newest timestamp with time zone,
  primary key (id),
  unique (key)
);

create table sync (
  series integer not null,
  id text not null,
  started timestamp with time zone not null,
  ended timestamp with time zone,
  status text not null,
  rows bigint,
  reason text not null,
  collections jsonb not null,
  primary key (series, id)
);
create index sync_started on sync using btree (series, started);

create table view (
  id text not null,
  command text not null,
  verb text not null,
  args jsonb not null,
  choices jsonb not null,
  place jsonb not null,
  expires_at timestamp with time zone not null,
  primary key (id)
);
create index view_expires on view using btree (expires_at);
