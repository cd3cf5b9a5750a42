import type { Caller } from '../../core/people/caller.ts';
import type { ChatListener, ConsoleEntry, ConsoleLog } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../../core/ports/http.ts';
import type { Logins } from '../../core/ports/people.ts';
import type { ConsoleChannel } from './adapter.ts';
import { chatRoutes } from './chat-routes.ts';
import type { Figures } from './figures.ts';
import { assetRoutes, figureRoutes } from './file-routes.ts';
import type { History } from './history.ts';
import type { Live } from './live.ts';
import { loginRoutes } from './login-routes.ts';
import { keepWanted, nextOf, permalinkRoute } from './permalink.ts';
import { personRoutes } from './person-routes.ts';
import { renderLogin } from './plain-pages.ts';
import { byScript, guarded, json, page } from './respond.ts';
import type { Session } from './session.ts';

export interface ConsoleParts {
  team: string;
  channels: readonly ConsoleChannel[];
  clock: Clock;
  figures: Figures;
  live: Live;
  session: Session;
  logins: Logins | undefined;
  history: History;
  /** Appends to the log and shows it in the open pages. */
  append: (entry: Parameters<ConsoleLog['append']>[0]) => Promise<ConsoleEntry>;
  /** Undefined before the start and after the stop. */
  listener: () => ChatListener | undefined;
}

/** Where people come in. */
export const startOf = (channels: readonly ConsoleChannel[]): ConsoleChannel | undefined =>
  channels.find(({ name }) => name === 'general') ?? channels[0];

interface Route {
  method: HttpRoute['method'];
  path: string;
}

/** A route for people who are known. */
export interface ConsoleRoute extends Route {
  handle(request: HttpRequest, caller: Caller): Promise<HttpResponse>;
}

/** A route that needs no sign-in. */
export interface OpenRoute extends Route {
  handle(request: HttpRequest): Promise<HttpResponse>;
}

export function consoleRoutes(parts: ConsoleParts): HttpRoute[] {
  const { session, logins } = parts;
  const known = [...chatRoutes(parts), ...figureRoutes(parts)].map(({ handle, ...route }) => ({
    ...route,
    handle: async (request: HttpRequest) => {
      const caller = session.callerOf(request);
      return caller ? handle(request, caller) : signInFirst(request, logins !== undefined);
    },
  }));
  return [...known, ...assetRoutes, permalinkRoute(parts), ...loginRoutes(parts), ...personRoutes(parts)].map(
    ({ method, path, handle }) => ({
      method,
      path,
      audience: 'browser',
      handle: async (request) => guarded(await handle(request)),
    }),
  );
}

function signInFirst(request: HttpRequest, links: boolean): HttpResponse {
  const note = 'Please sign in to see this console.';
  if (byScript(request)) return json(401, { note });
  const next = nextOf(request);
  return page(401, renderLogin(next, links, note), { 'set-cookie': keepWanted(next) });
}
