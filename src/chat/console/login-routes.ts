import { Attempts } from './attempts.ts';
import { fieldsOf, LoginForm } from './forms.ts';
import { addressOfNext } from './permalink.ts';
import { renderLogin } from './plain-pages.ts';
import { page, redirect } from './respond.ts';
import type { ConsoleParts, OpenRoute } from './routes.ts';

/** Where no token is asked for, people can still leave: they may have come by a link. */
export function loginRoutes({ session, channels, clock, logins }: ConsoleParts): OpenRoute[] {
  const logout: OpenRoute = {
    method: 'POST',
    path: '/logout',
    handle: async () => redirect(session.required ? '/login' : '/', { 'set-cookie': session.close() }),
  };
  if (!session.required) return [logout];
  const attempts = new Attempts(clock);
  const login = (status: number, next: string, trouble?: string, headers?: Record<string, string>) =>
    page(status, renderLogin(next, logins !== undefined, trouble), headers);
  return [
    logout,
    {
      method: 'GET',
      path: '/login',
      handle: async (request) => (session.callerOf(request) ? redirect('/') : login(200, '')),
    },
    {
      method: 'POST',
      path: '/login',
      handle: async (request) => {
        const { token, next } = LoginForm.parse(fieldsOf(request.body));
        const wait = attempts.wait(request.address);
        // The right token has to wait as well: else it could still be found by trying.
        if (wait > 0) {
          return { ...login(429, next, tooMany(wait), { 'retry-after': String(wait) }), turnedAway: true };
        }
        const cookie = session.open(token);
        if (!cookie) {
          attempts.failed(request.address);
          return { ...login(401, next, 'That is not the token. Please check it and try again.'), turnedAway: true };
        }
        return redirect(addressOfNext(next, channels), { 'set-cookie': cookie });
      },
    },
  ];
}

const tooMany = (seconds: number): string =>
  `There were too many wrong tokens within a minute. Please try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
