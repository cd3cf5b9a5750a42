import { UserError } from '../errors.ts';

/** A search that cannot be read: what is wrong, and where. */
export class QueryMistake extends UserError {
  readonly query: string;
  /** UTF-16 position of the part that is wrong. */
  readonly at: number;
  readonly length: number;

  constructor(query: string, part: { at: number; length: number }, message: string, suggestions: string[] = []) {
    super('bad_query', message, { suggestions });
    this.query = query;
    this.at = part.at;
    this.length = part.length;
  }

  /** The search with a mark under the part, for a fixed-width font. */
  pointed(): string {
    const columns = (text: string): number => [...text].length;
    const before = ' '.repeat(columns(this.query.slice(0, this.at)));
    return `${this.query}\n${before}${'^'.repeat(Math.max(1, columns(this.query.slice(this.at, this.at + this.length))))}`;
  }
}
