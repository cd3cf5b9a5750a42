// The open page: sends what is typed, pressed, chosen or filled in.
import { openBox } from './box.js';
import { openDialog } from './dialog.js';
import { stayUpToDate } from './live.js';
import { atEnd, prepend, toEnd } from './messages.js';
import { announce, note } from './note.js';
import { ask, here, post, tell } from './server.js';

const find = (id) => document.getElementById(id);

// ---- The command box.

/** Resolves to whether it was taken; if not, the reader has been told why. */
async function say(text) {
  toEnd();
  return (await tell({ text })).note === undefined;
}

openBox({
  ask: async (text) => (await ask(`/console/complete?text=${encodeURIComponent(text)}`)).suggestions,
  send: say,
});
find('help').addEventListener('submit', (event) => {
  event.preventDefault();
  say(event.submitter.value);
});
find('text').addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented) note('');
});

// ---- The messages.

async function showEarlier(form) {
  const { html } = await ask(`${here}/messages?before=${form.dataset.rev}`);
  announce(`${prepend(html)} earlier messages are shown.`);
}

async function suggest(fields, field, typed) {
  const body = new URLSearchParams([...fields, ['field', field], ['typed', typed]]);
  return (await ask(`${here}/options`, { method: 'POST', body })).options;
}

/** One after the other: an answer that overtakes a later one would leave the card at the wrong choice. */
let pressing = Promise.resolve();

function press(form, submitter) {
  const card = form.closest('article');
  if (submitter && card.hasAttribute('aria-busy')) return;
  const fields = [...new FormData(form, submitter)];
  const opener = submitter ?? form.querySelector('select');
  card.setAttribute('aria-busy', 'true');
  pressing = pressing.then(async () => {
    const answer = await tell(fields);
    card.removeAttribute('aria-busy');
    if (answer.ask) openDialog(answer.ask, { opener, send: post, suggest });
    // A choice that was refused, or asks something first, is not in force.
    if (answer.note !== undefined || answer.ask) form.reset();
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

find('newer').addEventListener('click', toEnd);
find('log').addEventListener('scroll', () => {
  if (atEnd()) find('newer').hidden = true;
});

// ---- The frame.

find('account')?.addEventListener('change', ({ target }) => target.form.requestSubmit());
// On a phone the channels are a row that scrolls.
document.querySelector('nav [aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
stayUpToDate();
// A link to one change asks for it once; a reload does not ask again.
if ('send' in find('text').dataset) {
  history.replaceState(null, '', here);
  find('composer').requestSubmit();
}
