import type { Figure } from '../messages/figure.ts';

/** A figure description made into a PNG at twice its size (2×). */
export interface Draw {
  png(figure: Figure): Promise<Buffer>;
  /** In CSS pixels, half the image's; known before anything is drawn. */
  sizeOf(figure: Figure): { width: number; height: number };
  /** Content hash of the figure and of the way we draw: a cache key and a URL part, [a-z0-9]. */
  keyOf(figure: Figure): string;
}
