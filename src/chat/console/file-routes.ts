import { asset, VERSION } from './assets.ts';
import type { Figures } from './figures.ts';
import { forGood } from './respond.ts';
import type { ConsoleRoute, OpenRoute } from './routes.ts';

const nothing = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not found.\n' };

export const figureRoutes = (figures: Figures): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/figures/:name',
    handle: async ({ params }) => {
      const png = await figures.png(params.name ?? '');
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
