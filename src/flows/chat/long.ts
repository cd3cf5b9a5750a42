import { plus } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { type Message, sentence } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { recordRefusal } from '../audit/record.ts';
import { type CardToShow, newViewId, oweCards, owePost } from './owe.ts';
import type { ChatPorts } from './ports.ts';

/** Work that takes longer (ms) shows how far it is; a little sooner than platforms say by themselves that we are at work. */
const LONG = 700;
/** How often (ms) that is shown anew. */
const EVERY = 2_000;
/** Nobody who is at work says nothing for so long (ms). */
const SILENT = 15_000;

export interface Asked {
  caller: Caller;
  /** The command, or the action: for the trail, should it be refused. */
  what: string;
  place: Place;
  /** Of the card that is asked for. */
  id: string;
  /** It stands there already, and was pressed. */
  stands: boolean;
}

/**
 * Owes the cards once they are there. Of long work that says how far it is, this is shown, and whoever waits goes on: the rest happens
 * behind, and the card takes the place of what was shown, or stands below it.
 */
export async function oweWhenReady(
  ports: ChatPorts,
  asked: Asked,
  work: (progress: (message: Message) => void) => Promise<CardToShow[]>,
): Promise<void> {
  let said: Message | undefined;
  const ready = work((message) => {
    said = message;
  });
  while (!(await endsWithin(ports.clock, ready, LONG))) {
    if (!said) continue;
    const stays = ports.capabilities.answersStay ?? false;
    const subject = stays && !asked.stands ? newViewId() : asked.id;
    await goesOn(ports, asked, { subject, message: said });
    const stillAtIt = (message?: Message) => goesOn(ports, asked, stays ? undefined : message && { subject, message });
    return ports.behind.run(async () => {
      try {
        await follow(ports, ready, () => said, stillAtIt);
        await oweCards(ports, await ready, asked.id);
      } catch (error) {
        await failed(ports, asked, error);
      }
    });
  }
  await oweCards(ports, await ready);
}

/** Notes that somebody is still at it, and shows what is new. If that is not said again in time, the process was killed. */
async function goesOn(
  ports: ChatPorts,
  { id, place }: Asked,
  shows: { subject: string; message: Message } | undefined,
): Promise<void> {
  const now = ports.clock.now();
  const until = plus(now, SILENT);
  await ports.database.transaction(async (stores) => {
    await stores.chat.keepWork({ id, place, until });
    await stores.owed.owe([{ kind: 'long', key: id, dueAt: until }]);
    if (shows) await owePost(stores, { ...shows, place }, now);
  });
  if (shows) ports.jobs.wake('post');
}

/** Says now and then that it goes on, with what was said meanwhile, until it is done. */
async function follow(
  { clock, log }: ChatPorts,
  work: Promise<unknown>,
  said: () => Message | undefined,
  stillAtIt: (message?: Message) => Promise<void>,
): Promise<void> {
  let shown = said();
  while (!(await endsWithin(clock, work, EVERY))) {
    const now = said();
    try {
      await stillAtIt(now === shown ? undefined : now);
      shown = now;
    } catch (error) {
      log.warn({ error: String(error) }, 'could not show that long work goes on');
    }
  }
}

/** Where nobody waits any more for an error, it stands where the card would have stood. */
async function failed(ports: ChatPorts, asked: Asked, error: unknown): Promise<void> {
  const message = sentence(await sentenceFor(ports, asked, error), 'warning');
  await ports.database.transaction(async (stores) => {
    await stores.chat.endWork(asked.id);
    await owePost(stores, { subject: asked.id, place: asked.place, message }, ports.clock.now());
  });
  ports.jobs.wake('post');
}

/** Whether it ends, well or not, before so much time has passed. */
function endsWithin(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(false));
    const end = (): void => {
      cancel();
      resolve(true);
    };
    work.then(end, end);
  });
}

async function sentenceFor(ports: ChatPorts, { caller, what }: Asked, error: unknown): Promise<string> {
  if (error instanceof UserError) {
    if (error.code === 'forbidden') await recordRefusal(ports, caller, what, error);
    return error.message;
  }
  ports.log.error({ error: String((error as Error)?.stack ?? error), what }, 'long work failed');
  return 'Something failed here. It was logged; please try again.';
}
