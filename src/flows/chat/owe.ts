import { randomBytes } from 'node:crypto';
import type { Answer } from '../../core/commands/command.ts';
import { DAY, plus } from '../../core/delivery/time.ts';
import type { Message } from '../../core/messages/message.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { Database, Stores, View } from '../../core/ports/stores.ts';

/** How long a card's buttons work. */
const VIEW_KEPT = 14 * DAY;

export interface OwePorts {
  database: Database;
  clock: Clock;
  jobs: Pick<Jobs, 'wake'>;
}

/** Unguessable: whoever knows a view's id may press its buttons where it stands. */
export const newViewId = (): string => `vw_${randomBytes(9).toString('base64url')}`;

export interface CardToShow extends Omit<View, 'choices' | 'expiresAt'> {
  answer: Answer;
}

/** Views, posts and the owed sends in one transaction; the drains are woken after it. `ends`: the long work that they come of. */
export async function oweCards(ports: OwePorts, cards: readonly CardToShow[], ends?: string): Promise<void> {
  const now = ports.clock.now();
  await ports.database.transaction(async (stores) => {
    if (ends !== undefined) await stores.chat.endWork(ends);
    for (const card of cards) await oweCard(stores, card, now);
  });
  ports.jobs.wake('post');
}

/** The same within a transaction of the caller's. */
export async function oweCard(stores: Stores, { answer, ...view }: CardToShow, now: Date): Promise<void> {
  await stores.chat.saveView(kept(view, answer, now));
  await owePost(stores, { subject: view.id, place: view.place, message: answer.message }, now);
}

const kept = (view: Omit<View, 'choices' | 'expiresAt'>, { choices = [] }: Answer, now: Date): View => ({
  ...view,
  choices,
  expiresAt: plus(now, VIEW_KEPT),
});

/** For a card that is shown without being posted. */
export async function saveView(ports: OwePorts, view: Omit<View, 'choices' | 'expiresAt'>, answer: Answer): Promise<void> {
  await ports.database.transaction(({ chat }) => chat.saveView(kept(view, answer, ports.clock.now())));
}

/** A message without buttons of its own. */
export async function oweMessage(ports: OwePorts, place: Place, message: Message): Promise<void> {
  await ports.database.transaction((stores) => owePost(stores, { subject: newViewId(), place, message }, ports.clock.now()));
  ports.jobs.wake('post');
}

export async function owePost(
  { chat, owed }: Stores,
  post: { subject: string; place: Place; message: Message },
  now: Date,
): Promise<void> {
  await chat.putPost({ ...post, at: now });
  await owed.owe([{ kind: 'post', key: addressOf(post.place), dueAt: now }]);
}
