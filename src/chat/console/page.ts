import type { ConsoleChannel } from './adapter.ts';
import { assetUrl, VERSION } from './assets.ts';
import { channelUrl } from './entry.ts';
import { type AskedForm, renderForm } from './form.ts';
import { type Html, html, type Piece } from './html.ts';
import type { ConsolePerson } from './session.ts';

export interface ChatPage {
  team: string;
  person: { account: string; name: string };
  /** Whom the reader may become at a click. */
  choices: readonly ConsolePerson[];
  channels: readonly ConsoleChannel[];
  channel: ConsoleChannel;
  /** The inside of the message list. */
  messages: Html;
  newest: Record<string, number>;
  /** Shown at the command box to this reader alone. */
  note?: string;
  /** What stands in the command box. */
  text?: string;
  canSignOut: boolean;
}

export function renderChat(chat: ChatPage): Html {
  const { name, about } = chat.channel;
  return renderDocument(
    `#${name}`,
    html`<body class="chat" data-channel="${name}" data-version="${VERSION}">
<a class="skip" href="#text">Skip to the command box</a>
<nav aria-label="Channels">
<p class="team">${chat.team}</p>
${renderChannels(chat.channels, chat.newest, name)}
${renderPerson(chat)}
</nav>
<main>
<header class="channel"><h1><span class="hash" aria-hidden="true">#</span>${name}</h1><p>${about}</p><p id="connection" role="status"></p></header>
<div id="log" role="log" aria-live="polite" aria-label="Messages in #${name}" tabindex="0"><div id="messages">
${chat.messages}</div></div>
${renderComposer(chat)}
</main>
<dialog id="dialog" aria-labelledby="ask-title"></dialog>
<p id="announcer" class="unseen" role="status"></p>
</body>`,
    html`<script type="module" src="${assetUrl('console.js')}"></script>\n`,
  );
}

const renderChannels = (channels: readonly ConsoleChannel[], newest: Record<string, number>, current?: string): Html =>
  html`<ul class="channels">${channels.map(
    ({ name }) => html`
<li><a href="${channelUrl(name)}" data-channel="${name}" data-newest="${newest[name] ?? 0}"${
      name === current && html` aria-current="page"`
    }><span class="hash" aria-hidden="true">#</span><span class="name">${name}</span><span class="unread" hidden><span class="unseen">unread</span></span></a></li>`,
  )}
</ul>`;

const renderComposer = ({ channel, note, text }: ChatPage): Html =>
  html`<form id="composer" method="post" action="${channelUrl(channel.name)}">
<button type="button" id="newer" hidden>New messages <span aria-hidden="true">↓</span></button>
<div id="note" role="status">${note && renderNote(note)}</div>
<ul id="suggestions" role="listbox" aria-label="Commands and arguments" hidden></ul>
<div class="box">
<label class="unseen" for="text">Command</label>
<input id="text" name="text" value="${text}" placeholder="Type / for commands" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="suggestions" aria-describedby="keys" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="send" autofocus>
<button class="send">Send</button>
</div>
<p id="keys"><span><kbd>Tab</kbd> completes</span> <span><kbd>Enter</kbd> sends</span> <span><kbd>↑</kbd> earlier commands</span></p>
</form>`;

/** Who the reader is here, and who else they may be. */
function renderPerson({ person, choices, canSignOut }: ChatPage): Html {
  const avatar = html`<span class="avatar" aria-hidden="true">${[...person.name][0]?.toUpperCase()}</span>`;
  const signOut = canSignOut && html`<form method="post" action="/logout"><button class="quiet">Sign out</button></form>`;
  if (choices.length === 0) return html`<div class="person">${avatar}<span>${person.name}</span>${signOut}</div>`;
  const options = choices.map(
    ({ account, name, note }) =>
      html`<option value="${account}"${account === person.account && html` selected`}>You are ${name}${note && ` (${note})`}</option>`,
  );
  return html`<div class="person">${avatar}<form id="person" method="post" action="/console/person"><label class="unseen" for="account">Who you are here</label><select id="account" name="account">${
    choices.every(({ account }) => account !== person.account) &&
    html`<option value="" selected disabled>You are ${person.name}</option>`
  }${options}</select><button class="quiet apply">Switch</button></form></div>`;
}

const renderNote = (note: string): Html => html`<p>${note}</p>`;

/** A page that says one thing, e.g. that something is not there. */
export const renderPlain = (title: string, body: Piece): Html =>
  renderDocument(title, html`<body class="plain"><main>\n<h1>${title}</h1>\n${body}\n</main></body>`);

export const renderNotFound = (what: string, channels: readonly ConsoleChannel[]): Html =>
  renderPlain('Not here', html`<p>${what} The channels are:</p>\n${renderChannels(channels, {})}`);

export const renderLogin = (next: string, trouble?: string): Html =>
  renderPlain(
    'Sign in to Pipewarden',
    html`<form class="login" method="post" action="/login">
<p>${trouble ?? 'This console opens with the token from its configuration.'}</p>
<label for="token">Console token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="${next}">
<button class="send">Sign in</button>
</form>`,
  );

/** A form as a page of its own, for readers without scripts. */
export const renderAsk = (ask: AskedForm): Html => renderPlain(ask.form.title, renderForm(ask));

export const renderLink = ({ name }: { name: string }): Html =>
  renderPlain(
    'Sign in to Pipewarden',
    html`<form class="login" method="post">
<p>This link signs this browser in as <strong>${name}</strong>. If it is signed in already as you on another platform, both become one person here: with the roles of both, and one vote.</p>
<p>Did somebody else send you this link? Then close this page.</p>
<button class="send">Sign in as ${name}</button>
</form>`,
  );

export const renderGone = (): Html =>
  renderPlain('This link has ended', html`<p>It works once, for five minutes. Send /warden login again for a fresh one.</p>`);

const renderDocument = (title: string, body: Html, head?: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Pipewarden</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
${(['console.css', 'messages.css', 'box.css', 'dialog.css'] as const).map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}${head}</head>
${body}
</html>
`;
