import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { publicKeyOf } from '../core/audit/checkpoint.ts';
import { type ProofLine, type Verdict, verifyTrail } from '../core/audit/verify.ts';
import { proofIn } from './proof-text.ts';
import { openTrail, ownPublicKey } from './trail.ts';

/** 0 proven, 1 tampered, 2 whole but nobody signed for its end, 3 cannot be read. */
const exitCodes: Record<Verdict['state'], number> = { proven: 0, tampered: 1, unproven: 2 };
const UNREADABLE = 3;

/**
 * `pipewarden verify [FILE] [--key PUBLIC_KEY]… [--anchor CHECKPOINT|FILE]…`: the trail in the database, or an export of it with its
 * proof, without any network.
 */
export async function verify(args: readonly string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string', multiple: true }, anchor: { type: 'string', multiple: true } },
    });
    const [file] = positionals;
    const named = values.key ?? (file === undefined ? [ownPublicKey()] : []);
    const anchors = (values.anchor ?? []).flatMap(anchorsIn);
    const verdict = await verifyTrail(file === undefined ? linesOfTrail() : linesOfFile(file), {
      keys: named.map(publicKeyOf),
      anchors,
      progress: progressOn(process.stderr),
    });
    for (const line of inWords(verdict, file === undefined ? named : [])) console.log(line);
    process.exitCode = exitCodes[verdict.state];
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = UNREADABLE;
  }
}

/** A checkpoint, or every one that stands in a file, e.g. a copy of the channel. */
function anchorsIn(text: string): string[] {
  const words = existsSync(text) ? readFileSync(text, 'utf8') : text;
  const found = words.match(/pw1\.[\w-]+\.[\w-]+/g);
  if (!found) throw new Error(`--anchor: there is no checkpoint in “${text.slice(0, 64)}”. It begins with pw1.`);
  return [...found];
}

async function* linesOfTrail(): AsyncGenerator<readonly ProofLine[]> {
  const trail = await openTrail();
  try {
    yield* await trail.proof();
  } finally {
    await trail.close();
  }
}

const linesOfFile = (file: string): AsyncGenerator<ProofLine[]> => proofIn(createReadStream(file, { encoding: 'utf8' }));

const progressOn =
  ({ isTTY, write }: NodeJS.WriteStream) =>
  (rows: number): void => {
    if (isTTY) write.call(process.stderr, `\r${rows} rows`);
  };

function inWords(
  { state, because, rows, checkpoints, anchoredTo, erased, unsigned, unsealed }: Verdict,
  ownKeys: readonly string[],
): string[] {
  const span = rows ? `rows ${rows.first}–${rows.last}` : 'no rows';
  // What comes after a fault was not looked at.
  if (state === 'tampered') return [`TAMPERED: ${span} fit`, ...because];
  const facts = [
    `${span} ok`,
    `checkpoints ${checkpoints}`,
    anchoredTo > 0 ? `anchor ok at row ${anchoredTo}` : 'no anchor',
    ...(erased > 0 ? [`erased ${erased}`] : []),
    ...(unsigned > 0 ? [`not signed yet ${unsigned}`] : []),
    ...(unsealed > 0 ? [`not sealed yet ${unsealed}`] : []),
  ];
  return [
    `${state === 'proven' ? 'PROVEN' : 'WHOLE, NOT PROVEN'}: ${facts.join(' · ')}`,
    ...because,
    ...ownKeys.map((key) => `Public key: ${key}`),
  ];
}
