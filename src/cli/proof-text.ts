import { parseProofLine } from '../core/audit/proof-line.ts';
import type { ProofLine } from '../core/audit/verify.ts';

const LINES_AT_ONCE = 1_000;

/** Pieces of any length, as lines. */
export async function* linesIn(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** The lines of an export with proof, many at once. Throws a sentence for one that is none. */
export async function* proofIn(lines: AsyncIterable<string>): AsyncGenerator<ProofLine[]> {
  let number = 0;
  let page: ProofLine[] = [];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    page.push(parseProofLine(line, number));
    if (page.length < LINES_AT_ONCE) continue;
    yield page;
    page = [];
  }
  yield page;
}
