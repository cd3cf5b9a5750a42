import { deadLetterMessage } from '../../core/cards/forwards-card.ts';
import type { Message } from '../../core/messages/message.ts';
import { deliver } from './deliver.ts';
import type { ForwardPorts, SendingPorts } from './ports.ts';

export interface RunPorts extends SendingPorts {
  /** To the owners. */
  tell(message: Message): Promise<void>;
}

/** Sends what the forward of this name has to send; when there will be more. One that is not in the file any more rests. */
export async function forwardEvents(ports: RunPorts, name: string): Promise<Date | undefined> {
  const forward = ports.forwards().find((candidate) => candidate.name === name);
  if (!forward) return undefined;
  const next = await deliver(ports, forward);
  await tellOfDead(ports, name);
  return next;
}

/** The owners are told of the first dead letter, and not of the next ones until all are gone. */
async function tellOfDead({ database, tell }: RunPorts, name: string): Promise<void> {
  const [one] = await database.read(({ forwards }) => forwards.overview([name]));
  if (!one || one.dead > 0 === one.told) return;
  if (one.dead > 0) await tell(deadLetterMessage(one));
  await database.transaction(({ forwards }) => forwards.setTold(name, one.dead > 0));
}

/** Those of the file that are new begin here: nobody is sent what happened before. All that is to do is owed. */
export async function beginForwards({ database, clock, forwards: all }: ForwardPorts): Promise<void> {
  const names = all().map(({ name }) => name);
  if (names.length === 0) return;
  await database.transaction(async ({ audit, forwards, owed }) => {
    await forwards.begin(names, await audit.settledSeq());
    await owed.owe(names.map((key) => ({ kind: 'forward', key, dueAt: clock.now() })));
  });
}
