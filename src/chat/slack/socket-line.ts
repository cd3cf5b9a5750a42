import { type Logger, SocketModeReceiver, type webApi } from '@slack/bolt';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** 1 s, 2 s … half a minute; the first try is made at once. */
const waitAfter = (attempt: number): number => Math.min(30_000, 1_000 * 2 ** (attempt - 1));

/**
 * Slack's socket, kept open. Reconnecting is done here: the SDK's own waits for seconds, and when it gives up in the background
 * the rejection would end the process.
 */
export class SocketLine {
  readonly receiver: SocketModeReceiver;
  readonly #clock: Clock;
  readonly #log: Log;
  #state: 'off' | 'on' | 'lost' = 'off';
  #connecting: Promise<void> = Promise.resolve();
  #cancel = () => {};
  #stopped = false;

  constructor(parts: { appToken: string; clientOptions: webApi.WebClientOptions; logger: Logger; clock: Clock; log: Log }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.receiver = new SocketModeReceiver({
      appToken: parts.appToken,
      logger: parts.logger,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: parts.clientOptions },
      // What failed was logged and told; it is not delivered again.
      processEventErrorHandler: async () => false,
    });
    this.receiver.client.on('connected', () => {
      this.#state = 'on';
    });
    this.receiver.client.on('disconnected', () => {
      if (this.#state !== 'on' || this.#stopped) return;
      this.#state = 'lost';
      this.#log.info({}, 'the socket to Slack is gone; connecting again');
      this.#again(1);
    });
  }

  get isOn(): boolean {
    return this.#state === 'on';
  }

  async start(): Promise<void> {
    this.#stopped = false;
    if (this.#state === 'on') return;
    await this.#connect();
  }

  async #connect(): Promise<void> {
    const connecting = this.receiver.client.start().then(
      async () => {
        if (this.#stopped) await this.receiver.client.disconnect();
      },
      // Without a reason where the socket closed before it was open.
      (error: unknown) => {
        throw error ?? new Error('Slack closed the socket');
      },
    );
    this.#connecting = connecting.catch(() => {});
    await connecting;
  }

  #again(attempt: number): void {
    this.#connect().catch((error: unknown) => {
      if (this.#stopped) return;
      this.#log.warn({ error: String(error), attempt }, 'no socket to Slack yet');
      this.#cancel = this.#clock.after(waitAfter(attempt), () => this.#again(attempt + 1));
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    const wasOn = this.#state === 'on';
    this.#state = 'off';
    if (wasOn) await this.receiver.client.disconnect();
    await this.#connecting;
  }
}
