import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createDraw } from '../../src/charts/draw.ts';
import { empty, healthy, incident, samples } from './samples.ts';
import { seriesSamples } from './series-samples.ts';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

describe('png', () => {
  test.each(Object.entries({ ...samples, ...seriesSamples }))('%s: a PNG at twice the size', async (_name, figure) => {
    const { png, sizeOf } = createDraw();
    const image = await png(figure);
    expect(image.subarray(0, 8)).toEqual(signature);
    expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([2 * sizeOf(figure).width, 2 * sizeOf(figure).height]);
    expect(image.readUInt32BE(16)).toBe(1_800);
    expect(image.readUInt32BE(20)).toBeGreaterThan(700);
    expect(image.readUInt32BE(20)).toBeLessThan(1_200);
  });

  test('is transparent outside the rounded corners', async () => {
    const image = await createDraw().png(empty);
    // The first row's filter byte, then red, green, blue and alpha of the first pixel (any filter leaves it as it is).
    expect(firstBytes(image).subarray(1, 5)).toEqual(Buffer.from([0, 0, 0, 0]));
  });

  test('who asks at the same time or again gets the same image', async () => {
    const draw = createDraw();
    const [first, second] = await Promise.all([draw.png(healthy), draw.png({ ...healthy })]);
    expect(second).toBe(first);
    expect(await draw.png(healthy)).toBe(first);
  });

  test('keeps 64 images, and drops the oldest first', async () => {
    const draw = createDraw();
    const small = { ...empty, steps: [] };
    const oldest = await draw.png(small);
    for (let index = 0; index < 63; index++) await draw.png({ ...small, title: `${index}` });
    expect(await draw.png(small)).toBe(oldest);
    await draw.png({ ...small, title: 'one too many' });
    expect(await draw.png(small)).not.toBe(oldest);
  });

  test('32 may wait; whoever comes then is told to try again, and can', async () => {
    const draw = createDraw();
    const small = { ...empty, steps: [] };
    const asked = Array.from({ length: 34 }, (_, index) => draw.png({ ...small, title: `${index}` }));
    const again = draw.png({ ...small, title: '0' });
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(33).fill('fulfilled'), 'rejected']);
    await expect(asked[33]).rejects.toThrow('try again');
    expect(await again).toBe(await asked[0]);
    expect((await draw.png({ ...small, title: '33' })).length).toBeGreaterThan(0);
  });

  test('a figure that cannot be drawn does not hold up the next, and can be asked for again', async () => {
    const draw = createDraw();
    const broken = { ...healthy, steps: null as never };
    const [failed, drawn] = await Promise.allSettled([draw.png(broken), draw.png(healthy)]);
    expect([failed.status, drawn.status]).toEqual(['rejected', 'fulfilled']);
    await expect(draw.png(broken)).rejects.toThrow();
  });
});

function firstBytes(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return inflateSync(Buffer.concat(parts)).subarray(0, 8);
}

describe('keyOf', () => {
  const { keyOf } = createDraw();

  test('fits in a URL', () => expect(keyOf(healthy)).toMatch(/^[a-z0-9]{32}$/));

  test('is the same for the same figure, in whichever order its fields are', () => {
    const reversed = Object.fromEntries(Object.entries(structuredClone(healthy)).reverse()) as typeof healthy;
    expect(keyOf(reversed)).toBe(keyOf(healthy));
  });

  test('is another for every other figure', () => {
    const [first, ...others] = healthy.steps;
    const figures = [
      ...Object.values(samples),
      ...Object.values(seriesSamples),
      { ...healthy, title: 'x' },
      { ...healthy, pending: '' },
      { ...healthy, steps: others },
      { ...healthy, steps: [...others, ...(first ? [first] : [])] },
      { ...incident, badge: { ...incident.badge, tone: 'good' as const } },
    ];
    expect(new Set(figures.map(keyOf)).size).toBe(figures.length);
  });
});
