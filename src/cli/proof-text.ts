import { parseProofLine } from '../core/audit/proof-line.ts';
import type { ProofLine } from '../core/audit/verify.ts';

/**
 * The lines of an export with proof, from its text in pieces of any length; those of a piece at once. Lines end with a line feed and
 * nothing else: texts in JSON may hold what others take for an end. Throws a sentence for a line that is none.
 */
export async function* proofIn(pieces: AsyncIterable<string>): AsyncGenerator<ProofLine[]> {
  let number = 0;
  const read = (text: string): ProofLine[] => {
    const lines: ProofLine[] = [];
    for (const line of text.split('\n')) {
      number += 1;
      if (line.trim() !== '') lines.push(parseProofLine(line, number));
    }
    return lines;
  };
  let rest = '';
  for await (const piece of pieces) {
    const end = piece.lastIndexOf('\n');
    if (end >= 0) {
      yield read(rest + piece.slice(0, end));
      rest = '';
    }
    rest += piece.slice(end + 1);
  }
  yield read(rest);
}
