import { afterEach, beforeEach } from 'vitest';
import type { Forward } from '../../src/core/audit/forward.ts';
import type { Message } from '../../src/core/messages/message.ts';
import type { JobHandlers } from '../../src/core/ports/jobs.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import type { Webhooks } from '../../src/core/ports/webhooks.ts';
import { beginForwards, forwardEvents } from '../../src/flows/forwards/forward.ts';
import { createWebhooks } from '../../src/hooks/webhooks.ts';
import { createLoop } from '../../src/queue/loop.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { auditEvent, NOW, newEvents } from '../audit/samples.ts';
import type { Backend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const oldSecret = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
export const keyOf = (text: string): Buffer => Buffer.from(text.slice(6), 'base64');
const idle = { batch: 1, run: async () => undefined };

/** A database, a receiver and a forward to it: made anew for each test. */
export function forwardDesk(backend: Backend) {
  const own = {
    database: undefined as unknown as OpenDatabase,
    clock: undefined as unknown as FakeClock,
    siem: undefined as unknown as Receiver,
    forwards: [] as Forward[],
    keys: [keyOf(secret)] as Buffer[],
    told: [] as Message[],
    log: keptLog(),
    webhooks: undefined as unknown as Webhooks,
  };
  const closers: (() => unknown)[] = [];
  beforeEach(async () => {
    own.clock = fakeClock(NOW);
    own.database = await backend.open(own.clock);
    own.siem = await startReceiver();
    own.forwards = [{ name: 'siem', url: own.siem.url, query: '', allowPrivate: true }];
    own.keys = [keyOf(secret)];
    own.told = [];
    own.webhooks = createWebhooks({ clock: own.clock });
    closers.push(
      () => own.siem.close(),
      () => own.webhooks.stop(),
    );
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const listing = () => ({
    ...{ database: own.database, clock: own.clock, forwards: () => own.forwards, jobs: { wake() {} } },
  });

  /** A process of its own, on this database or another view of it; `loop` is what its queue sees. */
  function process(database: Database = own.database, webhooks = own.webhooks, loop = database) {
    const ports = {
      ...{ ...listing(), database, webhooks },
      keysOf: () => own.keys,
      // In the middle of its range, jitter changes nothing.
      chance: () => 0.5,
      tried() {},
      tell: async (message: Message) => void own.told.push(message),
    };
    const handlers: JobHandlers = {
      ...{ roll_up: idle, roll_up_day: idle, post: idle, collect: idle, seal: idle, retention: idle, watch: idle, long: idle },
      forward: { batch: 1, lanes: 4, run: async ([claim]) => claim && forwardEvents(ports, claim.key) },
    };
    const jobs = createLoop({ database: loop, clock: own.clock, log: own.log, handlers });
    closers.push(() => jobs.stop());
    return jobs;
  }

  return Object.assign(own, {
    listing,
    process,
    begin: () => beginForwards(listing()),
    /** Everything that is due now. */
    run: () => process().runDue(),
    async add(...some: Parameters<typeof newEvents>) {
      const added = await own.database.transaction(({ audit }) => audit.add(newEvents(...some), own.clock.now()));
      return added.map(({ seq }) => seq);
    },
    many: (n: number) => Array.from({ length: n }, () => auditEvent()),
    /** When the forward is to be looked at next. */
    async nextDue(): Promise<Date | undefined> {
      const row = await own.database.kysely.selectFrom('owed').select('due_at').where('kind', '=', 'forward').executeTakeFirst();
      return row?.due_at;
    },
    /** Moves to when something is due and does it; false when nothing is owed any more. */
    async step(): Promise<boolean> {
      const due = await this.nextDue();
      if (!due) return false;
      own.clock.advance(Math.max(0, Number(due) - Number(own.clock.now())));
      await this.run();
      return true;
    },
    overview: async () => (await own.database.read(({ forwards }) => forwards.overview(['siem'])))[0],
  });
}
