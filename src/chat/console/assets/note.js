// What the reader alone is told.
const find = (id) => document.getElementById(id);

/** For screen readers. */
export function announce(text) {
  find('announcer').textContent = text;
}

export function connection(text) {
  find('connection').textContent = text;
}

/** At the command box; an empty text takes the note away. One that goes by itself needs no button. */
export function note(text, { passing = false } = {}) {
  const said = Object.assign(document.createElement('p'), { textContent: text });
  const dismiss = Object.assign(document.createElement('button'), { type: 'button', className: 'dismiss', textContent: '×' });
  dismiss.setAttribute('aria-label', 'Dismiss');
  dismiss.onclick = () => {
    note('');
    find('text').focus();
  };
  find('note').replaceChildren(...(text ? [said, ...(passing ? [] : [dismiss])] : []));
}
