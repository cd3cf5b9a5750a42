import type { FigureStep, PipelineFigure } from '../../src/core/messages/figure.ts';

const step = (label: string, role: FigureStep['role'], more: Partial<FigureStep>): FigureStep => ({
  label,
  role,
  level: 0,
  lost: 0,
  value: '0',
  detail: '0 %',
  change: '',
  changeTone: 'neutral',
  provisional: false,
  ...more,
});

/** A quiet day: small, familiar losses, and a ratio that rose. */
export const healthy: PipelineFigure = {
  kind: 'pipeline',
  title: 'web-prod → Warehouse',
  subtitle: 'Last 24 hours · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  badge: { value: '94.2 % delivered', note: '▲ 0.6 points on the 24 h before', tone: 'good' },
  steps: [
    step('Received', 'first', { level: 1, value: '1.25 M', detail: '100 %', change: '▲ +4.2 %', changeTone: 'neutral' }),
    step('Failed on ingest', 'discard', {
      level: 0.9988,
      lost: 0.0012,
      value: '1,502',
      detail: '0.12 %',
      change: '▼ −8.0 %',
      changeTone: 'good',
      reason: 'INVALID_PAYLOAD 71 %',
    }),
    step('Filtered at source', 'discard', {
      level: 0.982,
      lost: 0.0168,
      value: '21.0 K',
      detail: '1.68 %',
      change: '▼ −1.1 %',
      changeTone: 'good',
      reason: 'SCHEMA_BLOCKED 92 %',
    }),
    step('Filtered at destination', 'discard', {
      level: 0.95,
      lost: 0.032,
      value: '40.0 K',
      detail: '3.20 %',
      change: '= 0.0 %',
      reason: 'NO_MATCHING_MAPPING 83 %',
    }),
    step('Failed delivery', 'discard', {
      level: 0.942,
      lost: 0.008,
      value: '10.0 K',
      detail: '0.80 %',
      change: '▼ −12.4 %',
      changeTone: 'good',
      reason: 'HTTP 429 64 %',
    }),
    step('Delivered', 'last', { level: 0.942, value: '1.18 M', detail: '94.2 %', change: '▲ +4.8 %', changeTone: 'good' }),
  ],
  note: 'Counts are events. One event can match several mappings of a destination, so steps at the destination may overlap.',
  alt: '94.2 % of 1.25 M events delivered, 0.6 points more than the day before.',
};

/** The evening the warehouse began to refuse: one discard step eats half, and the latest hour is still moving. */
export const incident: PipelineFigure = {
  kind: 'pipeline',
  title: 'web-prod → Warehouse',
  subtitle: 'Last 6 hours · 25 Nov 14:00 – 20:00 UTC',
  badge: { value: '41.3 % delivered', note: '▼ 52.9 points on the 6 h before', tone: 'bad' },
  steps: [
    step('Received', 'first', { level: 1, value: '312 K', detail: '100 %', change: '▲ +0.9 %', provisional: true }),
    step('Failed on ingest', 'discard', {
      level: 0.997,
      lost: 0.003,
      value: '936',
      detail: '0.30 %',
      change: '▲ +212 %',
      changeTone: 'bad',
      reason: 'INVALID_PAYLOAD 71 %',
    }),
    step('Filtered at source', 'discard', {
      level: 0.93,
      lost: 0.067,
      value: '20.9 K',
      detail: '6.70 %',
      change: '▼ −1.1 %',
      changeTone: 'good',
      reason: 'SCHEMA_BLOCKED 92 %',
    }),
    step('Filtered at destination', 'discard', {
      level: 0.89,
      lost: 0.04,
      value: '12.5 K',
      detail: '4.00 %',
      change: '▲ +0.4 %',
      reason: 'NO_MATCHING_MAPPING 83 %',
      provisional: true,
    }),
    step('Failed delivery', 'discard', {
      level: 0.413,
      lost: 0.477,
      value: '149 K',
      detail: '47.7 %',
      change: '▲ +4,870 %',
      changeTone: 'bad',
      reason: 'SNOWFLAKE_WAREHOUSE_SUSPENDED_BY_RESOURCE_MONITOR 98.6 %',
      provisional: true,
    }),
    step('Delivered', 'last', {
      level: 0.413,
      value: '129 K',
      detail: '41.3 %',
      change: '▼ −56.2 %',
      changeTone: 'bad',
      provisional: true,
    }),
  ],
  pending: '12.4 K pending retry',
  note: 'Events after 19:00 are provisional: destinations may still retry them.',
  alt: '41.3 % of 312 K events delivered, 52.9 points less than the 6 hours before.',
};

/** A new pipeline: nothing has come, nothing to compare with. */
export const empty: PipelineFigure = {
  kind: 'pipeline',
  title: 'ios-beta → Braze',
  subtitle: 'Last 24 hours · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  badge: { value: 'No events', note: 'nothing to compare with', tone: 'neutral' },
  steps: [
    step('Received', 'first', { detail: '–' }),
    step('Failed on ingest', 'discard', { detail: '–' }),
    step('Filtered at source', 'discard', { detail: '–' }),
    step('Filtered at destination', 'discard', { detail: '–' }),
    step('Failed delivery', 'discard', { detail: '–' }),
    step('Delivered', 'last', { detail: '–' }),
  ],
  alt: 'No events in the last 24 hours.',
};

/** Four steps, and everything that came ends at the third. */
export const total: PipelineFigure = {
  kind: 'pipeline',
  title: 'Lapsed buyers → Facebook Custom Audiences',
  subtitle: 'Last 7 days · 18 Nov – 25 Nov UTC',
  badge: { value: '0 % synced', note: '▼ 99.1 points on the 7 days before', tone: 'bad' },
  steps: [
    step('From audience', 'first', { level: 1, value: '8,204', detail: '100 %', change: '▼ −2.0 %' }),
    step('Filtered at destination', 'discard', { level: 1, value: '0', detail: '0 %', change: '= 0 %' }),
    step('Failed to sync', 'discard', {
      lost: 1,
      value: '8,204',
      detail: '100 %',
      change: '▲ from 74',
      changeTone: 'bad',
      reason: 'HTTP 401 100 %',
    }),
    step('Synced', 'last', { value: '0', change: '▼ −100 %', changeTone: 'bad' }),
  ],
  pending: '3 pending retry',
  alt: 'None of 8,204 events synced.',
};

/** Seven steps with losses too small for a stripe, one of them of a single event. */
export const seven: PipelineFigure = {
  ...healthy,
  title: 'android-prod → A destination with quite a long name that goes on for longer than the line does',
  badge: { value: '99.9 % delivered', note: 'no change on the day before', tone: 'neutral' },
  steps: [
    ...healthy.steps.slice(0, 3),
    step('Transformed away', 'discard', { level: 0.98, lost: 0.0000001, value: '1', detail: '< 0.01 %', change: 'new' }),
    ...healthy.steps.slice(3),
  ],
};

const wide = 'W'.repeat(1_024);

/** Names from outside, at their worst. */
export const hostile: PipelineFigure = {
  kind: 'pipeline',
  title: '<script>alert("1")</script> & \'quotes\' 🚀🔥 日本語 \u202eoverride ]]> <!-- -->',
  subtitle: `\u0000\u0007nul\tand\nnewline \ud800 lone ${'é'.repeat(200)}`,
  badge: { value: wide, note: '👩‍👩‍👧‍👦 עברית العربية', tone: 'bad' },
  steps: [
    step(wide, 'first', { level: 5, value: wide, detail: wide, change: wide, changeTone: 'bad', provisional: true }),
    step('日本語の名前', 'discard', { level: Number.NaN, lost: Number.POSITIVE_INFINITY, reason: '🚀'.repeat(256) }),
    step('𝐁𝐨𝐥𝐝 Ｗｉｄｅ', 'discard', { level: 0.5, lost: 0.9, reason: `${wide} 83 %`, change: '▲ +1,234,567.89 %' }),
    step('Z̴̡̢̛̗̘̙̜̝̞̟a̷̗̘̙̜̝̞̟lgo', 'discard', { level: -1, lost: -1, reason: '</text></svg>', value: '&amp;', change: 'x', changeTone: 'good' }),
    step('\u200b\u200f', 'discard', { level: 0.4, lost: 0.1, value: '', detail: '', reason: '\u0000' }),
    step('Delivered to https://example.com/?a=1&b=2', 'last', {
      level: 0.4,
      value: '１２３',
      detail: '⚠️ “curly”',
      provisional: true,
    }),
  ],
  pending: `${'pending '.repeat(60)}🚀`,
  note: `${'<b>note</b> & '.repeat(60)}`,
  alt: '<alt>',
};

export const samples = { healthy, incident, empty, total, seven, hostile };
