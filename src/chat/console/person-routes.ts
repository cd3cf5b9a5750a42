import { fieldsOf } from './forms.ts';
import { renderGone, renderLink } from './page.ts';
import { page, redirect } from './respond.ts';
import type { ConsoleParts, OpenRoute } from './routes.ts';

/** Becoming somebody: by a choice where nobody signs in, by a one-time link from another platform. */
export function personRoutes({ session, logins }: ConsoleParts): OpenRoute[] {
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
      handle: async ({ params: { token = '' } }) => {
        const who = await logins.look(token);
        return who ? page(200, renderLink(who)) : page(410, renderGone());
      },
    },
    {
      method: 'POST',
      path: '/login/link/:token',
      handle: async (request) => {
        const who = await logins.use(request.params.token ?? '', session.signedIn(request)?.account);
        return who ? redirect('/', { 'set-cookie': session.signIn(who) }) : page(410, renderGone());
      },
    },
  ];
}
