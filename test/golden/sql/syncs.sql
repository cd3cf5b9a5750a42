insert into "sync" ("series", "id", "started", "ended", "status", "rows", "reason", "collections") values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict ("series", "id") do update set "started" = "excluded"."started", "ended" = "excluded"."ended", "status" = "excluded"."status", "rows" = "excluded"."rows", "reason" = "excluded"."reason", "collections" = "excluded"."collections";

update series set newest = fresh.newest
from (
  select s.id, f.newest from series s
  join unnest($1::int[], $2::timestamptz[]) as f (id, newest) on s.id = f.id
  where s.newest is null or s.newest < f.newest
  order by s.id for no key update of s
) as fresh
where series.id = fresh.id;

select "s"."workspace", "s"."source", "s"."destination", "s"."mapping", "s"."audience", "sync"."id", "started", "ended", "status", "rows", "reason", "collections" from "sync" inner join "series" as "s" on "s"."id" = "sync"."series" where "sync"."series" in ($1, $2) and "started" >= $3 and "started" < $4 order by "started" desc, "sync"."id";
