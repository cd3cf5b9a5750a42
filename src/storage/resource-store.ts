import type { Kysely } from 'kysely';
import type { ResourceStore } from '../core/ports/stores.ts';
import type { Tables } from './tables.ts';

export const resourceStore = (db: Kysely<Tables>): ResourceStore => ({
  async put(resources) {
    // The last one of a repeated key counts; sorted, so that two writers never wait for each other in a circle.
    const last = new Map(resources.map((r) => [JSON.stringify([r.workspace, r.kind, r.id]), { ...r }]));
    const rows = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    for (let start = 0; start < rows.length; start += 1_000) {
      await db
        .insertInto('resource')
        .values(rows.slice(start, start + 1_000))
        .onConflict((conflict) =>
          conflict.columns(['workspace', 'kind', 'id']).doUpdateSet((eb) => ({
            slug: eb.ref('excluded.slug'),
            name: eb.ref('excluded.name'),
            parent: eb.ref('excluded.parent'),
            variant: eb.ref('excluded.variant'),
            url: eb.ref('excluded.url'),
          })),
        )
        .execute();
    }
  },

  all: (workspace) =>
    db
      .selectFrom('resource')
      .selectAll()
      .$if(workspace !== undefined, (query) => query.where('workspace', '=', workspace as string))
      .orderBy('workspace')
      .orderBy('kind')
      .orderBy('id')
      .execute(),

  one: ({ workspace, kind, id }) =>
    db
      .selectFrom('resource')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst(),
});
