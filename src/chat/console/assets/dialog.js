// A form that a button asked for, as a dialog over the page. Its markup comes from the server, as for readers without scripts.
const dialog = document.getElementById('dialog');
const DEBOUNCE = 80;

/** Where the focus goes when the dialog closes: the card may have been edited meanwhile, and its button be another. */
let goBack = () => {};

function wayBack(opener) {
  const card = opener.closest('article');
  const { focus } = opener.dataset;
  return () => {
    const again = [...card.querySelectorAll('[data-focus]')].find((control) => control.dataset.focus === focus);
    (again?.isConnected ? again : document.getElementById('text')).focus({ preventScroll: true });
  };
}

/** `send` resolves to what the server answers, `suggest` to options of a field for what was typed. */
export function openDialog(html, { opener, send, suggest }) {
  goBack = wayBack(opener);
  show(html, send, suggest);
  if (!dialog.open) dialog.showModal();
  focusFirst();
}

function focusFirst() {
  dialog.querySelector('[autofocus]')?.focus();
}

function show(html, send, suggest) {
  const template = document.createElement('template');
  template.innerHTML = html;
  dialog.replaceChildren(template.content);
  const form = dialog.querySelector('form');
  dialog.querySelector('[data-cancel]').onclick = () => dialog.close();
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!form.hasAttribute('aria-busy')) submit(form, send, suggest);
  };
  for (const input of form.querySelectorAll('input[list]')) suggestIn(input, suggest);
}

async function submit(form, send, suggest) {
  const tell = (text) => {
    form.querySelector('.trouble').textContent = text;
  };
  tell('');
  form.setAttribute('aria-busy', 'true');
  const { ask, note } = await send([...new FormData(form)], () => tell('Working on it…'));
  form.removeAttribute('aria-busy');
  // It was left meanwhile.
  if (!form.isConnected) return;
  if (ask) {
    show(ask, send, suggest);
    focusFirst();
  } else if (note) tell(note);
  else dialog.close();
}

/** What could stand in a field, for what was typed so far; an answer to an older text is dropped. */
function suggestIn(input, suggest) {
  let timer;
  let turn = 0;
  input.oninput = () => {
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    timer = setTimeout(async () => {
      const options = await suggest([...new FormData(input.form)], input.dataset.field, input.value).catch(() => []);
      if (mine === turn) input.list?.replaceChildren(...options.map(({ value, label }) => new Option(label, value)));
    }, DEBOUNCE);
  };
}

dialog.addEventListener('close', () => {
  dialog.replaceChildren();
  goBack();
});
