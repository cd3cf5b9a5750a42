import { z } from 'zod';
import type { ProofLine } from './verify.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const token = z.string().max(1_000_000);
const seq = z.int().min(0);

const row = z.strictObject({
  seq,
  arrived: z.string(),
  workspace: z.string(),
  provider: z.string(),
  id: z.string(),
  at: z.string(),
  actor: z.strictObject({ id: z.string(), type: z.string(), name: z.string(), email: z.string() }),
  action: z.string(),
  type: z.string(),
  resource: z.strictObject({ kind: z.string(), id: z.string(), name: z.string() }),
  via: z.string(),
  sameAs: seq.nullable(),
  detailsHash: hex,
});

const line = z.union([
  z.strictObject({
    n: seq,
    hash: hex,
    row: row.nullable(),
    salt: z
      .string()
      .regex(/^[0-9a-f]*$/)
      .nullable(),
    details: z.string().nullable(),
  }),
  z.strictObject({ start: token }),
  z.strictObject({ checkpoint: token }),
  z.strictObject({ unsealed: seq }),
]);

/** One line of an export with proof. Throws a sentence for what is none, with the number of the line. */
export function parseProofLine(text: string, number: number): ProofLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`Line ${number} is no JSON. Was the file cut off, or is it another export? Make it with --format proof.`);
  }
  const parsed = line.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`Line ${number} is none of an export with proof. Make the file with: pipewarden export --format proof`);
}
