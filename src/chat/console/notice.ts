import type { HttpResponse } from '../../core/ports/http.ts';
import { html } from './html.ts';
import { renderPlain } from './plain-pages.ts';
import { guarded, page } from './respond.ts';

/** A page in the console's looks for what stands beside the chat and answers a browser, e.g. a download. Its address may be a secret. */
export const noticePage = (status: number, title: string, text: string): HttpResponse =>
  guarded(page(status, renderPlain(title, html`<p>${text}</p>`), { 'referrer-policy': 'no-referrer' }));
