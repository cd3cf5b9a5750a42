import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { onEachBackend, tableNames } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

const clock = fakeClock('2026-11-25T10:00:00Z');

await onEachBackend(
  (backend) => {
    describe('the schema', () => {
      test('is made by five starts at once', async () => {
        const opened = await Promise.all(Array.from({ length: 5 }, () => backend.reopen(clock)));
        const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
          opened[0]?.kysely as never,
        );
        expect(rows.map((row) => row.name)).toEqual(Object.keys(migrations).sort());
        for (const database of opened) await database.ping();
      });

      test('is left alone by the next start, with what is stored', async () => {
        const first = await backend.open(clock);
        await first.transaction(({ delivery }) => delivery.setCollectedUntil('demo', clock.now()));
        const second = await backend.reopen(clock);
        expect(await second.read(({ delivery }) => delivery.collectedUntil('demo'))).toEqual(clock.now());
        expect(await tableNames(second.kysely)).toContain('minute_count');
      });

      test('of a newer version is refused with a sentence that says what to do', async () => {
        const { kysely } = await backend.open(clock);
        await sql`insert into kysely_migration (name, timestamp) values ('9999_tomorrow', '2027-01-01T00:00:00Z')`.execute(
          kysely,
        );
        await expect(backend.reopen(clock)).rejects.toThrow(
          'This database was written by a newer Pipewarden. Start that version, or use another database.',
        );
        await sql`delete from kysely_migration where name = '9999_tomorrow'`.execute(kysely);
        await (await backend.reopen(clock)).ping();
      });

      test('keeps minutes of each day and hours of each month apart, in tables of their own', async () => {
        const { kysely } = await backend.open(clock);
        const { rows } = await sql<{ name: string }>`
        select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where c.relkind = 'r' order by 1`.execute(kysely);
        const days = ['20261125', '20261126', '20261127'];
        expect(rows.map((row) => row.name)).toEqual([
          ...['audit_detail', 'audit_event', 'audit_seal', 'hour_count', 'hour_step'].map((table) => `${table}_202611`),
          ...['minute_count', 'minute_step'].flatMap((table) => days.map((day) => `${table}_${day}`)),
        ]);
      });
    });
  },
  { bare: true },
);
