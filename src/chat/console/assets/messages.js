// The message list: what the server sends is put in place without moving what the reader is at.
import { count, countNews, repliesOf, titleOf, watchThreads } from './thread.js';
import { tellTimes } from './times.js';

const log = document.getElementById('log');
const messages = document.getElementById('messages');
watchThreads(messages);

/** Of the channel itself, without replies. */
export const shown = () => messages.querySelectorAll(':scope > article').length;

// ---- Scrolling. The list is scrolled from its end (column-reverse): its end is in view from the start, scripts or not.

export const atEnd = () => Math.abs(log.scrollTop) < 60;
export function toEnd() {
  log.scrollTop = 0;
}

/** Keeps in place the control in focus if the change is `around` it, else the end, else the first message in view. */
function keepPlace(change, around) {
  const focused = around?.contains(document.activeElement);
  const top = log.getBoundingClientRect().top;
  const inView = () =>
    [...messages.querySelectorAll(':scope > article, details[open] article')].find(
      (article) => article.getBoundingClientRect().bottom > top,
    );
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

/** The thread stays too, and with it whether it stands open. */
function replaceReplies(old, node) {
  old.dataset.rev = node.dataset.rev;
  if (node.dataset.more) old.dataset.more = node.dataset.more;
  fill(repliesOf(old), [...repliesOf(node).children]);
  count(old);
}

/** Nodes in order, into a list in order: one walk from its end, where news belongs. A thread has the number of what it stands under. */
function put(nodes, list) {
  let before = list.lastElementChild;
  for (const node of nodes.toReversed()) {
    tellTimes(node);
    const old = document.getElementById(node.id);
    if (old) {
      if (old.matches('.thread')) replaceReplies(old, node);
      else replaceInside(old, node);
      continue;
    }
    while (Number(before?.dataset.id) > Number(node.dataset.id)) before = before.previousElementSibling;
    if (before) before.after(node);
    else list.prepend(node);
  }
}

/** Makes a list what the server says it is, and leaves alone what has not changed. */
function fill(list, nodes) {
  const ids = new Set(nodes.map(({ id }) => id));
  for (const child of [...list.children]) if (!ids.has(child.id)) child.remove();
  put(
    nodes.filter(({ id, dataset }) => document.getElementById(id)?.dataset.rev !== dataset.rev),
    list,
  );
}

/** Through a template, whose content can neither run nor load anything. */
function parse(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return [...template.content.children];
}

export function become(html) {
  keepPlace(() => fill(messages, parse(html)));
  // Images that were asked for while the server was away.
  for (const image of messages.querySelectorAll('img')) if (image.complete && !image.naturalWidth) image.src += '';
}

/**
 * Puts one message in place. Resolves to what that was to the reader: the title of one that was edited, and whether it is at the end;
 * undefined when it is older than what is shown.
 */
export function arrive(html) {
  const [node] = parse(html);
  if (node.matches('.thread')) return arriveUnder(node);
  const old = document.getElementById(node.id);
  const first = messages.querySelector('article');
  if (old ? isOlder(node, old) : Number(node.dataset.id) < Number(first?.dataset.id)) return undefined;
  document.getElementById('empty')?.remove();
  keepPlace(() => put([node], messages), old ?? undefined);
  return old ? { edited: titleOf(old) } : { atEnd: true };
}

const isOlder = (node, old) => Number(node.dataset.rev) < Number(old.dataset.rev);

/** One reply, in a thread of its own: its place is under a message that is shown, in the thread that is there already. */
function arriveUnder(thread) {
  const [reply] = repliesOf(thread).children;
  const there = document.getElementById(thread.id);
  const old = document.getElementById(reply.id);
  if (!document.getElementById(`m${thread.dataset.id}`) || (old && isOlder(reply, old))) return undefined;
  if (!there) {
    keepPlace(() => put([thread], messages));
    return {};
  }
  if (!old) countNews(there);
  const asked = !old && there.contains(document.activeElement) && reply.querySelector('.private');
  keepPlace(() => {
    put([reply], repliesOf(there));
    count(there);
  }, old ?? undefined);
  // What was asked from within the thread.
  if (asked) reply.scrollIntoView({ block: 'nearest' });
  return old ? { edited: titleOf(old) } : {};
}

/** Earlier messages go above; they are not news, so the log does not announce them. Returns how many there are. */
export function prepend(html) {
  const nodes = parse(html);
  log.setAttribute('aria-live', 'off');
  keepPlace(() => put(nodes, messages));
  if (!nodes.some(({ id }) => id === 'earlier')) {
    document.getElementById('earlier').remove();
    const [first] = messages.children;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
  setTimeout(() => log.setAttribute('aria-live', 'polite'), 100);
  return nodes.filter((node) => node.matches('article')).length;
}
