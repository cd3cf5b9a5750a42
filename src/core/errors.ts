/**
 * What a person or a caller did that we cannot carry out. The message is shown word for word, in chat and in JSON,
 * and always says what to do next. `path` is a JSON pointer into a request body.
 */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly path?: string;
  /** Words the person may have meant, nearest first. */
  readonly suggestions: string[];
  /** Who was refused, where we know: for the trail, shown to nobody. */
  readonly by?: { account: string; person: string; workspace?: string };

  constructor(
    code: ErrorCode,
    message: string,
    more: { path?: string; suggestions?: string[]; by?: UserError['by']; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'UserError';
    this.code = code;
    this.path = more.path;
    this.suggestions = more.suggestions ?? [];
    this.by = more.by;
  }
}

/** Somebody's word inside a sentence of ours: kept short, and never cut inside a character, since half of one cannot be stored. */
export const cited = (word: string): string => word.slice(0, 64).replace(/[\uD800-\uDBFF]$/, '');

/** Every code we answer with, and the HTTP status it has. One table, so that a code never has two statuses. */
export const statusOfCode = {
  bad_json: 400,
  bad_utf8: 400,
  too_deep: 400,
  forbidden_key: 400,
  too_many: 400,
  call_too_large: 400,
  invalid: 400,
  unknown_field: 400,
  unknown_step: 400,
  bad_count: 400,
  bad_text: 400,
  bad_time: 400,
  in_future: 400,
  too_old: 400,
  closed: 400,
  bad_series: 400,
  bad_period: 400,
  bad_argument: 400,
  bad_query: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  unknown_pipeline: 404,
  unknown_command: 404,
  view_ended: 404,
  method_not_allowed: 405,
  timed_out: 408,
  ambiguous: 409,
  audit_conflict: 409,
  batch_conflict: 409,
  other_provider: 409,
  too_large: 413,
  unsupported_media_type: 415,
  /** Nobody's mistake: something we depend on is away. The one status of 500 and more that has a code of ours. */
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof statusOfCode;
