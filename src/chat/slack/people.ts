import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { Recent } from '../../core/recent.ts';
import { accountOf } from './places.ts';

const KEPT = 5 * 60_000;
/** Where Slack did not tell the groups, it is asked again after so long (ms). */
const AGAIN = 15_000;

const User = z.object({
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  tz: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  enterprise_user: z.object({ teams: z.array(z.string()).optional() }).optional(),
});
type User = z.infer<typeof User>;

const Groups = z.object({ usergroups: z.array(z.object({ id: z.string(), users: z.array(z.string()).default([]) })) });

interface Known<T> {
  at: number;
  value: Promise<T>;
}

/** Who people are, as Slack vouches for them. Remembered for a few minutes: every click asks. */
export class People {
  readonly #client: webApi.WebClient;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #users = new Recent<string, Known<User | undefined>>(2_000);
  #groups: Known<z.infer<typeof Groups>['usergroups']> | undefined;
  #team = '';
  #readsGroups = false;

  constructor(parts: { client: webApi.WebClient; clock: Clock; log: Log }) {
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Groups are asked for only where the app was given the scope: without it nobody has roles by group. */
  begin(team: string, scopes: readonly string[]): void {
    this.#team = team;
    this.#readsGroups = scopes.includes('usergroups:read');
  }

  /** `team` is the one that Slack says they acted in. */
  async callerOf(id: string, team: string): Promise<Caller> {
    const [user, groups] = await Promise.all([this.#user(id), this.#groupsOf(id)]);
    const standing = user === undefined || team !== this.#team ? 'stranger' : standingOf(user, id, this.#team);
    const name = user?.profile?.display_name || user?.profile?.real_name || user?.real_name || user?.name || id;
    const timezone = user?.tz ? { timezone: user.tz } : {};
    return { account: accountOf(id), name, team, standing, groups: standing === 'member' ? groups : [], ...timezone };
  }

  #isFresh = (known: { at: number } | undefined): boolean => known !== undefined && Number(this.#clock.now()) - known.at < KEPT;

  async #user(id: string): Promise<User | undefined> {
    const known = this.#users.get(id);
    if (known && this.#isFresh(known)) return known.value;
    const value = this.#ask(id);
    this.#users.set(id, { at: Number(this.#clock.now()), value });
    try {
      return await value;
    } catch (error) {
      this.#users.delete(id);
      this.#log.warn({ error: String(error) }, 'Slack does not tell who somebody is');
      throw new UserError('unavailable', 'Slack does not tell me who you are at the moment. Please try again.', { cause: error });
    }
  }

  async #ask(id: string): Promise<User | undefined> {
    try {
      const { user } = await this.#client.users.info({ user: id });
      return User.parse(user);
    } catch (error) {
      const code = (error as { data?: { error?: string } }).data?.error;
      if (code === 'user_not_found' || code === 'user_not_visible' || code === 'users_not_found') return undefined;
      throw error;
    }
  }

  async #groupsOf(id: string): Promise<string[]> {
    if (!this.#readsGroups) return [];
    if (!this.#groups || !this.#isFresh(this.#groups)) {
      const value = this.#client.usergroups.list({ include_users: true }).then((answer) => Groups.parse(answer).usergroups);
      this.#groups = { at: Number(this.#clock.now()), value };
    }
    try {
      const groups = await this.#groups.value;
      return groups.filter(({ users }) => users.includes(id)).map((group) => `slack-group:${group.id}`);
    } catch (error) {
      // Without groups people have fewer rights, never more, and not for long.
      this.#groups.at = Math.min(this.#groups.at, Number(this.#clock.now()) - KEPT + AGAIN);
      this.#log.warn({ error: String(error) }, 'Slack does not tell the user groups');
      return [];
    }
  }
}

function standingOf(user: User, id: string, team: string): Caller['standing'] {
  const isOurs = user.team_id === team || user.enterprise_user?.teams?.includes(team);
  if (!isOurs || user.is_stranger || user.deleted) return 'stranger';
  if (user.is_bot || id === 'USLACKBOT') return 'bot';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}
