import { crc32, inflateSync } from 'node:zlib';
import { renderAsync } from '@resvg/resvg-js';
import { expect, test } from 'vitest';
import { encodePng } from '../../src/charts/png.ts';

interface Chunk {
  type: string;
  data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, end) });
  }
  return chunks;
}

function pixelsOf(png: Buffer): number[] {
  const packed = chunksOf(png).filter(({ type }) => type === 'IDAT');
  const rows = inflateSync(Buffer.concat(packed.map(({ data }) => data)));
  const stride = 4 * png.readUInt32BE(16) + 1;
  return [...rows].filter((_, index) => index % stride > 0);
}

test('has the three chunks it needs, with their checks, and nothing after them', async () => {
  const png = await encodePng(Buffer.alloc(24, 255), 3, 2);
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  expect(chunksOf(png).map(({ type }) => type)).toEqual(['IHDR', 'IDAT', 'IEND']);
  expect([...(chunksOf(png)[0]?.data ?? [])]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 6, 0, 0, 0]);
  expect(pixelsOf(png)).toEqual(Array(24).fill(255));
});

test('takes the alpha out of the colours, once, from both ends of a row', async () => {
  const clear = [0, 0, 0, 0];
  const half = [100, 50, 25, 128];
  const solid = [9, 8, 7, 255];
  const straight = [199, 100, 50, 128];
  const row = async (...pixels: number[][]): Promise<number[]> =>
    pixelsOf(await encodePng(Buffer.from(pixels.flat()), pixels.length, 1));
  expect(await row(clear, half, solid, solid, half, clear)).toEqual([clear, straight, solid, solid, straight, clear].flat());
  expect(await row(half, clear, half)).toEqual([straight, clear, straight].flat());
});

test('is the picture the renderer itself would write', async () => {
  const source =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect x=".5" y=".5" width="39" height="29" rx="9" fill="#fff" stroke="#c5cdda"/><circle cx="20" cy="15" r="6" fill="#b4380a"/></svg>';
  const image = await renderAsync(source, { font: { loadSystemFonts: false } });
  const ours = pixelsOf(await encodePng(image.pixels, image.width, image.height));
  // Read back through the renderer: what it draws of our PNG and of its own must be the same.
  const drawn = async (png: Buffer): Promise<Buffer> => {
    const wrapped = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><image width="40" height="30" href="data:image/png;base64,${png.toString('base64')}"/></svg>`;
    return (await renderAsync(wrapped, { font: { loadSystemFonts: false } })).pixels;
  };
  expect(ours).toHaveLength(4 * 40 * 30);
  const again = await drawn(await encodePng(image.pixels, image.width, image.height));
  const own = await drawn(image.asPng());
  const furthest = again.reduce((most, value, index) => Math.max(most, Math.abs(value - (own[index] ?? 0))), 0);
  expect(furthest).toBeLessThanOrEqual(1);
});
