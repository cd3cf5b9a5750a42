import { expect, test } from 'vitest';
import { count, percent, points } from '../../src/core/cards/format.ts';
import type { OverviewStep } from '../../src/core/delivery/overview.ts';
import type { Card, Desk, DeskPerson } from '../contract/chat-desks.ts';
import type { TestApp } from '../support/app.ts';
import { hostile, shop } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import type { Wire } from '../support/wire.ts';

interface OverviewJson {
  deliveryRate: number;
  deliveredShare: number;
  steps: OverviewStep[];
}

interface RowsJson {
  rows: { reason?: string; eventName?: string; count: number; share: number; shareChange: number | null }[];
}

export interface Stage {
  app: TestApp;
  desk: Desk;
  wire: Wire;
}

/** The line that a person would point at. */
const line = (card: Card, isIt: (line: string) => boolean): string => {
  const lines = card.text.split('\n').map((one) => one.replace(/^[│* ]*/, ''));
  return lines.find(isIt) ?? `not there in\n${card.text}`;
};
const lineWith = (card: Card, start: string) => line(card, (one) => one.startsWith(start));
/** In the table of steps the numbers stand right behind the name. */
const stepLine = (card: Card, label: string) =>
  line(card, (one) => one.startsWith(label) && /^ +\d/.test(one.slice(label.length)));

/** Dana finds out why Amplitude gets less than it did, and shows it to Sam. Each test goes on where the last one ended. */
export function overviewStory(stage: () => Stage): void {
  let mine: Card;
  const amplitude = '/v1/pipelines/web/amplitude';

  /** People take a moment; nobody presses twice in a second. */
  const later = () => stage().app.clock.advance(2_000);

  async function shown(person: DeskPerson, what: string, isIt: (card: Card) => boolean): Promise<Card> {
    let found: Card | undefined;
    await until(what, async () => {
      found = (await person.sees()).findLast(isIt);
      return found !== undefined;
    });
    later();
    return found as Card;
  }

  /** My own card, once it says this and its figure is drawn. */
  const myCard = (text: RegExp, figure: RegExp) =>
    shown(
      stage().desk.dana,
      `my card with ${text} and a figure with ${figure}`,
      (card) => card.id === mine.id && text.test(card.text) && card.figures.some(({ alt }) => figure.test(alt)),
    );

  test('the numbers are pushed', async () => {
    expect(await stage().app.push(shop)).toMatchObject({ status: 202 });
  });

  test('Dana asks for all pipelines; she alone sees what needs attention first', async () => {
    const { desk, wire } = stage();
    await desk.dana.say('/pipeline');
    mine = await shown(desk.dana, 'the list', ({ text }) => /1 of 3 pipelines needs attention/.test(text));
    expect(mine.private).toBe(true);
    expect(mine.text).toContain('Web shop → Amplitude: delivered share fell 37.0 points to 61.0 %');
    const order = ['Web shop → Amplitude', 'Web shop → HubSpot', 'Order service → HubSpot'].map((name) =>
      mine.text.indexOf(lineWith(mine, name), mine.text.indexOf('what needs attention first')),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect((await desk.sam.sees()).some(({ id }) => id === mine.id)).toBe(false);
    await wire.golden('02-list');
  });

  test('she opens one from the list: card, figure and JSON agree to the last digit', async () => {
    const { app, desk, wire } = stage();
    await desk.dana.choose(mine, 'Open a pipeline', 'Web shop → Amplitude');
    mine = await myCard(/only 61\.0 % of events delivered, was 98\.0 %/, /Web shop → Amplitude/);
    const json = await app.get<OverviewJson>(`${amplitude}?period=24h`);
    expect(json.steps.map((step) => step.count)).toEqual([12_000, 0, 0, 4_440, 240, 7_320]);
    for (const step of json.steps) {
      const row = stepLine(mine, step.label);
      for (const words of [percent(step.share), points(step.shareChange), count(step.count)]) expect(row).toContain(words);
    }
    expect(mine.text).toContain(percent(json.deliveryRate));
    expect(mine.text).toContain(percent(json.deliveredShare));
    expect(mine.text).toMatch(/Action missing mapping or trigger[^\n]*\n?[^\n]*4,305/);
    const [figure] = mine.figures;
    for (const step of [json.steps[0], json.steps.at(-1)]) expect(figure?.alt).toContain(count(step?.count ?? 0));
    expect(figure?.png.readUInt32BE(16)).toBe(1800);
    await wire.golden('03-card');
  });

  test('percent becomes counts in the same card', async () => {
    const { desk, wire } = stage();
    await desk.dana.press(mine, 'Counts');
    mine = await myCard(/Filtered at destination.*4,440.*37\.0 %/, /4,440/);
    expect(await desk.dana.sees()).toHaveLength(2);
    await wire.golden('04-counts');
  });

  test('she looks into the step where most is lost', async () => {
    const { app, desk, wire } = stage();
    await desk.dana.choose(mine, 'Look into a step', 'Filtered at destination');
    mine = await myCard(/Filtered at destination: 4,440 events, 37\.0 %, rose 35\.5 points/, /filtered at destination/i);
    const { rows } = await app.get<RowsJson>(`${amplitude}/steps/filtered_at_destination?period=24h&groupBy=reason`);
    expect(rows.map(({ reason, count }) => [reason, count])).toEqual([
      ['NO_MATCHING_MAPPING', 4_305],
      ['FILTERED_BY_RULES', 135],
    ]);
    for (const row of rows) {
      expect(mine.text.replaceAll('\\', '')).toContain(row.reason);
      expect(mine.text).toContain(percent(row.share));
    }
    expect(mine.text).toContain('Add or enable a mapping whose trigger accepts this event.');
    await wire.golden('05-step');
  });

  test('what somebody put into an event’s name pings nobody and formats nothing', async () => {
    const { desk, wire } = stage();
    await desk.dana.choose(mine, 'Look into a reason', 'Filtered by rules');
    mine = await myCard(/Filtered by rules: 135 events/, /filtered at destination/i);
    expect(mine.text.replaceAll(/[\\\u200b]/g, '')).toContain(hostile.slice(0, 10));
    expect(desk.pings()).toEqual([]);
    await wire.golden('06-hostile-name');
    await desk.dana.press(mine, 'All reasons');
    mine = await myCard(/Why events were dropped here/, /filtered at destination/i);
  });

  test('she looks into the reason behind most of it', async () => {
    const { app, desk, wire } = stage();
    await wire.golden('07-all-reasons');
    await desk.dana.choose(mine, 'Look into a reason', 'Action missing mapping or trigger');
    mine = await myCard(/Action missing mapping or trigger: 4,305 events/, /filtered at destination/i);
    const path = `${amplitude}/steps/filtered_at_destination?period=24h&reason=NO_MATCHING_MAPPING&groupBy=eventName,eventType`;
    const { rows } = await app.get<RowsJson>(path);
    expect(rows).toHaveLength(1);
    expect(lineWith(mine, 'Order Completed')).toContain(count(rows[0]?.count ?? 0));
    await wire.golden('08-reason');
  });

  test('samples are for her eyes only, masked', async () => {
    const { desk, wire } = stage();
    await desk.dana.press(mine, 'Show samples to me');
    const samples = await shown(desk.dana, 'samples', ({ text }) => /One sample of Web shop → Amplitude/.test(text));
    expect(samples.private).toBe(true);
    expect(samples.id).not.toBe(mine.id);
    expect(samples.text).toContain('8731');
    expect(samples.text).not.toContain('kim@example.com');
    expect((await desk.sam.sees()).some(({ text }) => text.includes('8731'))).toBe(false);
    expect(desk.pings()).toEqual([]);
    await wire.golden('09-samples');
  });

  test('back at the pipeline, a period of her own is asked for with a form', async () => {
    const { app, desk, wire } = stage();
    await desk.dana.press(mine, 'Back to the pipeline');
    mine = await myCard(/only 61\.0 % of events delivered/, /4,440/);
    await wire.golden('10-back');
    await desk.dana.press(mine, 'Other period…');
    await until('the form is open', async () => (await desk.dana.form()) !== undefined);
    expect(await desk.dana.form()).toBe('A period of your own');
    expect(await desk.dana.fill({ From: '2026-11-25T12:00', To: '2026-11-25T12:30' })).toBe('');
    mine = await myCard(/25 Nov/, /25 Nov/);
    const json = await app.get<OverviewJson>(`${amplitude}?from=2026-11-25T12:00:00Z&to=2026-11-25T12:30:00Z`);
    expect(stepLine(mine, 'Delivered')).toContain(count(json.steps.at(-1)?.count ?? 0));
    await wire.golden('11-own-period');
  });

  test('she posts it to the channel, where Sam sees it with its figure', async () => {
    const { desk, wire } = stage();
    await desk.dana.press(mine, 'Post to channel');
    const shared = await shown(desk.sam, 'the shared card', ({ text, figures }) => /Shared by/i.test(text) && figures.length > 0);
    expect(shared.private).toBe(false);
    expect(shared.text).toMatch(/Shared by dana/i);
    expect(stepLine(shared, 'Filtered at destination')).toContain('4,440');
    mine = await myCard(/Posted to the channel/, /25 Nov/);
    expect(mine.buttons).not.toContain('Post to channel');
    await wire.golden('12-shared');
  });

  test('Sam presses on it: the copy is his alone, and the card stays as it was', async () => {
    const { desk, wire } = stage();
    const shared = await shown(desk.sam, 'the shared card', ({ text }) => /Shared by/i.test(text));
    await desk.sam.press(shared, 'Percent');
    const copy = await shown(desk.sam, 'his copy', (card) => card.private && card.text.includes('Web shop → Amplitude'));
    expect(copy.text).toContain('Filtered at destination');
    // Slack brings the picture of such an answer beside it.
    await shown(desk.sam, 'its picture', (card) => card.private && card.figures.length > 0);
    expect((await desk.dana.sees()).some(({ id }) => id === copy.id)).toBe(false);
    expect((await desk.dana.sees()).find(({ id }) => id === shared.id)?.text).toBe(shared.text);
    await wire.golden('13-copy');
  });

  test('a mistake is answered with what to type', async () => {
    const { desk, wire } = stage();
    await desk.dana.say('/pipeline web amplitud');
    const answer = await shown(desk.dana, 'the answer', ({ text }) => /There is no pipeline web → amplitud\./.test(text));
    expect(answer.private).toBe(true);
    expect(answer.text).toContain('Did you mean web amplitude');
    await wire.golden('14-mistake');
  });

  test('nobody was pinged, and the platform found nothing to refuse', () => {
    expect(stage().desk.pings()).toEqual([]);
    expect(stage().desk.problems()).toEqual([]);
  });
}
