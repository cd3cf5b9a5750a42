import type { SeriesFigure } from '../../src/core/messages/figure.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2025, 10, 24, 10);

/** Noise that is the same on every run: a sum of waves that never fall into step. */
const noise = (index: number): number => (Math.sin(index * 1.7) + Math.sin(index * 2.9 + 1) + Math.sin(index * 7.3 + 2)) / 3;
const iso = (time: number): string => new Date(time).toISOString();

function points(count: number, bucket: number, value: (index: number) => number | null): SeriesFigure['points'] {
  return Array.from({ length: count }, (_, index) => ({ at: iso(start + index * bucket), value: value(index) }));
}
const line = (count: number, value: (index: number) => number | null): (number | null)[] =>
  Array.from({ length: count }, (_, index) => value(index));

const labels = { now: 'this period', before: 'the period before' };

/** A dip in the delivery rate after a change, five-minute buckets, the last half hour still moving. */
export const rate: SeriesFigure = {
  kind: 'series',
  title: 'Delivery rate: web-prod → Warehouse',
  subtitle: 'Last 24 hours, every 5 minutes · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  unit: 'percent',
  points: points(288, 5 * minute, (index) => {
    const dip = 0.062 * Math.exp(-(((index - 168) / 12) ** 2));
    return 0.989 + 0.004 * Math.sin(index / 40) + 0.0015 * noise(index) - dip - (index > 282 ? 0.012 : 0);
  }),
  before: line(288, (index) => 0.985 + 0.004 * Math.sin(index / 36 + 1) + 0.0015 * noise(index + 900)),
  labels,
  provisionalFrom: iso(start + 270 * 5 * minute),
  marks: [{ at: iso(start + 158 * 5 * minute), label: 'mapping “Orders” changed' }],
  band: { from: iso(start + 158 * 5 * minute), to: iso(start + 181 * 5 * minute), label: 'below 97 % for 1 h 55 min' },
  tone: 'good',
  alt: 'Down to 92.6 % at 00:00, back at 99.1 % since 01:15.',
};

/** Failed deliveries by the hour, with a peak, a gap, a lonely point and three changes close together. */
export const discards: SeriesFigure = {
  kind: 'series',
  title: 'Failed delivery: web-prod → Warehouse',
  subtitle: 'Last 24 hours, hourly · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  unit: 'count',
  points: points(24, hour, (index) => {
    if ([5, 6, 8].includes(index)) return null;
    return Math.round(420 + 90 * noise(index) + 5_400 * Math.exp(-(((index - 15) / 1.6) ** 2)));
  }),
  before: line(24, (index) => (index === 20 ? null : Math.round(520 + 120 * noise(index + 50)))),
  labels,
  provisionalFrom: iso(start + 22 * hour),
  marks: [
    { at: iso(start + 3 * hour), label: 'consent rule added' },
    { at: iso(start + 13.2 * hour), label: 'key rotated' },
    { at: iso(start + 13.3 * hour), label: 'endpoint changed' },
    { at: iso(start + 13.5 * hour), label: 'mapping changed' },
    { at: iso(start + 16 * hour), label: 'reverted by @maria' },
  ],
  tone: 'bad',
  alt: 'At most 5,802 an hour at 01:00, the day before 630.',
};

/** Ten points, nothing to compare with. */
export const ten: SeriesFigure = {
  kind: 'series',
  title: 'Delivered: Lapsed buyers → Facebook Custom Audiences',
  subtitle: 'Last 10 days · 24 Nov – 4 Dec UTC',
  unit: 'count',
  points: points(10, 24 * hour, (index) => 1_180_000 + Math.round(160_000 * noise(index))),
  before: [],
  labels,
  marks: [],
  tone: 'good',
  alt: 'Between 1.08 M and 1.29 M a day.',
};

/** A day by the minute. */
export const dense: SeriesFigure = {
  ...discards,
  title: 'Received: web-prod',
  subtitle: 'Last 24 hours, by the minute · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  points: points(1_440, minute, (index) => Math.round(900 + 500 * Math.sin(index / 230 - 1) + 90 * noise(index))),
  before: line(1_440, (index) => Math.round(860 + 480 * Math.sin(index / 235 - 1) + 90 * noise(index + 77))),
  provisionalFrom: iso(start + 1_425 * minute),
  marks: [],
  tone: 'neutral',
};

export const noData: SeriesFigure = { ...ten, points: points(24, hour, () => null), before: line(24, () => null) };
export const onlyBefore: SeriesFigure = { ...discards, points: points(24, hour, () => null), marks: [] };
export const zero: SeriesFigure = { ...ten, points: points(24, hour, () => 0), before: line(24, () => 0), tone: 'bad' };
export const one: SeriesFigure = { ...ten, points: points(1, hour, () => 1_502), before: [1_200] };
export const constant: SeriesFigure = {
  ...rate,
  points: points(24, hour, () => 1),
  before: line(24, () => 1),
  marks: [],
  tone: 'neutral',
};
export const huge: SeriesFigure = {
  ...ten,
  title: 'Received, everything',
  points: points(12, 5 * minute, (index) => Math.round(8.4e12 + 3e12 * noise(index))),
  before: line(12, (index) => Math.round(6.1e12 + 1e12 * noise(index + 9))),
  provisionalFrom: iso(start),
};
export const crowded: SeriesFigure = {
  ...discards,
  title: 'A month with many changes',
  subtitle: '25 Oct – 24 Nov UTC',
  points: points(30, 24 * hour, (index) => Math.round(40 + 14 * noise(index))),
  before: line(30, (index) => Math.round(42 + 14 * noise(index + 3))),
  provisionalFrom: iso(start + 29 * 24 * hour),
  marks: [1, 3, 5, 5.1, 11, 11.6, 17, 21, 21.3, 21.6, 21.9, 26, 28.9].map((day, index) => ({
    at: iso(start + day * 24 * hour),
    label: `change no. ${index + 1} of mapping`,
  })),
  band: { from: iso(start + 10 * 24 * hour), to: iso(start + 13 * 24 * hour), label: 'Black Friday' },
};

const wide = 'W'.repeat(1_024);
const hostileValues = [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e308, 12, 40, null, 3, -0, 17];

/** Words and numbers from outside, at their worst. */
export const hostile: SeriesFigure = {
  kind: 'series',
  title: '<script>alert("1")</script> & \'quotes\' 🚀🔥 日本語 \u202eoverride ]]> <!-- -->',
  subtitle: `\u0000\u0007nul\tand\nnewline \ud800 lone ${'é'.repeat(200)}`,
  unit: 'count',
  points: points(10, hour, (index) => hostileValues[index] ?? null),
  before: [1, 2, 3],
  labels: { now: wide, before: '</text></svg> עברית and more words than fit in two lines of it' },
  provisionalFrom: 'yesterday',
  marks: [
    { at: 'never', label: 'x' },
    { at: iso(start + 2 * hour), label: wide },
    { at: iso(start + 9.9 * hour), label: '🚀'.repeat(256) },
    { at: iso(start + 5 * hour), label: '' },
    { at: iso(start - hour), label: 'too early' },
  ],
  band: { from: iso(start + 4 * hour), to: iso(start + 400 * hour), label: `<b>&${wide}` },
  tone: 'bad',
  alt: '<alt>',
};

export const seriesSamples = { rate, discards, ten, dense, noData, onlyBefore, zero, one, constant, huge, crowded, hostile };
