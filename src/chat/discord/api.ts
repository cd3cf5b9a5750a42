import { DefaultRestOptions, type RawFile, REST, type RESTOptions, type RouteLike } from 'discord.js';

/**
 * Nothing is repeated or waited for in here: whoever sends decides that, with the same key. A request without an answer after ten
 * seconds has none.
 */
export const restOptions = (apiUrl: string | undefined): Partial<RESTOptions> => ({
  version: '10',
  api: apiUrl?.replace(/\/+$/, '') ?? DefaultRestOptions.api,
  retries: 0,
  timeout: 10_000,
  rejectOnRateLimit: () => true,
  makeRequest,
});

/**
 * Node's own. The library's sends by the agent that all copies of undici in a process share, which is that of the copy loaded first: one
 * that came with Slack's library cannot read the form in which a file is sent.
 */
const makeRequest: RESTOptions['makeRequest'] = async (url, init) => (await fetch(url, init as RequestInit)) as never;

export interface ApiCall {
  body?: unknown;
  files?: RawFile[];
  /** By the token in the route, of an interaction; the bot's own stays out of it. */
  byRoute?: boolean;
}

/** Discord's REST API. */
export interface Api {
  get<T>(route: RouteLike, call?: ApiCall): Promise<T>;
  post<T>(route: RouteLike, call: ApiCall): Promise<T>;
  patch<T>(route: RouteLike, call: ApiCall): Promise<T>;
  put<T>(route: RouteLike, call: ApiCall): Promise<T>;
  delete(route: RouteLike, call?: ApiCall): Promise<void>;
  close(): void;
}

export function createApi({ token, apiUrl }: { token: string; apiUrl?: string | undefined }): Api {
  const ours = new REST(restOptions(apiUrl)).setToken(token);
  // What an interaction's own token pays for does not count among the bot's 50 requests a second.
  const theirs = new REST({ ...restOptions(apiUrl), globalRequestsPerSecond: Number.POSITIVE_INFINITY });
  const rest = (call?: ApiCall) => (call?.byRoute ? theirs : ours);
  const asked = ({ body, files, byRoute = false }: ApiCall = {}) => ({ body, auth: !byRoute, ...(files && { files }) });
  return {
    get: async <T>(route: RouteLike, call?: ApiCall) => (await rest(call).get(route, asked(call))) as T,
    post: async <T>(route: RouteLike, call: ApiCall) => (await rest(call).post(route, asked(call))) as T,
    patch: async <T>(route: RouteLike, call: ApiCall) => (await rest(call).patch(route, asked(call))) as T,
    put: async <T>(route: RouteLike, call: ApiCall) => (await rest(call).put(route, asked(call))) as T,
    delete: async (route, call) => void (await rest(call).delete(route, asked(call))),
    close() {
      for (const one of [ours, theirs]) {
        one.clearHashSweeper();
        one.clearHandlerSweeper();
      }
    },
  };
}

/** What Discord answers with when a message was written. */
export interface SentMessage {
  id: string;
  channel_id: string;
  flags: number;
  attachments: { id: string; filename: string }[];
}
