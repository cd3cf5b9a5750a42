import { statusOfCode, UserError } from '../core/errors.ts';
import type { Actor } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpResponse, HttpRoute } from '../core/ports/http.ts';
import { auditDownloads, type ExportFlows, type Search } from './audit-download.ts';

/** What a link leads to; throws a UserError for one that leads nowhere, or nowhere any more. */
export type OpenExportLink = (token: string) => Promise<{ actor: Actor } & Search>;

/** A page that says one thing: whoever pressed a link has a browser before them. */
export type NoticePage = (status: number, title: string, text: string) => HttpResponse;

/** What a chat's export leads to. The link is all that is asked for: it was shown to one person alone, and ends soon. */
export function exportLinkRoute(open: OpenExportLink, flows: ExportFlows, clock: Clock, notice: NoticePage): HttpRoute {
  const downloads = auditDownloads(flows, clock);
  return {
    method: 'GET',
    path: '/audit/export/:file',
    audience: 'browser',
    async handle({ params: { file = '' } }) {
      const [, token = '', format = ''] = /^([\w-]+)\.(csv|jsonl|proof)$/.exec(file) ?? [];
      try {
        const { actor, ...search } = await open(token);
        return await downloads[format as keyof typeof downloads](actor, search);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const { code, message } = error;
        const status = code === 'view_ended' ? 410 : statusOfCode[code];
        return notice(status, titles[code] ?? 'There is nothing to download here', message);
      }
    },
  };
}

const titles: Partial<Record<UserError['code'], string>> = {
  view_ended: 'This link has ended',
  forbidden: 'Not for you to download',
};
