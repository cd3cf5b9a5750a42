// The open page: keeps the channel up to date, and sends what is typed, pressed or chosen.
import { openBox } from './box.js';
import { openDialog } from './dialog.js';
import { arrive, atEnd, become, prepend, tellTimes, toEnd } from './messages.js';

const find = (id) => document.getElementById(id);
const { channel, version } = document.body.dataset;
const here = new URL(find('composer').action).pathname;
const RETRY = 2000;
const LOOK_IN = 30_000;
/** A page that stays open for days lets go of what is far above. */
const KEPT = 300;

// ---- What the reader is told.

function announce(text) {
  find('announcer').textContent = text;
}

function connection(text) {
  find('connection').textContent = text;
}

/** At the command box, to this reader alone; an empty text takes the note away. */
function note(text) {
  const said = Object.assign(document.createElement('p'), { textContent: text });
  const dismiss = Object.assign(document.createElement('button'), { type: 'button', className: 'dismiss', textContent: '×' });
  dismiss.setAttribute('aria-label', 'Dismiss');
  dismiss.onclick = () => {
    note('');
    find('text').focus();
  };
  find('note').replaceChildren(...(text ? [said, dismiss] : []));
}

/** The newest message of a channel against the last one that this browser has shown. */
function markUnread(newest) {
  for (const link of document.querySelectorAll('nav a[data-channel]')) {
    const name = link.dataset.channel;
    const id = Math.max(Number(link.dataset.newest), newest[name] ?? 0);
    const key = `seen:${name}`;
    link.dataset.newest = id;
    if (localStorage.getItem(key) === null || (name === channel && !document.hidden)) localStorage.setItem(key, id);
    const unread = id > Number(localStorage.getItem(key));
    link.querySelector('.unread').hidden = !unread;
    if (name === channel) document.title = `${unread ? '● ' : ''}#${channel} · Pipewarden`;
  }
}

// ---- Talking to the server.

async function ask(url, options) {
  const response = await fetch(url, { ...options, headers: { accept: 'application/json' } });
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** Resolves to whether it was taken; if not, the reader has been told why. */
async function post(fields) {
  note('');
  try {
    const answer = await ask(here, { method: 'POST', body: new URLSearchParams(fields) });
    note(answer.note ?? '');
    if (answer.ask) openDialog(answer.ask, { send: fillIn, suggest });
    return !answer.note;
  } catch {
    note('Pipewarden could not be reached or had a problem. Please try again.');
    return false;
  }
}

/** Sends a filled-in form. Resolves to the form again where it has mistakes, undefined once taken, and false when it got nowhere. */
async function fillIn(fields) {
  note('');
  try {
    const answer = await ask(here, { method: 'POST', body: new URLSearchParams(fields) });
    note(answer.note ?? '');
    return answer.ask;
  } catch {
    note('Pipewarden could not be reached or had a problem. Please try again.');
    return false;
  }
}

async function suggest(fields, field, typed) {
  const body = new URLSearchParams([...fields, ['field', field], ['typed', typed]]);
  return (await ask(`${here}/options`, { method: 'POST', body })).options;
}

async function catchUp(most = 200) {
  const shown = document.querySelectorAll('#messages article').length;
  const answer = await ask(`${here}/messages?count=${Math.max(50, Math.min(most, shown))}`);
  if (answer.version !== version && find('text').value === '') return location.reload();
  become(answer.html);
  for (const [name, id] of Object.entries(answer.newest)) {
    // The log has begun anew.
    if (Number(localStorage.getItem(`seen:${name}`)) > id) localStorage.setItem(`seen:${name}`, id);
  }
  markUnread(answer.newest);
}

function hear({ channel: where, id, html }) {
  markUnread({ [where]: id });
  if (where !== channel) return;
  const following = atEnd();
  const news = arrive(html);
  if (news?.edited) announce(`Updated: ${news.edited}`);
  else if (news && !following) find('newer').hidden = false;
  if (following && document.querySelectorAll('#messages article').length > KEPT) return catchUp(50);
}

// ---- Staying up to date.

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

document.addEventListener('visibilitychange', connect);
setInterval(() => {
  tellTimes(document);
  if (document.hidden) catchUp().catch(() => {});
}, LOOK_IN);

// ---- What the reader does.

openBox({
  ask: async (text) => (await ask(`/console/complete?text=${encodeURIComponent(text)}`)).suggestions,
  send: (text) => {
    toEnd();
    return post({ text });
  },
});

async function showEarlier(form) {
  const { html } = await ask(`${here}/messages?before=${form.dataset.rev}`);
  announce(`${prepend(html)} earlier messages are shown.`);
}

/** One after the other: an answer that overtakes a later one would leave the card at the wrong choice. */
let pressing = Promise.resolve();

function press(form, submitter) {
  const card = form.closest('article');
  if (submitter && card.hasAttribute('aria-busy')) return;
  const fields = [...new FormData(form, submitter)];
  card.setAttribute('aria-busy', 'true');
  pressing = pressing.then(async () => {
    const taken = await post(fields);
    card.removeAttribute('aria-busy');
    // A choice that was refused is not in force.
    if (!taken) form.reset();
  });
}

let choosing;
const messages = find('messages');
messages.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === 'earlier') showEarlier(form).catch(() => note('Earlier messages could not be loaded. Please try again.'));
  else press(form, event.submitter);
});
// Arrow keys on a closed select choose one option after the other; only where they stop is meant.
messages.addEventListener('change', ({ target }) => {
  clearTimeout(choosing);
  choosing = setTimeout(() => target.form.requestSubmit(), 300);
});

document.getElementById('account')?.addEventListener('change', ({ target }) => target.form.requestSubmit());

find('newer').addEventListener('click', toEnd);
find('log').addEventListener('scroll', () => {
  if (atEnd()) find('newer').hidden = true;
});
find('text').addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented) note('');
});

// On a phone the channels are a row that scrolls.
document.querySelector('nav [aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
tellTimes(document);
markUnread({});
connect();
