import { beforeAll, describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import { HOUR, plus } from '../../src/core/delivery/time.ts';
import type { AuditStore } from '../../src/core/ports/audit.ts';
import { asNew } from '../../src/flows/audit/ingest.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { nothingSaid, onPglite, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { tidySql } from '../support/tidy-sql.ts';
import { auditEvent, NOW } from './samples.ts';

onPglite((backend) => {
  describe('the SQL we send', () => {
    const said = nothingSaid();
    let database: OpenDatabase;
    beforeAll(async () => {
      await backend.open(fakeClock(NOW));
      database = await openOn(recording(backend.pool(), said), fakeClock(NOW));
      // More than is walked through, the searched one at the end: each kind of statement is sent.
      const many = Array.from({ length: 9_000 }, (_, i) => asNew(auditEvent({ at: plus(NOW, -i * HOUR) })));
      await database.transaction(({ audit }) => audit.add(many, NOW));
    });

    async function isGolden(name: string, work: (audit: AuditStore) => Promise<unknown>): Promise<void> {
      said.statements.length = 0;
      await database.transaction(({ audit }) => work(audit));
      const texts = said.statements.map(({ text }) => tidySql(text)).filter((text) => !/^(begin|commit)/.test(text));
      await expect(`${[...new Set(texts)].join(';\n\n')};\n`).toMatchFileSnapshot(`../golden/sql/audit-${name}.sql`);
    }

    test('adding events, one of them known', () => {
      const known = asNew(auditEvent());
      return isGolden('add', async (audit) => {
        await audit.add([known], NOW);
        await audit.add([known, asNew(auditEvent())], NOW);
      });
    });

    test('a search for what is rare', () =>
      isGolden('search', (audit) =>
        audit.search(
          { ...parseQuery('actor:sam* action:*.created -kind:filter "order completed"', NOW), workspace: 'main' },
          { limit: 51 },
        ),
      ));

    test('one event, and those after it', () =>
      isGolden('follow', async (audit) => {
        await audit.event(1);
        await audit.settledSeq();
        await audit.after(1, 100);
      }));
  });
});
