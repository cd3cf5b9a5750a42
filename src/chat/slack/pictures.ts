import type { webApi } from '@slack/bolt';
import type { Figure } from '../../core/messages/figure.ts';
import { cut } from '../../core/messages/words.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import { LIMITS } from './limits.ts';
import { Recent } from './seen.ts';

/** How long Slack is given to look at a picture (ms between the questions): about 15 s. */
const POLLS = [0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000];
const UPLOAD_WITHIN = 20_000;
/** After a refusal that will not go away by itself. */
const PAUSE = 60 * 60_000;

/** Figures as files that Slack keeps, each uploaded once. */
export class Pictures {
  readonly #client: webApi.WebClient;
  readonly #draw: Draw;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #files = new Recent<string>(1_000);
  readonly #uploading = new Map<string, Promise<string | undefined>>();
  readonly #waiting = new Set<() => void>();
  #pausedUntil = 0;
  #stopping = false;

  constructor(parts: { client: webApi.WebClient; draw: Draw; clock: Clock; log: Log }) {
    this.#client = parts.client;
    this.#draw = parts.draw;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  readonly fileOf = (figure: Figure): string | undefined => this.#files.get(this.#draw.keyOf(figure));

  /** Slack refused a message because of it. */
  forget(figure: Figure): void {
    this.#files.delete(this.#draw.keyOf(figure));
  }

  /** Undefined where there will be no picture; why is logged. */
  upload(figure: Figure): Promise<string | undefined> {
    const key = this.#draw.keyOf(figure);
    const known = this.#files.get(key);
    if (known || Number(this.#clock.now()) < this.#pausedUntil) return Promise.resolve(known);
    const uploading = this.#uploading.get(key) ?? this.#try(key, figure).finally(() => this.#uploading.delete(key));
    this.#uploading.set(key, uploading);
    return uploading;
  }

  start(): void {
    this.#stopping = false;
  }

  /** Ends the waiting for Slack: what is ready is still shown. */
  stop(): void {
    this.#stopping = true;
    for (const wake of this.#waiting) wake();
  }

  async #try(key: string, figure: Figure): Promise<string | undefined> {
    try {
      const id = await this.#send(key, figure);
      this.#files.set(key, id);
      return id;
    } catch (error) {
      const code = (error as { data?: { error?: string } }).data?.error;
      if (code === 'missing_scope' || code === 'not_allowed_token_type' || code === 'file_uploads_disabled') {
        this.#pausedUntil = Number(this.#clock.now()) + PAUSE;
      }
      this.#log.warn({ error: String(error), figure: key }, 'a figure is shown without its picture');
      return undefined;
    }
  }

  async #send(key: string, figure: Figure): Promise<string> {
    const png = await this.#draw.png(figure);
    const alt = cut(figure.alt, LIMITS.alt);
    const { upload_url: url, file_id: id } = await this.#client.files.getUploadURLExternal({
      filename: `${key}.png`,
      length: png.length,
      ...(alt.trim() === '' ? {} : { alt_text: alt }),
    });
    if (!url || !id) throw new Error('Slack gave no address to upload to');
    const request = { method: 'POST', body: new Uint8Array(png), headers: { 'content-type': 'image/png' } };
    const uploaded = await fetch(url, { ...request, signal: AbortSignal.timeout(UPLOAD_WITHIN) });
    await uploaded.text();
    if (!uploaded.ok) throw new Error(`Slack answers the upload with HTTP ${uploaded.status}`);
    // Without a channel: the file is seen only where a message shows it.
    await this.#client.files.completeUploadExternal({ files: [{ id, title: cut(figure.title, 200) || 'Figure' }] });
    for (const wait of POLLS) {
      await this.#sleep(wait);
      const { file } = await this.#client.files.info({ file: id });
      if (file?.mimetype) return id;
    }
    throw new Error('Slack has not looked at the picture in time');
  }

  #sleep(ms: number): Promise<void> {
    if (ms === 0 || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }
}
