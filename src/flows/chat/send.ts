import type { ChatAdapter } from '../../core/ports/chat.ts';
import type { Claim } from '../../core/ports/jobs.ts';
import type { Database } from '../../core/ports/stores.ts';

/** Posts read at once; the channel is worked off in turns of this many. */
const TURN = 20;

/**
 * Drains one channel in order: every post whose newest revision is not shown yet is posted or edited. Revisions that were
 * superseded meanwhile are skipped. Killed between sending and noting it, the same key tells the platform that it is a repeat.
 */
export async function sendPosts(ports: { database: Database; adapters: readonly ChatAdapter[] }, claim: Claim): Promise<void> {
  const platform = claim.key.split(':')[0];
  const adapter = ports.adapters.find((candidate) => candidate.platform === platform);
  if (!adapter) throw new Error(`no adapter for ${claim.key}`);
  for (;;) {
    const posts = await ports.database.read(({ chat }) => chat.unshown(claim.key, TURN));
    if (posts.length === 0) return;
    for (const post of posts) {
      const { place, message, externalId } = post;
      const shownAs = externalId ?? (await adapter.post(place, message, `post-${post.id}`));
      if (externalId) await adapter.edit(place, externalId, message);
      await ports.database.transaction(({ chat }) => chat.markShown(post, shownAs));
    }
  }
}
