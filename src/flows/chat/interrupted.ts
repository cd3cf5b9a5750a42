import { sentence } from '../../core/messages/message.ts';
import { type OwePorts, owePost } from './owe.ts';

const INTERRUPTED = 'This was interrupted by a restart. Please ask again.';

/**
 * Of long work that nobody is at any more, whoever waits for it is told, in its place or below, and alone as before. Returns when to
 * look again at work that goes on.
 */
export async function tellInterrupted(ports: OwePorts, id: string): Promise<Date | undefined> {
  const now = ports.clock.now();
  const goesOn = await ports.database.transaction(async (stores) => {
    const place = await stores.chat.takeLostWork(id, now);
    if (!place) return stores.chat.workUntil(id);
    await owePost(stores, { subject: id, place, message: sentence(INTERRUPTED, 'warning') }, now);
    return undefined;
  });
  ports.jobs.wake('post');
  return goesOn;
}
