import { createHash } from 'node:crypto';
import { renderAsync } from '@resvg/resvg-js';
import type { Figure } from '../core/messages/figure.ts';
import type { Draw } from '../core/ports/draw.ts';
import { createTurns } from './draw-queue.ts';
import { fontFiles } from './fonts.ts';
import { layOut, width } from './layout.ts';
import { pipelineSvg } from './pipeline-figure.ts';
import { encodePng } from './png.ts';
import { seriesSvg } from './series-figure.ts';
import { seriesHeight } from './series-layout.ts';

/** Raise it with every change to how a figure looks: images are kept by key, in chats and caches for long. */
const rendererVersion = 1;
const mostImages = 64;

export function createDraw(): Draw {
  const inTurn = createTurns();
  const images = new Map<string, Buffer>();
  const underWay = new Map<string, Promise<Buffer>>();

  function draw(figure: Figure, key: string): Promise<Buffer> {
    const drawing = inTurn(() => render(figure))
      .then((image) => keep(images, key, image))
      .finally(() => underWay.delete(key));
    underWay.set(key, drawing);
    return drawing;
  }

  return {
    keyOf,
    sizeOf,
    async png(figure) {
      const key = keyOf(figure);
      return images.get(key) ?? underWay.get(key) ?? draw(figure, key);
    },
  };
}

function sizeOf(figure: Figure): { width: number; height: number } {
  return { width, height: figure.kind === 'series' ? seriesHeight : layOut(figure).height };
}

async function render(figure: Figure): Promise<Buffer> {
  const source = figure.kind === 'series' ? seriesSvg(figure) : pipelineSvg(figure);
  const image = await renderAsync(source, {
    fitTo: { mode: 'width', value: 2 * width },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' },
  });
  return encodePng(image.pixels, image.width, image.height);
}

/** A map remembers the order of its keys, so the first one is the oldest. */
function keep(images: Map<string, Buffer>, key: string, image: Buffer): Buffer {
  images.set(key, image);
  const [oldest] = images.keys();
  if (images.size > mostImages && oldest !== undefined) images.delete(oldest);
  return image;
}

function keyOf(figure: Figure): string {
  const content = JSON.stringify([rendererVersion, figure], sortedKeys);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** The same figure has the same key, in whichever order its fields were set. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
