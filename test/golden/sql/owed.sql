insert into owed (kind, key, due_at)
select * from unnest($1::text[], $2::text[], $3::timestamptz[])
on conflict (kind, key) do update set version = owed.version + 1, due_at = least(owed.due_at, excluded.due_at)
where owed.lease_until is not null or excluded.due_at < owed.due_at;

update owed set lease_until = $1, fence = owed.fence + 1, attempts = owed.attempts + 1, version = 0
from (
  select kind, key from owed
  where kind = $2 and due_at <= $3 and (lease_until is null or lease_until <= $4)
  order by due_at, key limit $5 for update skip locked
) as due
where owed.kind = due.kind and owed.key = due.key
returning owed.kind, owed.key, owed.attempts, owed.fence;

select from owed join unnest($1::text[], $2::text[],
$3::bigint[]) as claimed (kind, key, fence) on owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence order by owed.kind collate "C", owed.key for update of owed;

delete from owed using unnest($1::text[], $2::text[],
$3::bigint[]) as claimed (kind, key, fence) where owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence and owed.version = 0;

update owed set lease_until = null, attempts = 0 from unnest($1::text[], $2::text[],
$3::bigint[]) as claimed (kind, key, fence) where owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence;

select from owed join unnest($1::text[], $2::text[],
$3::bigint[]) as claimed (kind, key, fence) on owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence order by owed.kind collate "C", owed.key for update of owed;

update owed set lease_until = null, attempts = 0, due_at = $1
  from unnest($2::text[], $3::text[],
$4::bigint[]) as claimed (kind, key, fence) where owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence and owed.version = 0;

update owed set lease_until = null, attempts = 0 from unnest($1::text[], $2::text[],
$3::bigint[]) as claimed (kind, key, fence) where owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence;

select min(greatest(due_at, lease_until)) as due from owed;
