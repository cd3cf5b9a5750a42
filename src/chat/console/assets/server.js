// Talking to the server, which answers in JSON.
import { note } from './note.js';

/** Where what the reader does is posted. */
export const here = new URL(document.getElementById('composer').action).pathname;
const SLOW = 1000;

export async function ask(url, options) {
  const response = await fetch(url, { ...options, headers: { accept: 'application/json' } });
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** Posts what was typed, pressed or filled in. Resolves to the answer: a note, a form, or nothing to say. `slow` is called once it takes long. */
export async function post(fields, slow) {
  const timer = setTimeout(slow, SLOW);
  try {
    return await ask(here, { method: 'POST', body: new URLSearchParams(fields) });
  } catch {
    return { note: 'Pipewarden could not be reached or had a problem. Please try again.' };
  } finally {
    clearTimeout(timer);
  }
}

/** The same, with the note told at the command box. */
export async function tell(fields) {
  note('');
  const answer = await post(fields, () => note('Working on it…', { passing: true }));
  note(answer.note ?? '');
  return answer;
}
