// A form that a button asked for, as a dialog over the page. Its markup comes from the server, as for readers without scripts.
const dialog = document.getElementById('dialog');
let opener;

function close() {
  dialog.close();
}

/** `send` resolves to what the server answers; `suggest` to options of a field for what was typed. */
export function openDialog(html, { send, suggest }) {
  const template = document.createElement('template');
  template.innerHTML = html;
  dialog.replaceChildren(template.content);
  if (!dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
  }
  const form = dialog.querySelector('form');
  dialog.querySelector('[autofocus]')?.focus();
  dialog.querySelector('[data-cancel]').onclick = close;
  form.onsubmit = async (event) => {
    event.preventDefault();
    form.setAttribute('aria-busy', 'true');
    const again = await send([...new FormData(form)]);
    form.removeAttribute('aria-busy');
    if (again === undefined) close();
    else if (again) openDialog(again, { send, suggest });
  };
  for (const input of form.querySelectorAll('input[list]')) {
    input.oninput = async () => {
      const options = await suggest([...new FormData(form)], input.dataset.field, input.value).catch(() => []);
      input.list.replaceChildren(...options.map(({ value, label }) => new Option(label, value)));
    };
  }
}

dialog.addEventListener('close', () => {
  dialog.replaceChildren();
  if (opener?.isConnected) opener.focus();
});
