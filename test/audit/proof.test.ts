import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proofIn } from '../../src/cli/proof-text.ts';
import { createSigner } from '../../src/config/signing.ts';
import { canonicalJson } from '../../src/core/audit/canonical.ts';
import { chainHash, detailsHash, NO_HASH, rowText, type SealedRow } from '../../src/core/audit/chain.ts';
import {
  isSignedBy,
  publicKeyOf,
  readCheckpoint,
  readStart,
  signCheckpoint,
  signStart,
  tokenHash,
} from '../../src/core/audit/checkpoint.ts';
import { parseProofLine } from '../../src/core/audit/proof-line.ts';
import { type ProofLine, verifyTrail } from '../../src/core/audit/verify.ts';
import { NOW } from './samples.ts';

const signer = createSigner(Buffer.alloc(32, 1));
const keys = [publicKeyOf(signer.publicKey)];
const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyTime = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString());
const anyRow: fc.Arbitrary<SealedRow> = fc.record({
  seq: fc.integer({ min: 1 }),
  arrived: anyTime,
  workspace: anyText,
  provider: anyText,
  id: anyText,
  at: anyTime,
  actor: fc.record({ id: anyText, type: anyText, name: anyText, email: anyText }),
  action: anyText,
  type: anyText,
  resource: fc.record({ kind: anyText, id: anyText, name: anyText }),
  via: anyText,
  sameAs: fc.option(fc.integer({ min: 1 })),
  detailsHash: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
});

/** A sealed trail of these rows, signed for at its end. */
function trail(rows: readonly SealedRow[]): { lines: ProofLine[]; anchor: string } {
  let hash = NO_HASH;
  const salt = Buffer.alloc(16, 3);
  const lines: ProofLine[] = rows.map((given, i) => {
    const row = { ...given, seq: i + 1, detailsHash: detailsHash(salt, '{}') };
    hash = chainHash(hash, i + 1, row);
    return { n: i + 1, hash, row, salt: salt.toString('hex'), details: '{}' };
  });
  const anchor = signCheckpoint({ number: 1, n: rows.length, seq: rows.length, hash, at: NOW, before: '' }, signer);
  return { lines: [...lines, { checkpoint: anchor }], anchor };
}
async function* inPages(lines: readonly ProofLine[], size = 3): AsyncGenerator<ProofLine[]> {
  for (let i = 0; i < lines.length; i += size) yield lines.slice(i, i + size);
}
const verify = (lines: readonly ProofLine[], anchors: string[], given = keys) =>
  verifyTrail(inPages(lines), { keys: given, anchors });

describe('an export as a file', () => {
  async function read(text: string, size: number): Promise<ProofLine[]> {
    async function* pieces() {
      for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
    }
    const lines: ProofLine[] = [];
    for await (const page of proofIn(pieces())) lines.push(...page);
    return lines;
  }
  const textOf = (lines: readonly ProofLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

  test('is read as it was written, wherever it is cut, whatever its texts hold', async () => {
    const rows = fc.array(anyRow, { minLength: 1, maxLength: 4 });
    const between = fc.constantFrom('', '\u2028', '\r', '\u0085');
    await fc.assert(
      fc.asyncProperty(rows, between, fc.integer({ min: 1, max: 400 }), async (some, odd, size) => {
        const { lines } = trail(some.map((row) => ({ ...row, workspace: `a${odd}b` })));
        expect(await read(textOf(lines), size)).toEqual(lines);
      }),
      { numRuns: 50 },
    );
  });

  test('with a line that is none is refused by its number, blank lines counted', async () => {
    const text = `${textOf(trail([]).lines).trim()}\r\n\n{"n":1}`;
    await expect(read(text, 7)).rejects.toThrow(/^Line 3 is none/);
  });
});

describe('a row in its chain', () => {
  test('is its canonical JSON (RFC 8785)', () => {
    fc.assert(fc.property(anyRow, (row) => void expect(rowText(row)).toBe(canonicalJson({ ...row, v: 1 }))));
  });

  test('has a hash of its own at each place, and for each word of it', () => {
    fc.assert(
      fc.property(anyRow, anyRow, (row, other) => {
        fc.pre(rowText(row) !== rowText(other));
        expect(chainHash(NO_HASH, 1, row)).not.toBe(chainHash(NO_HASH, 1, other));
        expect(chainHash(NO_HASH, 1, row)).not.toBe(chainHash(NO_HASH, 2, row));
      }),
    );
  });
});

describe('a checkpoint', () => {
  const checkpoint = { number: 7, n: 7_000, seq: 7_123, hash: 'ab'.repeat(32), at: NOW, before: 'x' };
  const token = signCheckpoint(checkpoint, signer);

  test('is one word that says all, signed', () => {
    expect(token).toMatch(/^pw1\.[\w-]+\.[\w-]+$/);
    expect(readCheckpoint(token)).toEqual(checkpoint);
    expect(isSignedBy(keys, token)).toBe(true);
    expect(readStart(token)).toBeUndefined();
    expect(tokenHash(token)).toHaveLength(43);
  });

  test('with any letter changed is not signed any more, or is none', () => {
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'AZaz09-_.'), (at, letter) => {
        fc.pre(token[at] !== letter);
        const changed = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
        // The last letter of base64url has bits that mean nothing.
        fc.pre(at < token.length - 1);
        expect(readCheckpoint(changed) !== undefined && isSignedBy(keys, changed)).toBe(false);
      }),
    );
  });

  test('text from anywhere is none', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(readCheckpoint(text)).toBeUndefined()));
    expect(() => publicKeyOf('not a key')).toThrow(/no public key/);
    const start = { n: 3, hash: 'a', at: NOW, kept: [[2, 'b']] as [number, string][], checkpoint: { number: 1, hash: 'c' } };
    expect(readStart(signStart(start, signer))).toEqual(start);
  });
});

describe('a trail offline', () => {
  test('is proven when it is whole, whatever the white space and order of keys in its file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 10 }), async (rows) => {
        const { lines, anchor } = trail(rows);
        const reread = lines.map((line, i) =>
          parseProofLine(JSON.stringify(Object.fromEntries(Object.entries(line).reverse()), null, ' '), i),
        );
        expect(await verify(reread, [anchor])).toMatchObject({
          state: 'proven',
          rows: { first: 1, last: rows.length },
          unsigned: 0,
        });
      }),
      { numRuns: 30 },
    );
  });

  test('any line taken out, put in twice, or swapped with the next is found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.constantFrom('out', 'twice', 'swapped'),
        async (rows, at, how) => {
          const { lines, anchor } = trail(rows);
          const i = at % (lines.length - 1);
          const line = lines[i] as ProofLine;
          const next = lines[i + 1] as ProofLine;
          if (how === 'out') lines.splice(i, 1);
          else if (how === 'twice') lines.splice(i, 0, line);
          else lines.splice(i, 2, next, line);
          expect(await verify(lines, [anchor])).toMatchObject({ state: 'tampered' });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without a key it is whole and not proven; with another key it is not ours', async () => {
    const { lines, anchor } = trail([]);
    expect(lines).toHaveLength(1);
    const row = fc.sample(anyRow, { numRuns: 1, seed: 1 });
    const one = trail(row);
    expect(await verify(one.lines, [], [])).toMatchObject({ state: 'unproven' });
    const other = [publicKeyOf(createSigner(Buffer.alloc(32, 2)).publicKey)];
    expect(await verify(one.lines, [], other)).toMatchObject({
      state: 'tampered',
      because: [expect.stringMatching(/not signed with this key/)],
    });
    await expect(verify(one.lines, [anchor.slice(0, -3)])).rejects.toThrow(/no checkpoint/);
  });

  test('what is no line of a proof is told with its number', () => {
    fc.assert(fc.property(fc.json(), (text) => void expect(() => parseProofLine(text, 12)).toThrow(/Line 12/)));
    expect(() => parseProofLine('{"n":1', 3)).toThrow(/Line 3 is no JSON/);
  });
});
