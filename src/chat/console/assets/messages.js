// The message list: what the server sends is put in place without moving what the reader is at.
const log = document.getElementById('log');
const messages = document.getElementById('messages');

// ---- Times: in the reader's zone; "ago" goes on counting.

const clock = { hour: '2-digit', minute: '2-digit' };
const clockTime = new Intl.DateTimeFormat('en-GB', clock);
const dayTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...clock });
const fullTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units = { day: 86_400, hour: 3600, minute: 60 };

function wording(at, as) {
  if (as === 'ago') {
    const seconds = (at - Date.now()) / 1000;
    const unit = Object.keys(units).find((name) => Math.abs(seconds) >= units[name]);
    return unit ? relative.format(Math.trunc(seconds / units[unit]), unit) : 'just now';
  }
  const today = at.toDateString() === new Date().toDateString();
  return (as === 'time' || (as === 'stamp' && today) ? clockTime : dayTime).format(at);
}

export function tellTimes(root) {
  for (const time of root.querySelectorAll('time[data-as]')) {
    const at = new Date(time.dateTime);
    const text = wording(at, time.dataset.as);
    if (time.textContent !== text) time.textContent = text;
    time.title ||= fullTime.format(at);
  }
}

// ---- Scrolling. The list is scrolled from its end (column-reverse): its end is in view from the start, scripts or not.

export const atEnd = () => Math.abs(log.scrollTop) < 60;
export function toEnd() {
  log.scrollTop = 0;
}

/** Keeps in place the control in focus if the change is `around` it, else the end, else the first message in view. */
function keepPlace(change, around) {
  const focused = around?.contains(document.activeElement);
  const top = log.getBoundingClientRect().top;
  const inView = () => [...messages.querySelectorAll('article')].find((article) => article.getBoundingClientRect().bottom > top);
  const anchor = focused ? document.activeElement : atEnd() ? undefined : inView();
  const before = anchor?.getBoundingClientRect().top;
  change();
  const now = focused ? document.activeElement : anchor;
  if (!now) toEnd();
  else if (now.isConnected) log.scrollTop += now.getBoundingClientRect().top - before;
}

// ---- Changing.

/** The article stays the same element, so that neither its place nor the keyboard's focus is lost. */
function replaceInside(old, node) {
  const focus = old.contains(document.activeElement) ? document.activeElement : undefined;
  const controls = () => [...old.querySelectorAll('[data-focus]')];
  const index = controls().indexOf(focus);
  // Else the whole card would be read out again; its title is announced instead.
  old.setAttribute('aria-live', 'off');
  old.dataset.rev = node.dataset.rev;
  old.replaceChildren(...node.childNodes);
  if (!focus) return;
  const again = controls().find((control) => control.dataset.focus === focus.dataset.focus) ?? controls()[index] ?? old;
  if (again === old) old.tabIndex = -1;
  again.focus({ preventScroll: true });
}

/** Nodes in order, into the list in order: one walk from its end, where news belongs. */
function put(nodes) {
  let before = messages.lastElementChild;
  for (const node of nodes.toReversed()) {
    tellTimes(node);
    const old = document.getElementById(node.id);
    if (old) {
      replaceInside(old, node);
      continue;
    }
    while (Number(before?.dataset.id) > Number(node.dataset.id)) before = before.previousElementSibling;
    if (before) before.after(node);
    else messages.prepend(node);
  }
}

/** Through a template, whose content can neither run nor load anything. */
function parse(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return [...template.content.children];
}

/** Makes the list what the server says it is, and leaves alone what has not changed. */
export function become(html) {
  const nodes = parse(html);
  const ids = new Set(nodes.map(({ id }) => id));
  keepPlace(() => {
    for (const child of [...messages.children]) if (!ids.has(child.id)) child.remove();
    put(nodes.filter(({ id, dataset }) => document.getElementById(id)?.dataset.rev !== dataset.rev));
  });
  // Images that were asked for while the server was away.
  for (const image of messages.querySelectorAll('img')) if (image.complete && !image.naturalWidth) image.src += '';
}

/** Puts one message in place. Resolves to what that was to the reader; undefined when it is older than what is shown. */
export function arrive(html) {
  const [node] = parse(html);
  const old = document.getElementById(node.id);
  const first = messages.querySelector('article');
  if (old ? Number(node.dataset.rev) < Number(old.dataset.rev) : Number(node.dataset.id) < Number(first?.dataset.id))
    return undefined;
  document.getElementById('empty')?.remove();
  keepPlace(() => put([node]), old ?? undefined);
  return old ? { edited: old.querySelector('.title > :last-child')?.textContent ?? '' } : { edited: undefined };
}

/** Earlier messages go above; they are not news, so the log does not announce them. Returns how many there are. */
export function prepend(html) {
  const nodes = parse(html);
  const articles = nodes.filter(({ id }) => id !== 'earlier');
  log.setAttribute('aria-live', 'off');
  keepPlace(() => put(nodes));
  if (articles.length === nodes.length) {
    document.getElementById('earlier').remove();
    const [first] = messages.children;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
  setTimeout(() => log.setAttribute('aria-live', 'polite'), 100);
  return articles.length;
}
