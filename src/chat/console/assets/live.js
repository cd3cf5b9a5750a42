// Keeps the open page up to date: a stream of news, and catching up with what was missed.
import { arrive, atEnd, become, shown } from './messages.js';
import { announce, connection } from './note.js';
import { ask, here } from './server.js';
import { tellTimes } from './times.js';

const { account, channel, version } = document.body.dataset;
const RETRY = 2000;
const LOOK_IN = 30_000;
/** A page that stays open for days lets go of what is far above. */
const KEPT = 300;

// ---- Unread: the newest message of a channel against the last one that this browser has shown to this person.

const keyOf = (name) => `seen:${account}:${name}`;

function markUnread(newest) {
  for (const link of document.querySelectorAll('nav a[data-channel]')) {
    const name = link.dataset.channel;
    const id = Math.max(Number(link.dataset.newest), newest[name] ?? 0);
    const key = keyOf(name);
    link.dataset.newest = id;
    if (localStorage.getItem(key) === null || (name === channel && !document.hidden)) localStorage.setItem(key, id);
    const unread = id > Number(localStorage.getItem(key));
    link.querySelector('.unread').hidden = !unread;
    if (name === channel) document.title = `${unread ? '● ' : ''}#${channel} · Pipewarden`;
  }
}

// ---- News.

async function catchUp(most = 200) {
  const answer = await ask(`${here}/messages?count=${Math.max(50, Math.min(most, shown()))}`);
  if (answer.version !== version && document.getElementById('text').value === '') return location.reload();
  become(answer.html);
  for (const [name, id] of Object.entries(answer.newest)) {
    // The log has begun anew.
    if (Number(localStorage.getItem(keyOf(name))) > id) localStorage.setItem(keyOf(name), id);
  }
  markUnread(answer.newest);
}

function hear({ channel: where, id, html }) {
  markUnread({ [where]: id });
  if (where !== channel) return;
  const following = atEnd();
  const news = arrive(html);
  if (news?.edited) announce(`Updated: ${news.edited}`);
  else if (news?.atEnd && !following) document.getElementById('newer').hidden = false;
  if (following && shown() > KEPT) return catchUp(50);
}

// ---- The stream.

let source;
let retry;
/** Grows by one step at a time: what arrives while we catch up is newer than what we are told then, and waits. */
let order = Promise.resolve();

/** A hidden tab lets go of its stream (browsers allow six to one server) and looks in now and then. */
function connect() {
  source?.close();
  clearTimeout(retry);
  if (document.hidden) return;
  const mine = new EventSource(`/console/events?channel=${encodeURIComponent(channel)}`);
  source = mine;
  const inOrder = (step) => {
    order = order.then(step).catch(() => again('Trouble loading messages. Trying again…'));
  };
  const again = (text) => {
    if (mine !== source) return;
    connection(text);
    // Answered with something else than a stream: asking for messages tells whether it is time to sign in again.
    const refused = mine.readyState === EventSource.CLOSED;
    mine.close();
    clearTimeout(retry);
    retry = setTimeout(
      () =>
        refused
          ? catchUp()
              .catch(() => {})
              .finally(connect)
          : connect(),
      RETRY,
    );
  };
  mine.onopen = () => inOrder(() => catchUp().then(() => connection('')));
  mine.onmessage = (event) => inOrder(() => hear(JSON.parse(event.data)));
  mine.onerror = () => again('Reconnecting…');
}

export function stayUpToDate() {
  document.addEventListener('visibilitychange', connect);
  setInterval(() => {
    tellTimes(document);
    if (document.hidden) catchUp().catch(() => {});
  }, LOOK_IN);
  // Another tab of this browser has become somebody else, and so has this one: what it shows is not theirs.
  localStorage.setItem('account', account);
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === 'account' && newValue !== account) location.reload();
  });
  tellTimes(document);
  markUnread({});
  connect();
}
