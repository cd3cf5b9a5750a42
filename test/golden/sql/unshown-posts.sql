select * from "post" where "address" = $1 and "shown_revision" < "revision" order by "id" limit $2;
