import { asset, VERSION } from './assets.ts';
import type { Figures } from './figures.ts';
import type { History } from './history.ts';
import { forGood } from './respond.ts';
import type { ConsoleRoute, OpenRoute } from './routes.ts';

const nothing = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not found.\n' };

export const figureRoutes = ({ figures, history }: { figures: Figures; history: History }): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/figures/:name',
    handle: async ({ params: { name = '' }, query }, { account }) => {
      const known = await figures.png(name);
      // Another process made the page: what is shown here too can be drawn here.
      const isShown = !known && (await history.entry(account, Number(query.of))) !== undefined;
      const png = isShown ? await figures.png(name) : known;
      return png ? forGood('image/png', png) : nothing;
    },
  },
];

export const assetRoutes: OpenRoute[] = [
  {
    method: 'GET',
    path: '/assets/:version/:name',
    handle: async ({ params }) => {
      const found = asset(params.name ?? '');
      if (!found) return nothing;
      // Under another version's address it must not be kept: it is not what that page was made for.
      return params.version === VERSION
        ? forGood(found.type, found.body)
        : { status: 200, headers: { 'content-type': found.type, 'cache-control': 'no-cache' }, body: found.body };
    },
  },
];
