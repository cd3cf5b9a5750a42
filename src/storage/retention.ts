import type { Kysely } from 'kysely';
import { DAY, HOURS_KEPT, MINUTES_KEPT, plus } from '../core/delivery/time.ts';
import type { DeliveryStore } from '../core/ports/stores.ts';
import type { Partitions } from './partitions.ts';
import type { Tables } from './tables.ts';

/** Samples may hold what masking missed: they are kept short. */
const SAMPLES_KEPT = 3 * DAY;
/** After its last change a message is not edited any more. */
const POSTS_KEPT = 60 * DAY;

/** Forgets what is old enough, and makes room for the days to come. */
export const retention = (db: Kysely<Tables>, partitions: Partitions): Pick<DeliveryStore, 'retain'> => ({
  async retain(now) {
    await partitions.make('minute', [now, plus(now, DAY), plus(now, 2 * DAY)]);
    await partitions.make('hour', [now, plus(now, 2 * DAY)]);
    const minutesBefore = plus(now, -MINUTES_KEPT);
    await partitions.drop('minute', minutesBefore);
    await partitions.drop('hour', plus(now, -HOURS_KEPT));
    await db.deleteFrom('batch').where('at', '<', minutesBefore).execute();
    await db.deleteFrom('gauge').where('at', '<', minutesBefore).execute();
    await db.deleteFrom('sample').where('hour', '<', plus(now, -SAMPLES_KEPT)).execute();
    await db.deleteFrom('post').where('queued_at', '<', plus(now, -POSTS_KEPT)).execute();
    await db.deleteFrom('view').where('expires_at', '<', now).execute();
  },
});
