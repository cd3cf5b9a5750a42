import { Client, Events, GatewayIntentBits, Options, SimpleShardingStrategy, Status } from 'discord.js';
import type { Log } from '../../core/ports/log.ts';
import { restOptions } from './api.ts';

export interface GatewayOptions {
  token: string;
  apiUrl: string | undefined;
  log: Log;
}

/** Close codes after which trying again is of no use, and what to do about them. */
const fatal: Record<number, string> = {
  4004: 'Discord refuses DISCORD_TOKEN. Reset the token on the Bot page of the developer portal, set it and restart.',
  4013: 'Discord refuses the intents asked for. Update Pipewarden.',
  4014: 'Discord does not allow this bot the intent it needs (Guilds). Check its intents on the Bot page of the developer portal.',
};
const AWAY = 'The connection to Discord is broken. It is made again by itself; if it stays away, look at the network.';

const STOPPED = 'stopped';

/** One connection to Discord's gateway, from login to the end. It comes back by itself after every cut. */
export class Gateway {
  readonly client: Client;
  readonly #options: GatewayOptions;
  #ended = false;
  #trouble: string | undefined;
  #giveUp: (error: Error) => void = () => {};

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.client = new Client({
      intents: [GatewayIntentBits.Guilds],
      rest: restOptions(options.apiUrl),
      allowedMentions: { parse: [] },
      waitGuildTimeout: 5_000,
      // Nothing is read from messages: none are kept. Of members only ourselves, whose permissions are asked for.
      makeCache: Options.cacheWithLimits({
        ...Options.DefaultMakeCacheSettings,
        MessageManager: 0,
        GuildMemberManager: { maxSize: 100, keepOverLimit: ({ id, client }) => id === client.user.id },
        UserManager: { maxSize: 100, keepOverLimit: ({ id, client }) => id === client.user?.id },
      }),
      ws: {
        buildStrategy: (manager) => {
          // A connection that was given up while it waited to be made again would be made all the same.
          const { retrieveSessionInfo } = manager.options;
          manager.options.retrieveSessionInfo = (shard) => (this.#ended ? new Promise(() => {}) : retrieveSessionInfo(shard));
          return new SimpleShardingStrategy(manager);
        },
      },
    });
    this.#listen();
  }

  /** Resolves once commands can arrive. */
  async open(): Promise<void> {
    if (this.#ended) throw new Error(STOPPED);
    const ready = new Promise<void>((resolve, reject) => {
      this.#giveUp = reject;
      this.client.once(Events.ClientReady, () => resolve());
    });
    this.client.login(this.#options.token).catch((error: unknown) => this.#giveUp(new Error(this.#sentence(error))));
    try {
      await ready;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Rejects with a sentence while nobody can be reached. */
  async check(): Promise<void> {
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
    if (this.client.ws.shards.first()?.status !== Status.Ready) throw new Error(AWAY);
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#giveUp(new Error(STOPPED));
    await this.client.destroy().catch((error: unknown) => {
      this.#options.log.warn({ error: String(error) }, 'the connection to Discord did not close in order');
    });
    this.client.removeAllListeners();
    // What still fails in there is nobody's affair any more.
    this.client.on(Events.Error, () => {});
  }

  #listen(): void {
    const { log } = this.#options;
    this.client.on(Events.Error, (error) => log.error({ error: String(error) }, 'Discord’s library failed'));
    this.client.on(Events.ShardError, (error) => log.warn({ error: String(error) }, 'connection to Discord lost'));
    this.client.on(Events.ShardReconnecting, () => {
      log.info({}, 'connecting to Discord again');
      // The library would go on trying in silence; the first time that is for the caller to do, who says what is wrong.
      this.#giveUp(new Error('Discord cannot be reached: its gateway ended the connection.'));
    });
    this.client.on(Events.ShardDisconnect, ({ code }) => {
      this.#trouble = fatal[code] ?? `Discord closed the connection for good (${code}). Restart.`;
      log.error({ code }, this.#trouble);
      this.#giveUp(new Error(this.#trouble));
    });
  }

  #sentence(error: unknown): string {
    if (this.#trouble !== undefined) return this.#trouble;
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'TokenInvalid') return fatal[4004] ?? '';
    return `Discord cannot be reached: ${message || code || String(error)}`;
  }
}
