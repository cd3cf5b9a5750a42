import { statusOfCode, UserError } from '../core/errors.ts';
import type { Actor } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpResponse, HttpRoute } from '../core/ports/http.ts';
import { auditDownloads, type ExportFlows, type Search } from './audit-download.ts';

/** What a link leads to; throws a UserError for one that leads nowhere, or nowhere any more. */
export type OpenExportLink = (token: string) => Promise<{ actor: Actor } & Search>;

/** What a chat's export leads to. The link is all that is asked for: it was shown to one person alone, and ends soon. */
export function exportLinkRoute(open: OpenExportLink, flows: ExportFlows, clock: Clock): HttpRoute {
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
        if (error instanceof UserError) return page(error);
        throw error;
      }
    },
  };
}

const titles: Partial<Record<UserError['code'], string>> = {
  view_ended: 'This link has ended',
  forbidden: 'Not for you to download',
};

/** A page for people: whoever pressed a link has a browser before them. */
function page({ code, message }: UserError): HttpResponse {
  const title = titles[code] ?? 'There is nothing to download here';
  return {
    status: code === 'view_ended' ? 410 : statusOfCode[code],
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Pipewarden</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1rem } h1 { font-size: 1.5rem }</style>
</head>
<body><h1>${title}</h1><p>${escaped(message)}</p></body>
</html>
`,
  };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
