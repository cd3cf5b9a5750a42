import type { Figure } from '../../core/messages/figure.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { FigurePlace } from './render.ts';

/** A figure is a kilobyte or two, and a page shows tens. */
const KEPT = 2_000;

/** Images are asked for by key alone, so what a key stands for is remembered when the page that shows it is made. */
export class Figures {
  readonly #draw: Draw;
  readonly #byKey = new Map<string, { figure: Figure; place: FigurePlace }>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** Undefined for what cannot be laid out: a stored figure may be another version's. */
  readonly placeOf = (figure: Figure): FigurePlace | undefined => {
    try {
      return this.#placeOf(figure);
    } catch {
      return undefined;
    }
  };

  #placeOf(figure: Figure): FigurePlace {
    const key = this.#draw.keyOf(figure);
    const known = this.#byKey.get(key) ?? { figure, place: { url: `/figures/${key}.png`, ...this.#draw.sizeOf(figure) } };
    // Set anew, so that the ones shown last are dropped last.
    this.#byKey.delete(key);
    this.#byKey.set(key, known);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > KEPT && oldest !== undefined) this.#byKey.delete(oldest);
    return known.place;
  }

  /** Undefined for a name that no page of this process has shown. */
  async png(name: string): Promise<Buffer | undefined> {
    const known = name.endsWith('.png') ? this.#byKey.get(name.slice(0, -'.png'.length)) : undefined;
    return known && this.#draw.png(known.figure);
  }
}
