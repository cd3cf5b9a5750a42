import type { HttpRequest } from '../../core/ports/http.ts';
import type { ConsoleChannel } from './adapter.ts';
import { cookieOf } from './cookies.ts';
import { channelUrl } from './entry.ts';
import { HistoryQuery } from './forms.ts';
import { renderNotFound, renderOnTheWay } from './plain-pages.ts';
import { page } from './respond.ts';
import { type ConsoleParts, type OpenRoute, startOf } from './routes.ts';

/** `/audit/123`: one change of the trail. Says no more than its number, so that it needs no sign-in; what it leads to does. */
export const permalinkRoute = ({ channels }: ConsoleParts): OpenRoute => ({
  method: 'GET',
  path: '/audit/:seq',
  async handle({ params: { seq = '' } }) {
    const start = startOf(channels);
    if (!start || !/^\d{1,15}$/.test(seq)) return page(404, renderNotFound('No change has this address.', channels));
    return page(200, renderOnTheWay(seq, `${channelUrl(start.name)}?show=${seq}`));
  },
});

/** Where somebody wanted to be who has to sign in first. */
export function nextOf({ params, query }: HttpRequest): string {
  const { show } = HistoryQuery.parse(query);
  return `${params.channel ?? ''}${show === undefined ? '' : `?show=${show}`}`;
}

/** Only to a channel by name, so that a crafted link cannot lead elsewhere after sign-in. */
export function addressOfNext(next: string, channels: readonly ConsoleChannel[]): string {
  const [, name = '', show = ''] = /^([^?]*)(\?show=\d{1,15})?$/.exec(next) ?? [];
  return channels.some((channel) => channel.name === name) ? `${channelUrl(name)}${show}` : '/';
}

const WANTED = 'pipewarden_wanted';
/** Longer than a sign-in by link takes: `/warden login` is good for five minutes. */
const KEPT_SECONDS = 600;

/** The Set-Cookie that remembers the place for a sign-in by link, which comes from elsewhere and does not know it. */
export const keepWanted = (next: string): string =>
  `${WANTED}=${Buffer.from(next).toString('base64url')}; HttpOnly; SameSite=Strict; Path=/login; Max-Age=${KEPT_SECONDS}`;

export const wantedOf = (request: HttpRequest, channels: readonly ConsoleChannel[]): string =>
  addressOfNext(Buffer.from(cookieOf(request, WANTED) ?? '', 'base64url').toString('utf8'), channels);
