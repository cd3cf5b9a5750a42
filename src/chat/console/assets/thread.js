// Replies under a message. Once they are many they wait behind their number; whether they stand open is the reader's.
export const repliesOf = (thread) => thread.querySelector('.replies');

/** The title of a card, or the line that was said. */
export const titleOf = (article) => article?.querySelector('.title > :last-child, .line')?.textContent ?? '';

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** In the words of the server, and how many came while the thread was closed. */
export function count(thread) {
  const { length } = repliesOf(thread).children;
  const { news } = thread.dataset;
  const number = `${thread.dataset.more ? 'More than ' : ''}${length} ${length === 1 ? 'reply' : 'replies'}`;
  write(thread.querySelector('.count'), news ? `${number}, ${news} new` : number);
  write(thread.querySelector('.latest'), titleOf(repliesOf(thread).lastElementChild));
}

export function countNews(thread) {
  if (!thread.open) thread.dataset.news = Number(thread.dataset.news ?? 0) + 1;
}

/** Opening one is reading what is new in it. */
export function watchThreads(list) {
  list.addEventListener(
    'toggle',
    ({ target }) => {
      if (!target.open) return;
      delete target.dataset.news;
      count(target);
    },
    true,
  );
}
