import { fieldsOf } from './forms.ts';
import { wantedOf } from './permalink.ts';
import { platformOf, renderGone, renderLink, renderNotLinked } from './plain-pages.ts';
import { page, redirect } from './respond.ts';
import type { ConsoleParts, OpenRoute } from './routes.ts';

/** Becoming somebody: by a choice where nobody signs in, by a one-time link from another platform. */
export function personRoutes({ session, logins, channels }: ConsoleParts): OpenRoute[] {
  const choose: OpenRoute = {
    method: 'POST',
    path: '/console/person',
    handle: async ({ body }) => {
      const { account } = fieldsOf(body);
      const chosen = session.choices.find((person) => person.account === account);
      return redirect('/', chosen ? { 'set-cookie': session.signIn(chosen) } : {});
    },
  };
  if (!logins) return [choose];
  return [
    choose,
    {
      // Looking uses nothing up: chat programs fetch links to preview them.
      method: 'GET',
      path: '/login/link/:token',
      handle: async (request) => {
        const who = await logins.look(request.params.token ?? '');
        if (!who) return page(410, renderGone());
        const now = session.signedIn(request);
        // A browser that comes from a page elsewhere keeps back the cookie (SameSite=Strict) until our own page asks once more.
        const unknown = !now && request.query.here === undefined;
        return page(200, renderLink(who, now, unknown ? '?here=1' : undefined));
      },
    },
    {
      method: 'POST',
      path: '/login/link/:token',
      handle: async (request) => {
        const before = session.signedIn(request);
        const who = await logins.use(request.params.token ?? '', before?.account);
        if (!who) return page(410, renderGone());
        const cookie = { 'set-cookie': session.signIn(who) };
        const promised = before && platformOf(before) !== platformOf(who);
        const to = wantedOf(request, channels);
        return promised && !who.linked ? page(200, renderNotLinked(who, before, to), cookie) : redirect(to, cookie);
      },
    },
  ];
}
