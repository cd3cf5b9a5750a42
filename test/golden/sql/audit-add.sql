select pg_advisory_xact_lock_shared(hashtext('pipewarden.audit'));

select nextval(own) as seq
from (select pg_get_serial_sequence('audit_event', 'seq')::regclass as own offset 0) sequence, generate_series(1, $1);

insert into audit_key (key, hash, seq)
select decode(key, 'hex'), decode(hash, 'hex'), seq
from unnest($1::text[], $2::text[], $3::bigint[])
  as new (key, hash, seq)
on conflict do nothing returning encode(key, 'hex') as key;

insert into audit_event (seq, arrived, workspace, provider, event_id, at, actor_id, actor_type, actor_name, actor_email,
  action, type, kind, resource_id, resource_name, via, same_as, same_key, details_hash, words)
select new.seq, $1, new.workspace, new.provider, new.event_id, new.at, new.actor_id, new.actor_type, new.actor_name,
  new.actor_email, new.action, new.type, new.kind, new.resource_id, new.resource_name, new.via, same.seq, new.same_key,
  decode(new.details_hash, 'hex'), new.words::tsvector
from unnest($2::bigint[], $3::text[], $4::text[],
  $5::text[], $6::timestamptz[], $7::text[],
  $8::text[], $9::text[], $10::text[], $11::text[],
  $12::text[], $13::text[], $14::text[], $15::text[],
  $16::text[], $17::bigint[], $18::text[],
  $19::text[])
  as new (seq, workspace, provider, event_id, at, actor_id, actor_type, actor_name, actor_email, action, type, kind,
    resource_id, resource_name, via, same_key, details_hash, words)
left join lateral (
  select old.seq from audit_event old
  where old.same_key = new.same_key and old.arrived >= new.at - interval '1 day' and old.same_as is null and (old.provider, old.via) <> (new.provider, new.via)
    and old.at between new.at - $20 * interval '1 second' and new.at + $21 * interval '1 second'
  order by abs(extract(epoch from old.at - new.at)), old.seq limit 1
) same on true;

insert into audit_detail (seq, arrived, salt, details)
select seq, $1, decode(salt, 'hex'), details
from unnest($2::bigint[], $3::text[],
  $4::text[]) as new (seq, salt, details);

select kind, key from (
  select 'forward' as kind, name as key from forward union all
  select 'watch', 'all' where exists (select from audit_watch)
) follower
where not exists (
  select from owed where owed.kind = follower.kind and owed.key = follower.key and due_at <= $1
    and (lease_until is null or version > 0)
);

select encode(key, 'hex') as key, encode(hash, 'hex') as hash, seq from audit_key
where key in (select decode(key, 'hex') from unnest($1::text[]) as other (key));
