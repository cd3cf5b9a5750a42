/** One HTTP server serves everything; parts mount routes on it and never see the framework. Bodies are raw bytes. */
export interface HttpRoute {
  method: 'GET' | 'POST';
  /** May hold `:name` parts. */
  path: string;
  /** Browser routes have their Host and Origin checked before the handler runs; machine routes (bearer tokens, signatures) do not. */
  audience: 'browser' | 'machine';
  /** Runs before the body is read, so that a stranger's body never is; throws a UserError to refuse. */
  admit?(headers: HttpRequest['headers']): void;
  /** How to show who one is, for `WWW-Authenticate` of a 401; a bearer token where nothing is said. */
  challenge?: string;
  handle(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  params: Record<string, string>;
  /** The last value wins where a key is repeated. */
  query: Record<string, string>;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** Where the client is, as far as the network tells. */
  address: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers?: Record<string, string>;
  /** A stream is sent as it comes and ends when the client goes away. */
  body?: string | Buffer | AsyncIterable<string>;
  /** Somebody was turned away who showed a wrong secret: the trail is told. What a `machine` route refuses, it is told anyway. */
  turnedAway?: boolean;
}
