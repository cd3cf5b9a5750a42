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
});

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
  const rest = new REST(restOptions(apiUrl)).setToken(token);
  const asked = ({ body, files, byRoute = false }: ApiCall = {}) => ({ body, auth: !byRoute, ...(files && { files }) });
  return {
    get: async <T>(route: RouteLike, call?: ApiCall) => (await rest.get(route, asked(call))) as T,
    post: async <T>(route: RouteLike, call: ApiCall) => (await rest.post(route, asked(call))) as T,
    patch: async <T>(route: RouteLike, call: ApiCall) => (await rest.patch(route, asked(call))) as T,
    put: async <T>(route: RouteLike, call: ApiCall) => (await rest.put(route, asked(call))) as T,
    delete: async (route, call) => void (await rest.delete(route, asked(call))),
    close() {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
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
