import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The only weights we draw with; the renderer loads these three files and no system font. */
export type Weight = 400 | 500 | 600;

const resolve = createRequire(import.meta.url).resolve;
const fileOfWeight: Record<Weight, string> = {
  400: resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  500: resolve('@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf'),
  600: resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
};

export const fontFiles = Object.values(fileOfWeight);

/** Advance widths in parts of the font size, by code point. A code point without an entry has no glyph. */
type Advances = ReadonlyMap<number, number>;

const loaded = new Map<Weight, Advances>();

/**
 * How wide each character is, read from the very file it is drawn with: a table of averages would let wide text run out
 * of its box. Kerning is not in here; text that nearly fills its box is drawn without.
 */
export function advancesOf(weight: Weight): Advances {
  const known = loaded.get(weight);
  if (known) return known;
  const advances = readAdvances(readFileSync(fileOfWeight[weight]));
  loaded.set(weight, advances);
  return advances;
}

function readAdvances(file: Buffer): Advances {
  const table = tableOffsets(file);
  const unitsPerEm = file.readUInt16BE(table('head') + 18);
  const lastMetric = file.readUInt16BE(table('hhea') + 34) - 1;
  const metrics = table('hmtx');
  const advances = new Map<number, number>();
  for (const [codePoint, glyph] of characterMap(file, table('cmap'))) {
    // Glyphs beyond the last metric share it (that is how hmtx stores monospaced tails).
    const advance = file.readUInt16BE(metrics + 4 * Math.min(glyph, lastMetric));
    advances.set(codePoint, advance / unitsPerEm);
  }
  return advances;
}

function tableOffsets(file: Buffer): (tag: string) => number {
  const offsets = new Map<string, number>();
  const count = file.readUInt16BE(4);
  for (let index = 0; index < count; index++) {
    const record = 12 + 16 * index;
    offsets.set(file.toString('latin1', record, record + 4), file.readUInt32BE(record + 8));
  }
  return (tag) => {
    const offset = offsets.get(tag);
    if (offset === undefined) throw new Error(`The font has no table "${tag}".`);
    return offset;
  };
}

/** Inter carries a format 12 map (all code points, by ranges), so that is the only one we read. */
function* characterMap(file: Buffer, cmap: number): Generator<[codePoint: number, glyph: number]> {
  const start = segmentedCoverage(file, cmap);
  const groups = file.readUInt32BE(start + 12);
  for (let index = 0; index < groups; index++) {
    const group = start + 16 + 12 * index;
    const first = file.readUInt32BE(group);
    const last = file.readUInt32BE(group + 4);
    const glyph = file.readUInt32BE(group + 8);
    for (let codePoint = first; codePoint <= last; codePoint++) yield [codePoint, glyph + codePoint - first];
  }
}

function segmentedCoverage(file: Buffer, cmap: number): number {
  const count = file.readUInt16BE(cmap + 2);
  for (let index = 0; index < count; index++) {
    const start = cmap + file.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (file.readUInt16BE(start) === 12) return start;
  }
  throw new Error('The font has no character map of format 12.');
}
