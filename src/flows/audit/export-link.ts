import { readWish, type SealedWish, writeWish } from '../../core/audit/export-wish.ts';
import { parseQuery } from '../../core/audit/parse-query.ts';
import type { AuditQuery } from '../../core/audit/query.ts';
import type { ExportLinks } from '../../core/cards/audit-export-card.ts';
import { MINUTE, plus } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { Seal } from '../../core/ports/seal.ts';
import { identifyAgain } from '../people/identify.ts';
import type { PeoplePorts } from '../people/ports.ts';
import { recordRefusal } from './record.ts';
import { readNamed, TODAY } from './saved.ts';
import type { AuditSearchPorts } from './search.ts';

export interface ExportLinkPorts extends AuditSearchPorts {
  /** What a link carries is sealed: nobody makes one but we, and nobody reads names in the log of a proxy. */
  links: Seal;
}

const GOOD_FOR = 10 * MINUTE;
/** Three of these and the rest of the card fit into the smallest platform’s message. */
const LONGEST_LINK = 1_000;

/** Links for the asker alone. Nothing is exported yet, so nothing is recorded. Throws a QueryMistake for what cannot be read. */
export async function exportLinks(ports: ExportLinkPorts, actor: Actor, text: string): Promise<ExportLinks> {
  authorise(actor, 'audit');
  const [now, zone] = [ports.clock.now(), ports.zone()];
  const read = (await ports.database.read((stores) => readNamed(stores, actor, text, now))).trim() || TODAY;
  const query = parseQuery(read, now, zone);
  const { account, person, groups = [], workspace } = actor;
  const wish: SealedWish = { account, person, groups: [...groups], workspace, text: read, at: Number(now) };
  const base = `${ports.url()}/audit/export/${ports.links.seal(writeWish(wish))}`;
  if (base.length > LONGEST_LINK) {
    throw new UserError(
      'bad_argument',
      'This search is too long for a link. Shorten it, or use npx pipewarden export where I run.',
      { path: '/query' },
    );
  }
  const proof = workspace === undefined ? `${base}.proof` : undefined;
  return {
    ...{ text: read, query, csv: `${base}.csv`, jsonl: `${base}.jsonl`, proof },
    ...{ expiresAt: plus(now, GOOD_FOR), now, zone },
  };
}

/** What stands behind a link, and who they are now: with the roles of this moment. Throws a sentence for one that leads nowhere. */
export async function openExportLink(
  ports: ExportLinkPorts & PeoplePorts,
  token: string,
): Promise<{ actor: Actor; query: AuditQuery; text: string }> {
  const opened = ports.links.open(token);
  if (opened === undefined)
    throw new UserError('not_found', 'This is no link of ours, or not all of it. Ask for a fresh one in the chat: /audit export');
  const wish = readWish(opened);
  const at = new Date(wish.at);
  if (ports.clock.now() >= plus(at, GOOD_FOR)) {
    throw new UserError('view_ended', 'This link was good for ten minutes. Ask for a fresh one in the chat: /audit export');
  }
  const actor = await identifyAgain(ports, wish);
  try {
    authorise(actor, 'audit');
  } catch (error) {
    const { account, person: name } = actor;
    if (error instanceof UserError) await recordRefusal(ports, { account, name }, 'audit export', error);
    throw error;
  }
  // Days are those of the moment of asking.
  return { actor, query: parseQuery(wish.text, at, ports.zone()), text: wish.text };
}
