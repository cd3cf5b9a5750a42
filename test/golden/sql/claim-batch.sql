insert into "batch" ("workspace", "sender", "id", "body_hash", "at") values ($1, $2, $3, $4, $5) on conflict do nothing;
