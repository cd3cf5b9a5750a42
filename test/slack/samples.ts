import type { Figure } from '../../src/core/messages/figure.ts';
import type { Message } from '../../src/core/messages/message.ts';

const step = { detail: '', change: '', changeTone: 'neutral', provisional: false, lost: 0 } as const;

export const figure: Figure = {
  kind: 'pipeline',
  title: 'web → amplitude',
  subtitle: 'Last 24 hours · 24 Nov 10:00 – 25 Nov 10:00 UTC',
  badge: { value: '77.6 %', note: 'delivered', tone: 'neutral' },
  steps: [
    { ...step, label: 'Received', role: 'first', level: 1, value: '1.25 M' },
    { ...step, label: 'Filtered', role: 'discard', level: 0.84, lost: 0.16, value: '200 k' },
    { ...step, label: 'Delivered', role: 'last', level: 0.776, value: '970 k' },
  ],
  alt: 'Of 1.25 M events received, 970 k (77.6 %) were delivered; 200 k were filtered and 80 k failed.',
};

/** Every kind of block at once; `period` is the button in force. */
export const overview = (period = '24h', pipeline = 'amplitude'): Message => ({
  title: `web → ${pipeline} delivered 77.6 % of 1.25 M events in the last ${period}`,
  tone: 'warning',
  blocks: [
    {
      kind: 'text',
      text: [
        'Delivery fell by ',
        { strong: '4.2 points' },
        ' against the day before. Most discards are ',
        { code: 'NO_MATCHING_MAPPING' },
        '; see ',
        { link: 'the mapping guide', url: 'https://example.com/mappings' },
        '.',
      ],
    },
    { kind: 'figure', figure },
    {
      kind: 'fields',
      fields: [
        { label: 'Received', value: '1,250,418' },
        { label: 'Delivered', value: [{ strong: '970,324' }, ' (77.6 %)'] },
        { label: 'Pending retry', value: '12' },
        { label: 'Settled until', value: [{ time: '2025-11-25T09:40:00Z', as: 'datetime' }] },
        { label: 'Last report', value: [{ time: '2025-11-25T10:01:00Z', as: 'ago' }] },
      ],
    },
    {
      kind: 'table',
      caption: 'Why events ended',
      columns: [
        { label: 'Reason', align: 'left' },
        { label: 'Step', align: 'left' },
        { label: 'Events', align: 'right' },
        { label: 'Part', align: 'right' },
        { label: 'Change', align: 'right' },
      ],
      rows: [
        [[{ code: 'NO_MATCHING_MAPPING' }], 'Filtered', '166,080', '83.0 %', '▲ +9.1 %'],
        [[{ code: 'CONSENT_DENIED' }], 'Filtered', '34,014', '17.0 %', '▼ −0.4 %'],
        [[{ code: 'RATE_LIMITED' }], 'Failed', '61,200', '76.4 %', '▲ +31.0 %'],
        [[{ code: 'PAYLOAD_TOO_LARGE' }], 'Failed', '18,800', '23.6 %', '0.0 %'],
      ],
      left: 3,
    },
    {
      kind: 'buttons',
      label: 'Period',
      buttons: ['1h', '24h', '7d'].map((choice) => ({
        label: choice,
        action: { verb: 'pipeline.period', id: 'v1', choice },
        selected: choice === period,
      })),
    },
    {
      kind: 'select',
      label: 'Destination',
      action: { verb: 'pipeline.destination', id: 'v1' },
      options: [
        { label: 'Amplitude', value: 'amplitude', hint: '77.6 %' },
        { label: 'BigQuery', value: 'bigquery', hint: '99.9 %' },
        { label: 'Braze', value: 'braze' },
      ],
      selected: pipeline,
    },
    {
      kind: 'buttons',
      label: 'More',
      buttons: [
        { label: 'Refresh', action: { verb: 'pipeline.refresh', id: 'v1' } },
        { label: 'Other period…', action: { verb: 'pipeline.window', id: 'v1' } },
      ],
    },
    { kind: 'context', text: ['Numbers younger than ', { time: '2025-11-25T09:40:00Z', as: 'time' }, ' may still change.'] },
  ],
});

export const healthy: Message = {
  title: 'mobile → bigquery delivers again: 99.9 % in the last hour',
  tone: 'ok',
  blocks: [{ kind: 'text', text: 'The alert from this morning is closed. Nothing is pending.' }],
};

export const alarm: Message = {
  title: 'web → braze has delivered nothing for 20 minutes',
  tone: 'critical',
  blocks: [
    {
      kind: 'text',
      text: ['Last delivered event ', { time: '2025-11-25T09:40:00Z', as: 'ago' }, '. 48,210 events wait for a retry.'],
    },
    { kind: 'buttons', label: 'Alert', buttons: [{ label: 'Acknowledge', action: { verb: 'alert.ack', id: 'a7' } }] },
  ],
};

/** What all pipelines look like: the widest table there is, with names as long as people make them. */
export const ranking = (rows: number): Message => ({
  title: `3 of ${rows} pipelines need attention in the last 24 hours`,
  tone: 'warning',
  blocks: [
    {
      kind: 'table',
      caption: 'Pipelines in the last 24 hours',
      columns: [
        { label: 'Pipeline', align: 'left' },
        { label: 'Attention', align: 'left' },
        { label: 'Delivery rate', align: 'right' },
        { label: 'Delivered share', align: 'right' },
        { label: 'Received', align: 'right' },
        { label: 'Change', align: 'right' },
      ],
      rows: Array.from({ length: rows }, (_, at) => [
        `Customer profiles ${at} → Facebook Custom Audiences`,
        at < 3 ? '■ delivered share fell 57.5 points to 39.8 %' : '✓ healthy',
        [{ strong: '100.0 %' }],
        '100.0 %',
        '1,112,089,072',
        '+3,986.2 %',
      ]),
    },
    {
      kind: 'select',
      label: 'Open a pipeline',
      action: { verb: 'pipeline.open', id: 'v2' },
      options: Array.from({ length: rows }, (_, at) => ({
        label: `Customer profiles ${at} → Facebook Custom Audiences`,
        value: `${at}`,
        hint: 'delivered share fell 57.5 points to 39.8 %',
      })),
    },
    {
      kind: 'buttons',
      label: 'More of this',
      buttons: ['Refresh', 'All pipelines', 'Only those that need attention', 'As numbers'].map((label, at) => ({
        label,
        action: { verb: 'pipeline.more', id: 'v2', choice: `${at}` },
      })),
    },
  ],
});
