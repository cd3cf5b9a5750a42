import type { ProofLine, SealedLine } from '../../core/audit/verify.ts';
import type { Database } from '../../core/ports/stores.ts';

/** Rows read at once: what a proof costs in memory, however long the trail is. */
const PAGE = 1_000;
const SLICE = 100;

/**
 * The sealed trail as it is at this moment, page by page, each read by itself: nobody waits for us. What is sealed meanwhile is left
 * for the next time.
 */
export async function* proofLines(database: Database): AsyncGenerator<ProofLine[]> {
  const { start, end, signed } = await database.read(async ({ seals }) => ({
    start: await seals.start(),
    end: await seals.end(),
    signed: (await seals.lastCheckpoint())?.number ?? 0,
  }));
  if (start !== undefined) yield [{ start }];
  const checkpoints = checkpointsUpTo(database, signed);
  let checkpoint = await checkpoints.next();
  /** Those that cover nothing after this row. */
  const dueAt = async (n: number): Promise<ProofLine[]> => {
    const due: ProofLine[] = [];
    for (; !checkpoint.done && checkpoint.value.n <= n; checkpoint = await checkpoints.next()) {
      due.push({ checkpoint: checkpoint.value.token });
    }
    return due;
  };
  for await (const rows of sealedPages(database, end.n)) {
    const lines: ProofLine[] = [];
    for (const row of rows) {
      lines.push(row);
      if (!checkpoint.done && checkpoint.value.n <= row.n) lines.push(...(await dueAt(row.n)));
    }
    yield lines;
  }
  // Signed for, and gone.
  yield await dueAt(Number.POSITIVE_INFINITY);
  for (let seq = Number.MIN_SAFE_INTEGER; ; ) {
    const after = seq;
    const seqs = await database.read(({ seals }) => seals.unsealed(after, PAGE));
    yield seqs.map((unsealed) => ({ unsealed }));
    if (seqs.length < PAGE) return;
    seq = seqs.at(-1) ?? seq;
  }
}

/** The next page is read while this one is looked at, slice by slice: in between the database is asked what comes next. */
async function* sealedPages(database: Database, last: number): AsyncGenerator<SealedLine[]> {
  const read = async (after: number): Promise<SealedLine[]> =>
    after < last ? (await database.read(({ seals }) => seals.rows(after, PAGE))).filter((row) => row.n <= last) : [];
  let next = read(0);
  try {
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = read(rows.at(-1)?.n ?? last);
      // Told of when it is waited for.
      next.catch(() => {});
      for (let start = 0; start < rows.length; start += SLICE) {
        yield rows.slice(start, start + SLICE);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    await next.catch(() => {});
  }
}

async function* checkpointsUpTo(database: Database, last: number): AsyncGenerator<{ number: number; n: number; token: string }> {
  for (let number = 0; number < last; ) {
    const after = number;
    const page = await database.read(({ seals }) => seals.checkpoints(after, PAGE));
    if (page.length === 0) return;
    yield* page.filter((checkpoint) => checkpoint.number <= last);
    number = page.at(-1)?.number ?? last;
  }
}
