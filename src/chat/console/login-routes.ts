import { Attempts } from './attempts.ts';
import { channelUrl } from './entry.ts';
import { fieldsOf, LoginForm } from './forms.ts';
import { renderLogin } from './page.ts';
import { page, redirect } from './respond.ts';
import type { ConsoleParts, OpenRoute } from './routes.ts';

/** There are none when no token is asked for. */
export function loginRoutes({ session, channels, clock }: ConsoleParts): OpenRoute[] {
  if (!session.required) return [];
  const attempts = new Attempts(clock);
  return [
    {
      method: 'GET',
      path: '/login',
      handle: async (request) => (session.callerOf(request) ? redirect('/') : page(200, renderLogin(''))),
    },
    {
      method: 'POST',
      path: '/login',
      handle: async (request) => {
        const { token, next } = LoginForm.parse(fieldsOf(request.body));
        const wait = attempts.wait();
        // The right token has to wait as well: else it could still be found by trying.
        if (wait > 0) return page(429, renderLogin(next, tooMany(wait)), { 'retry-after': String(wait) });
        const cookie = session.open(token);
        if (!cookie) {
          attempts.failed();
          return page(401, renderLogin(next, 'That is not the token. Please check it and try again.'));
        }
        // Only to a channel by name, so that a crafted link cannot lead elsewhere after sign-in.
        const known = channels.some(({ name }) => name === next);
        return redirect(known ? channelUrl(next) : '/', { 'set-cookie': cookie });
      },
    },
    {
      method: 'POST',
      path: '/logout',
      handle: async () => redirect('/login', { 'set-cookie': session.close() }),
    },
  ];
}

const tooMany = (seconds: number): string =>
  `There were too many wrong tokens within a minute. Please try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
