import type { Figure } from '../../core/messages/figure.ts';
import type { Message } from '../../core/messages/message.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { FigurePlace } from './render.ts';

/** A figure is a kilobyte or two, and a page shows tens. */
const KEPT = 2_000;
/** Room kept for a figure that has not been drawn since the start. */
const USUAL = { width: 900, height: 467 };

/** Images are asked for by key alone, so what a key stands for is remembered when the page that shows it is made. */
export class Figures {
  readonly #draw: Draw;
  readonly #byKey = new Map<string, { figure: Figure; size: { width: number; height: number } }>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  readonly placeOf = (figure: Figure): FigurePlace => {
    const key = this.#draw.keyOf(figure);
    const known = this.#byKey.get(key) ?? { figure, size: USUAL };
    // Set anew, so that the ones shown last are dropped last.
    this.#byKey.delete(key);
    this.#byKey.set(key, known);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > KEPT && oldest !== undefined) this.#byKey.delete(oldest);
    return { url: `/figures/${key}.png`, ...known.size };
  };

  /** Undefined for a name that no page has shown. */
  async png(name: string): Promise<Buffer | undefined> {
    const known = name.endsWith('.png') ? this.#byKey.get(name.slice(0, -'.png'.length)) : undefined;
    if (!known) return undefined;
    const png = await this.#draw.png(known.figure);
    known.size = sizeOf(png);
    return png;
  }

  /** Draws what a message shows before the message is shown: how tall a figure is can be told from its image only. */
  async prepare(message: Message): Promise<void> {
    for (const block of message.blocks) {
      if (block.kind !== 'figure') continue;
      const { url } = this.placeOf(block.figure);
      // The message says the same in words. Whoever asks for the image is told of the trouble, and so is the server's log.
      await this.png(url.slice('/figures/'.length)).catch(() => undefined);
    }
  }
}

/** From the image's header; it has twice as many pixels as it is shown with. */
const sizeOf = (png: Buffer): { width: number; height: number } =>
  png.length < 24 ? USUAL : { width: png.readUInt32BE(16) / 2, height: png.readUInt32BE(20) / 2 };
