import type { ConsoleChannel } from './adapter.ts';
import { renderDocument } from './document.ts';
import { type AskedForm, renderFormPage } from './form.ts';
import { type Html, html, type Piece } from './html.ts';
import { renderChannels } from './page.ts';

/** A page that says one thing, e.g. that something is not there. */
export const renderPlain = (title: string, body: Piece, head?: Html): Html =>
  renderDocument(title, html`<body class="plain"><main>\n<h1>${title}</h1>\n${body}\n</main></body>`, head);

export const renderNotFound = (what: string, channels: readonly ConsoleChannel[]): Html =>
  renderPlain('Not here', html`<p>${what} The channels are:</p>\n${renderChannels(channels, {})}`);

export const renderLogin = (next: string, links: boolean, trouble?: string): Html =>
  renderPlain(
    'Sign in to Pipewarden',
    html`<form class="login" method="post" action="/login">
<p>${trouble ?? 'This console opens with a token from its configuration.'}</p>
<label for="token">Console token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="${next}">
<button class="send">Sign in</button>
</form>${links && html`\n<p>Or send <code>/warden login</code> where you talk to Pipewarden already: it answers with a link.</p>`}`,
  );

/** A form as a page of its own, for readers without scripts. */
export const renderAsk = (ask: AskedForm): Html => renderPlain(ask.form.title, renderFormPage(ask));

interface Account {
  account: string;
  name: string;
}

const renderAccount = ({ account, name }: Account): Html => html`<strong>${name}</strong> (<code>${account}</code>)`;

/**
 * What a one-time link would do. `now` is whom the browser is signed in as already; `again` asks for the page once more, when that is not
 * known yet.
 */
export function renderLink(who: Account, now: Account | undefined, again?: string): Html {
  const [there, here] = [platformOf(who), now && platformOf(now)];
  const meanwhile = again
    ? html`<p>If this browser is signed in as you on another platform, both accounts become one person here: with the roles of both, and one vote.</p>\n`
    : now && here !== there
      ? html`<p>It is signed in as ${renderAccount(now)} now. Confirming makes both accounts one person here: with the roles of both, and one vote.</p>\n`
      : now &&
        now.account !== who.account &&
        html`<p>It is signed in as ${renderAccount(now)} now, and will not be any more.</p>\n`;
  return renderPlain(
    'Sign in to Pipewarden',
    html`<form class="login" method="post">
<p>This link signs this browser in as ${renderAccount(who)}.</p>
${meanwhile}<p>Did somebody else send you this link? Then close this page.</p>
<button class="send">Sign in as ${who.name}</button>
</form>`,
    again ? html`<meta http-equiv="refresh" content="0; url=${again}">\n` : undefined,
  );
}

export const platformOf = ({ account }: { account: string }): string => account.split(':')[0] ?? '';

/** Signed in, but what the page before promised did not happen. */
export const renderNotLinked = (who: Account, other: Account, to: string): Html =>
  renderPlain(
    'Signed in, not linked',
    html`<p>You are ${renderAccount(who)} here now. It was not made one person with ${renderAccount(other)}: the configuration says that they are two.</p>
<p><a href="${to}">Go on to the console</a></p>`,
  );

/** On the way to one change: our own page asks for it, since the session's cookie stays back at links from elsewhere (SameSite=Strict). */
export const renderOnTheWay = (seq: string, to: string): Html =>
  renderPlain(
    `Change ${seq}`,
    html`<p><a href="${to}">Open it</a></p>`,
    html`<meta http-equiv="refresh" content="0; url=${to}">\n`,
  );

export const renderGone = (): Html =>
  renderPlain('This link has ended', html`<p>It works once, for five minutes. Send /warden login again for a fresh one.</p>`);
