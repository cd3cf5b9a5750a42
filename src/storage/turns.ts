import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Turns } from '../core/ports/turns.ts';
import type { Notices } from './notices.ts';
import type { Tables } from './tables.ts';

/** Milliseconds. One that was killed is followed after `held` and a `look`; one that cannot renew ends at `ends`. */
const TIMES = { held: 20_000, ends: 15_000, look: 2_000 };
const TOPIC = 'turn';

/**
 * Turns are rows, by the clock of the database: those of processes may differ. How long a holder has not renewed is measured by a
 * timer, from before it asked, so that its turn ends for itself before it can begin for another.
 */
export function createTurns(db: Kysely<Tables>, notices: Pick<Notices, 'tell' | 'on'>, times = TIMES): Turns {
  const holder = randomUUID();

  async function ask(name: string): Promise<boolean> {
    const { rows } = await sql`
      insert into turn (name, holder, until) values (${name}, ${holder}, clock_timestamp() + ${times.held} * interval '1 ms')
      on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where turn.holder = excluded.holder or turn.until <= clock_timestamp()
      returning name`.execute(db);
    return rows.length > 0;
  }

  async function giveBack(name: string): Promise<void> {
    await db.deleteFrom('turn').where('name', '=', name).where('holder', '=', holder).execute();
    notices.tell(TOPIC, name);
  }

  return {
    take(name, { won, lost }) {
      let isOurs: boolean | undefined;
      let stopped = false;
      let next: NodeJS.Timeout | undefined;
      let end: NodeJS.Timeout | undefined;
      let looking = look();

      function become(ours: boolean): void {
        if (ours === isOurs || stopped) return;
        isOurs = ours;
        if (ours) won();
        else lost();
      }

      async function look(): Promise<void> {
        let isLate = false;
        const own = setTimeout(() => {
          isLate = true;
          if (isOurs) become(false);
        }, times.ends);
        // Without an answer, what is ours stays so until its end.
        const ours = await ask(name).catch(() => undefined);
        if (ours && !isLate) {
          clearTimeout(end);
          end = own;
          become(true);
        } else {
          clearTimeout(own);
          if (ours === false) become(false);
        }
        if (!stopped) next = setTimeout(lookAgain, times.look);
      }

      function lookAgain(): void {
        next = undefined;
        looking = look();
      }

      notices.on(TOPIC, (given) => {
        if (given !== name || isOurs || next === undefined) return;
        clearTimeout(next);
        lookAgain();
      });

      return async () => {
        stopped = true;
        clearTimeout(next);
        await looking;
        clearTimeout(end);
        // Out of reach, it runs out by itself.
        await giveBack(name).catch(() => {});
      };
    },
  };
}
