import type { Figure } from '../../core/messages/figure.ts';
import type { Draw } from '../../core/ports/draw.ts';

/** A figure is a kilobyte or two, and a page shows tens. */
const KEPT = 2_000;

/** Images are asked for by key alone, so what a key stands for is remembered when the page that shows it is made. */
export class Figures {
  readonly #draw: Draw;
  readonly #byKey = new Map<string, Figure>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  readonly urlOf = (figure: Figure): string => {
    const key = this.#draw.keyOf(figure);
    // Set anew, so that the ones shown last are dropped last.
    this.#byKey.delete(key);
    this.#byKey.set(key, figure);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > KEPT && oldest !== undefined) this.#byKey.delete(oldest);
    return `/figures/${key}.png`;
  };

  /** Undefined for a name that no page has shown. */
  async png(name: string): Promise<Buffer | undefined> {
    const figure = name.endsWith('.png') ? this.#byKey.get(name.slice(0, -'.png'.length)) : undefined;
    return figure && this.#draw.png(figure);
  }
}
