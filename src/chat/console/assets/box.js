// The command box: completes commands and their arguments, and recalls what was sent from this tab.
const box = document.getElementById('text');
const list = document.getElementById('suggestions');
const DEBOUNCE = 80;

let options = [];
let active = -1;
let timer;
/** Grows with every change of the text: an answer to an older text is dropped. */
let turn = 0;

function activate(index) {
  active = index;
  for (const [at, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(at === index));
  const chosen = list.children[index];
  if (chosen) box.setAttribute('aria-activedescendant', chosen.id);
  else box.removeAttribute('aria-activedescendant');
  chosen?.scrollIntoView({ block: 'nearest' });
}

function show(suggestions) {
  const typed = box.value.trim();
  options = suggestions.filter(({ text }, _, all) => all.length > 1 || text.trim() !== typed);
  list.replaceChildren(...options.map(renderOption));
  list.hidden = options.length === 0;
  box.setAttribute('aria-expanded', String(!list.hidden));
  // Enter takes what completes a half-typed word, and sends a line that can stand as it is.
  const whole = box.value.endsWith(' ') || options.some(({ text }) => text.trim() === typed);
  activate(options.length > 0 && !whole ? 0 : -1);
}

function renderOption({ label, hint }, at) {
  const option = Object.assign(document.createElement('li'), { id: `option-${at}`, role: 'option' });
  option.append(Object.assign(document.createElement('span'), { className: 'option-label', textContent: label }));
  option.append(' ', Object.assign(document.createElement('span'), { className: 'option-hint', textContent: hint }));
  // Before the box can lose the focus.
  option.onmousedown = (event) => event.preventDefault();
  option.onclick = () => take(at);
  return option;
}

function close() {
  clearTimeout(timer);
  turn += 1;
  show([]);
}

function fill(text) {
  box.value = text;
  box.setSelectionRange(text.length, text.length);
}

function take(index) {
  fill(options[index].text);
  close();
  box.focus();
  if (box.value.endsWith(' ')) suggest();
}

function suggest() {
  clearTimeout(timer);
  turn += 1;
  const mine = turn;
  if (!box.value.startsWith('/')) return show([]);
  timer = setTimeout(async () => {
    const suggestions = await complete(box.value).catch(() => []);
    if (mine === turn) show(suggestions);
  }, DEBOUNCE);
}

let complete = async () => [];

// ---- Recalling.

const sent = JSON.parse(sessionStorage.getItem('sent') ?? '[]');
let recalled = sent.length;

function remember(text) {
  if (sent.at(-1) !== text) sent.push(text);
  sessionStorage.setItem('sent', JSON.stringify(sent.slice(-100)));
  recalled = sent.length;
}

/** True if there was something to recall; a text that was changed is the reader's own and stays. */
function recall(step) {
  const untouched = box.value === '' || box.value === sent[recalled];
  const to = recalled + step;
  if (!untouched || to < 0 || to > sent.length) return false;
  recalled = to;
  fill(sent[to] ?? '');
  return true;
}

// ---- Keys.

const step = { ArrowDown: 1, ArrowUp: -1 };

/** True if the key was for the suggestions or the recall. */
function onKey({ key, shiftKey }) {
  if (list.hidden) return key in step && recall(step[key]);
  if (key in step) {
    const count = options.length;
    activate(active < 0 ? (key === 'ArrowDown' ? 0 : count - 1) : (active + step[key] + count) % count);
    return true;
  }
  if (key === 'Escape') {
    close();
    return true;
  }
  if ((key === 'Tab' && !shiftKey) || (key === 'Enter' && active >= 0)) {
    take(Math.max(active, 0));
    return true;
  }
  return false;
}

/** `ask` resolves to suggestions for a text; `send` to whether the line was taken. */
export function openBox({ ask, send }) {
  complete = ask;
  box.addEventListener('input', suggest);
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (!event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && onKey(event)) event.preventDefault();
  });
  box.form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    close();
    if (text === '') return;
    box.value = '';
    const taken = await send(text);
    if (taken) remember(text);
    else if (box.value === '') fill(text);
  });
  document.addEventListener('click', (event) => {
    const example = event.target.closest('[data-fill]');
    if (!example) return;
    event.preventDefault();
    fill(example.dataset.fill);
    box.focus();
    suggest();
  });
}
