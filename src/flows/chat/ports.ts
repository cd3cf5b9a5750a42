import type { Background } from '../../core/background.ts';
import type { Command } from '../../core/commands/command.ts';
import type { Capabilities } from '../../core/messages/capabilities.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Database } from '../../core/ports/stores.ts';
import type { Use } from '../index.ts';

export interface ChatPorts {
  database: Database;
  clock: Clock;
  jobs: Pick<Jobs, 'wake'>;
  log: Log;
  /** Where long work goes on when whoever asked has been answered. It tells people itself what goes wrong. */
  behind: Pick<Background, 'run'>;
  commands: readonly Command<Use>[];
  use: Use;
  /** What the platform of this conversation can show. */
  capabilities: Capabilities;
  /** Who a caller is here and now; throws a UserError for those we do not answer. */
  identify(caller: Caller, place: Place): Promise<Actor>;
}
