// Times: in the reader's zone; "ago" goes on counting.
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
