import type { HttpRequest } from '../../core/ports/http.ts';

export function cookieOf({ headers }: HttpRequest, wanted: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === wanted) return value;
  }
  return undefined;
}
