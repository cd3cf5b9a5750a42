import type { webApi } from '@slack/bolt';
import type { Figure } from '../../core/messages/figure.ts';
import { cut } from '../../core/messages/words.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import { Recent } from '../../core/recent.ts';
import { httpError, sendError, tooMuch } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { Pace } from './pace.ts';
import type { Patience } from './patience.ts';

/** How long Slack is given to look at a picture (ms between the questions): about 15 s. */
const POLLS = [0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000];
const UPLOAD_WITHIN = 20_000;
/** After a refusal that will not go away by itself. */
const PAUSE = 60 * 60_000;

/** Figures as files that Slack keeps, each uploaded once. */
export class Pictures {
  readonly #client: webApi.WebClient;
  readonly #draw: Draw;
  readonly #pace: Pace;
  readonly #patience: Patience;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #files = new Recent<string, string>(1_000);
  readonly #uploading = new Map<string, Promise<string | undefined>>();
  #pausedUntil = 0;

  constructor(parts: { client: webApi.WebClient; draw: Draw; pace: Pace; patience: Patience; clock: Clock; log: Log }) {
    this.#client = parts.client;
    this.#draw = parts.draw;
    this.#pace = parts.pace;
    this.#patience = parts.patience;
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
    const { files } = this.#client;
    const png = await this.#draw.png(figure);
    const alt = cut(figure.alt, LIMITS.alt);
    const about = { filename: `${key}.png`, length: png.length, ...(alt.trim() === '' ? {} : { alt_text: alt }) };
    const { upload_url: url, file_id: id } = await this.#ask(key, () => files.getUploadURLExternal(about));
    if (!url || !id) throw new Error('Slack gave no address to upload to');
    await this.#ask(key, () => upload(url, png));
    // Without a channel: the file is seen only where a message shows it.
    const complete = { files: [{ id, title: cut(figure.title, 200) || 'Figure' }] as [{ id: string; title: string }] };
    await this.#ask(key, () => files.completeUploadExternal(complete));
    for (const wait of POLLS) {
      await this.#patience.wait(key, wait);
      const { file } = await this.#ask(key, () => files.info({ file: id }));
      if (file?.mimetype) return id;
    }
    throw new Error('Slack has not looked at the picture in time');
  }

  /** In turns where Slack has had enough, and again when it says so. Other errors are left as they are. */
  #ask<T>(key: string, call: () => Promise<T>): Promise<T> {
    const asked = async () => {
      try {
        return await call();
      } catch (error) {
        const failure = sendError(error, '');
        throw failure.kind === 'later' ? failure : error;
      }
    };
    return this.#patience.again(key, () => this.#pace.send('upload', key, asked));
  }
}

async function upload(url: string, png: Uint8Array): Promise<void> {
  const request = { method: 'POST', body: new Uint8Array(png), headers: { 'content-type': 'image/png' } };
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(UPLOAD_WITHIN) });
  await response.text();
  if (response.status === 429) throw tooMuch(Number(response.headers.get('retry-after') ?? 1) * 1_000);
  if (response.status >= 500) throw httpError(response.status);
  if (!response.ok) throw new Error(`Slack answers the upload with HTTP ${response.status}`);
}
