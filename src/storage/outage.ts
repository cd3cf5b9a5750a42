import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { UserError } from '../core/errors.ts';

/** A connection that was there and is gone: what was not committed is undone. */
const cutCodes = ['ECONNRESET', 'EPIPE', '57P01', '57P02'];
const cutMessages = /^(Connection terminated( unexpectedly)?$|Client has encountered a connection error|Client was closed)/;

const awayCodes = [
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  '57P03',
  '57014',
];
const awayMessages = /^(Connection terminated due to connection timeout|timeout expired|Query read timeout)$/;

export const diskFull = 'The disk of the database is full, and nothing of this was stored. Make room on it, then try again.';

/** Sentences for what a database, or the way to it, cannot do just now. None is about what was asked. */
const sentences = {
  away: 'The database does not answer. See that it runs and can be reached, then try again; a batch that is sent again is stored once.',
  busy: 'No connection to the database became free in time. Try again in a moment; nothing of this was stored.',
  full: diskFull,
  broken:
    'The database broke down and has to be started again. Try again in a moment; a batch that is sent again is stored once.',
};

function sentenceFor(error: unknown): string | undefined {
  const { code = '', message = '', severity = '' } = error as { code?: string; message?: string; severity?: string };
  if (code === '53100' || code === 'ENOSPC') return sentences.full;
  if (isFatal(error) && severity !== 'FATAL') return sentences.broken;
  if (code === '53300' || message === 'timeout exceeded when trying to connect') return sentences.busy;
  if (isCut(error) || awayCodes.includes(code) || awayMessages.test(message)) return sentences.away;
  return undefined;
}

function isCut(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return cutCodes.includes(code) || /^08...$/.test(code) || cutMessages.test(message);
}

/** The engine's state is not to be trusted any more. Embedded, the next statement may never return. */
export const isFatal = (error: unknown): boolean => {
  const { name = '', severity = '' } = error as { name?: string; severity?: string };
  return ['PANIC', 'FATAL'].includes(severity) || ['RuntimeError', 'ExitStatus'].includes(name);
};

/** The connection ended under a statement of ours. */
export const wasCut = (error: unknown): boolean =>
  error instanceof UserError && error.code === 'unavailable' && error.cause !== undefined && isCut(error.cause);

/** As `unavailable`, with the sentence that says what to do; what is not an outage stays what it is. */
export function asOutage(error: unknown): unknown {
  if (error instanceof UserError) return error;
  const sentence = sentenceFor(error);
  return sentence === undefined ? error : new UserError('unavailable', sentence, { cause: error });
}

/**
 * The one place where outages get their name: everything that reads or writes goes through it. A connection that failed is not
 * used again, and not given back to the pool.
 */
export function tellingOutages(pool: PostgresPool): PostgresPool {
  const fail = (error: unknown): never => {
    throw asOutage(error);
  };
  return {
    async connect() {
      const client = await pool.connect().catch(fail);
      let failure: unknown;
      const query = async (sql: string, parameters: readonly unknown[]) => {
        // A connection that hangs would keep the rollback waiting as well.
        if (failure) throw failure;
        return client.query(sql, parameters).catch((error: unknown) => {
          const told = asOutage(error);
          if (told !== error && (error as { code?: string }).code !== '53100') failure = told;
          throw told;
        });
      };
      const release = client.release as (failure?: Error) => void;
      return {
        query: query as PostgresPoolClient['query'],
        release: () => release.call(client, failure ? new Error('connection failed') : undefined),
      };
    },
    end: () => pool.end(),
  };
}
