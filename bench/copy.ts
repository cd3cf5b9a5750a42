import pg from 'pg';

/** The part of pg's connection that knows COPY, which its types leave out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

interface CopyHandlers {
  handleCopyInResponse(connection: CopyConnection): void;
  handleCopyData(message: { chunk: Buffer }): void;
}

/** Rows as COPY writes them. */
export async function copyOut(client: pg.Client, select: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await run(client, `copy (${select}) to stdout`, { handleCopyData: ({ chunk }) => chunks.push(Buffer.from(chunk)) });
  return Buffer.concat(chunks);
}

/** Rows as `copyOut` returned them, into a table with the same columns. */
export const copyIn = (client: pg.Client, table: string, rows: Buffer): Promise<void> =>
  run(client, `copy ${table} from stdin`, {
    handleCopyInResponse(connection) {
      connection.sendCopyFromChunk(rows);
      connection.endCopyFrom();
    },
  });

function run(client: pg.Client, text: string, handlers: Partial<CopyHandlers>): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    // The callback is the constructor's third argument, which the types do not know either.
    const Query = pg.Query as unknown as new (text: string, values: undefined, done: (error?: Error | null) => void) => pg.Query;
    client.query(Object.assign(new Query(text, undefined, done), handlers));
  });
}
