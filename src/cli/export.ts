import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openTrail, type TrailFormat } from './trail.ts';

const formats = ['csv', 'jsonl', 'proof'] as const satisfies TrailFormat[];
const isFormat = (text: string): text is TrailFormat => formats.some((format) => format === text);

/** `pipewarden export [QUERY] [--format csv|jsonl|proof] [--out FILE]`: the audit trail as a stream. */
export async function exportTrail(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { format: { type: 'string', default: 'jsonl' }, out: { type: 'string' } },
  });
  const { format, out } = values;
  if (!isFormat(format)) throw new Error(`--format is one of ${formats.join(', ')}.`);
  if (format === 'proof' && positionals.length > 0) throw new Error('A proof is of the whole trail: it takes no search.');
  const trail = await openTrail();
  try {
    const text = await trail.read(format, positionals.join(' '));
    await pipeline(Readable.from(text), out === undefined ? process.stdout : createWriteStream(out, { mode: 0o600 }));
  } finally {
    await trail.close();
  }
}
