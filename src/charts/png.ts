import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const deflateAsync = promisify(deflate);
const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/**
 * Pixels (RGBA, eight bits each, alpha already multiplied in, as the renderer has them) as a PNG. The renderer can write
 * one itself, but does so on the event loop, for longer than drawing may take; here the long part runs beside it.
 */
export async function encodePng(pixels: Buffer, width: number, height: number): Promise<Buffer> {
  // Flat colours repeat byte by byte: without filters they pack well, and level 3 comes out as small as the renderer's own.
  const packed = await deflateAsync(rows(pixels, width, height), { level: 3 });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits, colour type 6 (RGBA); the rest is 0: deflate, the usual filters, not interlaced.
  head.set([8, 6], 8);
  return Buffer.concat([signature, ...chunk('IHDR', head), ...chunk('IDAT', packed), ...chunk('IEND', Buffer.alloc(0))]);
}

/** Every row starts with the number of its filter, here 0: none. */
function rows(pixels: Buffer, width: number, height: number): Buffer {
  const stride = 4 * width;
  const rows = Buffer.allocUnsafe(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    rows[start] = 0;
    pixels.copy(rows, start + 1, y * stride, (y + 1) * stride);
    divideByAlpha(rows, start + 1, stride);
  }
  return rows;
}

/** A PNG keeps colours as they are without their alpha. A figure is see-through only at the ends of its rows. */
function divideByAlpha(rows: Buffer, start: number, length: number): void {
  let left = start;
  let right = start + length;
  for (; left < right && rows[left + 3] !== 255; left += 4) divide(rows, left);
  for (; right > left && rows[right - 1] !== 255; right -= 4) divide(rows, right - 4);
}

function divide(rows: Buffer, at: number): void {
  const alpha = rows[at + 3] ?? 0;
  if (alpha === 0) return;
  for (let channel = at; channel < at + 3; channel++)
    rows[channel] = Math.min(255, Math.round(((rows[channel] ?? 0) * 255) / alpha));
}

function chunk(type: string, data: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return [length, body, check];
}
