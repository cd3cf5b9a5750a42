import type { Caller } from '../../core/people/caller.ts';
import type { ChatListener, ConsoleEntry, ConsoleLog } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../../core/ports/http.ts';
import type { ConsoleChannel } from './adapter.ts';
import { chatRoutes } from './chat-routes.ts';
import type { Figures } from './figures.ts';
import { fileRoutes } from './file-routes.ts';
import type { History } from './history.ts';
import type { Live } from './live.ts';
import { loginRoutes } from './login-routes.ts';
import { renderLogin } from './page.ts';
import { byScript, guarded, json, page } from './respond.ts';
import type { Session } from './session.ts';

export interface ConsoleParts {
  caller: Caller;
  team: string;
  channels: readonly ConsoleChannel[];
  clock: Clock;
  figures: Figures;
  live: Live;
  session: Session;
  history: History;
  /** Appends to the log and shows it in the open pages. */
  append: (entry: Parameters<ConsoleLog['append']>[0]) => Promise<ConsoleEntry>;
  /** Undefined before the start and after the stop. */
  listener: () => ChatListener | undefined;
}

/** A route of the console. `open` ones need no sign-in. */
export interface ConsoleRoute {
  method: HttpRoute['method'];
  path: string;
  open?: boolean;
  handle(request: HttpRequest): Promise<HttpResponse>;
}

export function consoleRoutes(parts: ConsoleParts): HttpRoute[] {
  const routes = [...chatRoutes(parts), ...fileRoutes(parts.figures), ...loginRoutes(parts)];
  return routes.map(({ method, path, open, handle }) => ({
    method,
    path,
    audience: 'browser',
    handle: async (request) => guarded(open || parts.session.allows(request) ? await handle(request) : signInFirst(request)),
  }));
}

function signInFirst(request: HttpRequest): HttpResponse {
  const note = 'Please sign in to see this console.';
  return byScript(request) ? json(401, { note }) : page(401, renderLogin(request.params.channel ?? '', note));
}
