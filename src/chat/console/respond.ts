import type { HttpRequest, HttpResponse } from '../../core/ports/http.ts';
import type { Html } from './html.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whatever is shown, nothing in it can run, load from elsewhere or be framed. */
export const guarded = (response: HttpResponse): HttpResponse => ({
  ...response,
  headers: {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    ...response.headers,
  },
});

export const page = (status: number, body: Html, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: body.text,
});

export const json = (status: number, body: object): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

export const redirect = (location: string, headers: Record<string, string> = {}): HttpResponse => ({
  status: 303,
  headers: { location, ...headers },
});

/** The page's script asks for JSON; a browser without scripts gets pages. */
export const byScript = (request: HttpRequest): boolean => request.headers.accept === 'application/json';

export const forGood = (type: string, body: Buffer): HttpResponse => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'private, max-age=31536000, immutable' },
  body,
});
