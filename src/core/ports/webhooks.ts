/** Sends webhooks to addresses that people configure, and to nowhere else: see docs/forwarding.md. */
export interface Webhooks {
  /** Posts once. Never throws, never takes longer than its limit. */
  post(request: WebhookRequest): Promise<WebhookOutcome>;
  /** Why nothing would be sent there now, as a sentence; undefined when it would. Resolves the name, and sends nothing. */
  refusal(target: WebhookTarget): Promise<string | undefined>;
  /** Breaks off what is under way; from now on nothing is sent. */
  stop(): void;
}

export interface WebhookTarget {
  url: string;
  /** Private addresses, http and any port. */
  allowPrivate: boolean;
}

export interface WebhookRequest extends WebhookTarget {
  headers: Record<string, string>;
  body: string;
}

export type WebhookOutcome =
  | { kind: 'answered'; status: number; retryAfter?: string }
  /** There was no answer; `why` is a sentence. It may have arrived all the same. */
  | { kind: 'unanswered'; why: string }
  /** We end: nothing is said about the receiver. */
  | { kind: 'stopped' };
