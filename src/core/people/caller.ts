/** Who did something, as the platform vouches for it. What they may do is ours to say. */
export interface Caller {
  /** `slack:U012ABC`, `discord:42`, `console:dana`. */
  account: string;
  /** As others know them. */
  name: string;
  /** The platform's team they act in. */
  team: string;
  /** `stranger`: of another team (shared channels), or not known to the platform any more. */
  standing: 'member' | 'guest' | 'bot' | 'stranger';
  /** `slack-group:S1`, `discord-role:1234`: names that roles may be given to. */
  groups: readonly string[];
  /** IANA name, where the platform tells. */
  timezone?: string;
}
