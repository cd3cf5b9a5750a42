select at, seq from audit_event where at >= $1 and arrived >= $2 order by at desc, seq desc limit 1;

with walked as materialized (
  select at, seq, (same_as is null and words @@ $1::tsquery and workspace = $2 and words @@ $3::tsquery and (("action" ilike $4)) and not (words @@ $5::tsquery) and words @@ $6::tsquery) as hit, row_number() over (order by at desc, seq desc)::int as place
  from audit_event where at >= $7 and arrived >= $8 and (at, seq) < ($9, $10)
  order by at desc, seq desc limit $11
)
(select at, seq, hit, place from walked where hit order by place limit $12)
union
(select at, seq, hit, place from walked where place = $13)
order by place;

with found as materialized (
  select at, seq from audit_event where same_as is null and words @@ $1::tsquery and workspace = $2 and words @@ $3::tsquery and (("action" ilike $4)) and not (words @@ $5::tsquery) and words @@ $6::tsquery and at >= $7 and arrived >= $8 and (at, seq) < ($9, $10)
)
select at, seq from found order by at desc, seq desc limit $11;

select from audit_event where at < $1 order by at desc limit 1;
