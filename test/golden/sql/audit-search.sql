select set_config('enable_sort', 'off', true), set_config('jit', 'off', true);

select at, seq + 1 as seq from audit_event where at >= $1 and arrived >= $2
order by at desc, audit_event.seq desc limit 1;

with walked as materialized (
  select at, seq, arrived, (same_as is null and words @@ $1::tsquery and workspace = $2 and words @@ $3::tsquery and (("action" ilike $4)) and not (words @@ $5::tsquery) and words @@ $6::tsquery) as hit, row_number() over (order by at desc, seq desc)::int as place
  from audit_event where at >= $7 and arrived >= $8 and (at, seq) < ($9, $10)
  order by at desc, seq desc limit $11
)
(select at, seq, arrived, hit, place from walked where hit order by place limit $12)
union
(select at, seq, arrived, hit, place from walked where place = $13)
order by place;

with fitting as materialized (
  select at, seq, arrived, (same_as is null and words @@ $1::tsquery and workspace = $2 and words @@ $3::tsquery and (("action" ilike $4)) and not (words @@ $5::tsquery) and words @@ $6::tsquery) as hit from audit_event
  where words @@ $7::tsquery and at >= $8 and arrived >= $9 and (at, seq) < ($10, $11)
),
few as materialized (select * from fitting limit $12)
select looked, hits.at, hits.seq, hits.arrived, older.at as older_at, older.seq + 1 as older_seq
from (select count(*)::int as looked from few) counted
left join (select at, seq, arrived from few where hit order by at desc, seq desc limit $13) hits on true
left join (
  select at, seq from audit_event where at >= $14 and arrived >= $15 and at < $16 order by at desc, seq desc limit 1
) older on true
order by hits.at desc, hits.seq desc;
