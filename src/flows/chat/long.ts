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
    const show = (message: Message) => oweProgress(ports, asked, { subject, message });
    await show(said);
    return ports.behind.run(async () => {
      try {
        await follow(ports.clock, ready, () => said, stays ? undefined : show);
        await oweCards(ports, await ready);
      } catch (error) {
        await show(sentence(await sentenceFor(ports, asked, error), 'warning'));
      }
    });
  }
  await oweCards(ports, await ready);
}

async function oweProgress(
  ports: ChatPorts,
  { place }: Asked,
  { subject, message }: { subject: string; message: Message },
): Promise<void> {
  await ports.database.transaction((stores) => owePost(stores, { subject, place, message }, ports.clock.now()));
  ports.jobs.wake('post');
}

/** Shows what is said anew, until it is done. */
async function follow(
  clock: Clock,
  work: Promise<unknown>,
  said: () => Message | undefined,
  show: ((message: Message) => Promise<void>) | undefined,
): Promise<void> {
  let shown = said();
  while (!(await endsWithin(clock, work, EVERY))) {
    const now = said();
    if (!show || !now || now === shown) continue;
    shown = now;
    await show(now);
  }
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

/** What to say where nobody waits any more for an error. */
async function sentenceFor(ports: ChatPorts, { caller, what }: Asked, error: unknown): Promise<string> {
  if (error instanceof UserError) {
    if (error.code === 'forbidden') await recordRefusal(ports, caller, what, error);
    return error.message;
  }
  ports.log.error({ error: String((error as Error)?.stack ?? error), what }, 'long work failed');
  return 'Something failed here. It was logged; please try again.';
}
