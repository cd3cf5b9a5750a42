import { Background } from '../../core/background.ts';
import type { Figure } from '../../core/messages/figure.ts';
import type { Message } from '../../core/messages/message.ts';
import { SendError } from '../../core/messages/send-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { Recent } from '../../core/recent.ts';
import type { Frame } from './blocks.ts';
import type { Patience } from './patience.ts';
import type { Pictures } from './pictures.ts';
import { type Rendered, render } from './render.ts';
import { Turns } from './seen.ts';

/** How long Slack's newer blocks are left out after it refused them. */
const PAUSE = 60 * 60_000;

/** Longer (ms) than drawing and uploading take as a rule; whoever asked waits no longer. */
const PICTURE_WITHIN = 2_500;

export const figuresOf = ({ blocks }: Message): Figure[] =>
  blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : []));

/** What is to be typed, as it is typed in this workspace. */
type AsTyped = (message: Message) => Message;

/** Shows a message in the best way that Slack takes, and brings its pictures later. */
export class Show {
  readonly background: Background;
  readonly #pictures: Pictures;
  readonly #patience: Patience;
  readonly #asTyped: AsTyped;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #link: string | undefined;
  /** The newest revision of each message of ours: a late picture must not bring back an older one. */
  readonly #revisions = new Recent<string, number>(5_000);
  readonly #turns = new Turns();
  #plainUntil = 0;
  #count = 0;

  constructor(parts: {
    pictures: Pictures;
    patience: Patience;
    asTyped: AsTyped;
    clock: Clock;
    log: Log;
    publicUrl: string | undefined;
  }) {
    this.#pictures = parts.pictures;
    this.#patience = parts.patience;
    this.#asTyped = parts.asTyped;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.background = new Background((error) =>
      parts.log.warn({ error: String(error) }, 'a picture could not be brought to its message'),
    );
    this.#link = parts.publicUrl?.startsWith('https://') ? parts.publicUrl : undefined;
  }

  /** Rendered for `send`; rendered plainer where that is refused. */
  async send<T>(
    message: Message,
    send: (rendered: Rendered) => Promise<T>,
    { surface = 'message', charts = false }: { surface?: Frame['surface']; charts?: boolean } = {},
  ): Promise<T> {
    const typed = this.#asTyped(message);
    const newBlocks = Number(this.#clock.now()) >= this.#plainUntil;
    const best: Frame = { surface, fileOf: this.#pictures.fileOf, newBlocks, charts: charts && newBlocks, link: this.#link };
    try {
      return await send(render(typed, best));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#log.warn({ error: error.message }, 'Slack refuses a message; it is sent plainer');
      return this.#plainer(typed, send, best, error);
    }
  }

  async #plainer<T>(message: Message, send: (rendered: Rendered) => Promise<T>, best: Frame, refusal: SendError): Promise<T> {
    const figures = figuresOf(message);
    const without: Frame = { ...best, fileOf: () => undefined };
    const frames: Frame[] = [];
    if (figures.some(best.fileOf)) frames.push({ ...without, charts: best.newBlocks });
    if (best.newBlocks) frames.push({ ...without, newBlocks: false, charts: false });
    let last = refusal;
    for (const frame of frames) {
      try {
        const sent = await send(render(message, frame));
        for (const figure of figures) this.#pictures.forget(figure);
        if (!frame.newBlocks && best.newBlocks) this.#plainUntil = Number(this.#clock.now()) + PAUSE;
        return sent;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        last = error;
      }
    }
    throw last;
  }

  /** Waits a little for the pictures of what cannot be changed later. `none`: there will be none. */
  async gather(message: Message): Promise<'there' | 'late' | 'none'> {
    const figures = figuresOf(message);
    if (figures.every((figure) => this.#pictures.fileOf(figure))) return 'there';
    const uploads = Promise.all(figures.map((figure) => this.#pictures.upload(figure)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), PICTURE_WITHIN);
    });
    const outcome = await Promise.race([uploads, late]);
    clearTimeout(timer);
    if (outcome === 'late') return 'late';
    return outcome.includes(undefined) ? 'none' : 'there';
  }

  /** Edits of one message one after the other, the newest last. `withPictures` shows it again once they are there. */
  async revise<T>(
    key: string,
    message: Message,
    send: () => Promise<T>,
    withPictures?: (charts: boolean) => Promise<unknown>,
  ): Promise<T> {
    const revision = this.#next(key);
    const missing = figuresOf(message).filter((figure) => !this.#pictures.fileOf(figure));
    const sent = await this.#turns.take(key, send);
    if (missing.length > 0 && withPictures) this.#bring(key, revision, missing, withPictures);
    return sent;
  }

  /** For a message that has just been posted under this key. */
  follow(key: string, message: Message, withPictures: (charts: boolean) => Promise<unknown>): void {
    const missing = figuresOf(message).filter((figure) => !this.#pictures.fileOf(figure));
    if (missing.length > 0) this.#bring(key, this.#next(key), missing, withPictures);
  }

  #next(key: string): number {
    this.#count += 1;
    this.#revisions.set(key, this.#count);
    // What an older revision waits for is not shown any more.
    this.#patience.wake(key);
    return this.#count;
  }

  #bring(key: string, revision: number, figures: readonly Figure[], withPictures: (charts: boolean) => Promise<unknown>): void {
    this.background.run(async () => {
      const files = await Promise.all(figures.map((figure) => this.#pictures.upload(figure)));
      const show = async () => {
        if (this.#revisions.get(key) === revision) await withPictures(files.includes(undefined));
      };
      // Waited for between the turns: what is shown meanwhile must not wait too.
      await this.#patience.again(key, () => this.#turns.take(key, show));
    });
  }
}

const isRefusal = (error: unknown): error is SendError => error instanceof SendError && error.kind === 'message';
