import type { ConsoleChannel } from './adapter.ts';
import { assetUrl, VERSION } from './assets.ts';
import { renderDocument } from './document.ts';
import { channelUrl } from './entry.ts';
import { type Html, html } from './html.ts';
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
  /** That is sent as soon as the page is there, once. */
  sent?: boolean;
  canSignOut: boolean;
}

export function renderChat(chat: ChatPage): Html {
  const { name, about } = chat.channel;
  return renderDocument(
    `#${name}`,
    html`<body class="chat" data-channel="${name}" data-account="${chat.person.account}" data-version="${VERSION}">
<a class="skip" href="#text">Skip to the command box</a>
<nav aria-label="Channels">
<p class="team">${chat.team}</p>
${renderChannels(chat.channels, chat.newest, name)}
${renderPerson(chat)}
</nav>
<main>
<header class="channel"><h1><span class="hash" aria-hidden="true">#</span>${name}</h1><p>${about}</p><p id="connection" role="status"></p>${renderHelp(name)}</header>
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

/** Asks for the help as anyone could by typing. */
const renderHelp = (channel: string): Html =>
  html`<form id="help" method="post" action="${channelUrl(channel)}"><button class="quiet" name="text" value="/warden help">Help</button></form>`;

export const renderChannels = (channels: readonly ConsoleChannel[], newest: Record<string, number>, current?: string): Html =>
  html`<ul class="channels">${channels.map(
    ({ name }) => html`
<li><a href="${channelUrl(name)}" data-channel="${name}" data-newest="${newest[name] ?? 0}"${
      name === current && html` aria-current="page"`
    }><span class="hash" aria-hidden="true">#</span><span class="name">${name}</span><span class="unread" hidden><span class="unseen">unread</span></span></a></li>`,
  )}
</ul>`;

const renderComposer = ({ channel, note, text, sent }: ChatPage): Html =>
  html`<form id="composer" method="post" action="${channelUrl(channel.name)}">
<button type="button" id="newer" hidden>New messages <span aria-hidden="true">↓</span></button>
<div id="note" role="status">${note && renderNote(note)}</div>
<ul id="suggestions" role="listbox" aria-label="Commands and arguments" hidden></ul>
<div class="box">
<label class="unseen" for="text">Command</label>
<input id="text" name="text" value="${text}" placeholder="Type / for commands" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="suggestions" aria-describedby="keys" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" enterkeyhint="send" autofocus${sent && html` data-send`}>
<button class="send">Send</button>
</div>
<p id="keys"><span><kbd>Tab</kbd> completes</span> <span><kbd>Enter</kbd> sends</span> <span><kbd>↑</kbd> earlier commands</span></p>
</form>`;

/** Who the reader is here, and who else they may be. */
function renderPerson({ person, choices, canSignOut }: ChatPage): Html {
  const signOut = canSignOut && html`<form method="post" action="/logout"><button class="quiet">Sign out</button></form>`;
  return html`<div class="person">${choices.length > 0 ? renderSwitch(person, choices) : renderSelf(person)}${signOut}</div>`;
}

const renderSelf = (person: ChatPage['person']): Html =>
  html`<span class="avatar" aria-hidden="true">${[...person.name][0]?.toUpperCase()}</span><span class="name">${nameOf(person)}</span>`;

function renderSwitch(person: ChatPage['person'], choices: ChatPage['choices']): Html {
  const options = choices.map(
    ({ account, name, note }) =>
      html`<option value="${account}"${account === person.account && html` selected`}>You are ${name}${note && ` (${note})`}</option>`,
  );
  // Somebody who signed in by a link is none of those who may be chosen.
  const other = choices.every(({ account }) => account !== person.account);
  return html`<form id="person" method="post" action="/console/person"><label class="unseen" for="account">Who you are here</label><select id="account" name="account">${
    other && html`<option value="" selected disabled>You are ${nameOf(person)}</option>`
  }${options}</select><button class="quiet apply">Switch</button></form>`;
}

/** Where an account is from is said where it is not from here. */
function nameOf({ account, name }: ChatPage['person']): string {
  const [platform = ''] = account.split(':');
  return platform === 'console' ? name : `${name} (${platform.charAt(0).toUpperCase()}${platform.slice(1)})`;
}

const renderNote = (note: string): Html => html`<p>${note}</p>`;
