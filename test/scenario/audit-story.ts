import { expect, test } from 'vitest';
import { fromCsvCell } from '../../src/core/audit/csv.ts';
import { readCsv } from '../audit/read-csv.ts';
import type { Card, Desk, DeskPerson } from '../contract/chat-desks.ts';
import { secret } from '../forward/desk.ts';
import { isSigned } from '../forward/receiver.ts';
import type { TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import type { Wire } from '../support/wire.ts';
import { type Backstage, forwardChange, pushChange } from './audit-stage.ts';

export interface AuditStage {
  app: TestApp;
  desk: Desk;
  /** Absent where there is no network between. */
  wire?: Wire;
  behind: Backstage;
  /** The account under which Dana's deeds stand in the trail. */
  dana: string;
}

interface Events {
  events: { seq: number; actor: { id: string }; action: string; context: unknown }[];
}

const pushed = 'Deploy bot disabled HubSpot (destination.disabled)';
const forwarded = 'usr1234567 disabled Amplitude (destination.disabled)';
const ofTheDemo = 'disabled Order Completed (mapping.disabled)';

/** Dana wants to know who switched things off today, and whether she may trust the answer. Each test goes on where the last ended. */
export function auditStory(stage: () => AuditStage): void {
  let mine: Card;
  let links: Card['links'];

  async function shown(person: DeskPerson, what: string, isIt: (card: Card) => boolean): Promise<Card> {
    let found: Card | undefined;
    await until(what, async () => {
      found = (await person.sees()).findLast(isIt);
      return found !== undefined;
    });
    // People take a moment; nobody presses twice in a second.
    stage().app.clock.advance(2_000);
    return found as Card;
  }
  const myCard = (text: RegExp) =>
    shown(stage().desk.dana, `my card with ${text}`, (card) => card.id === mine.id && text.test(card.text));
  const answer = (person: DeskPerson, text: RegExp) => shown(person, `an answer with ${text}`, (card) => text.test(card.text));
  const golden = async (name: string, ...order: ['in any order'?]) => stage().wire?.golden(`audit-${name}`, ...order);
  const found = async (q: string) => (await stage().app.get<Events>(`/v1/audit?${new URLSearchParams({ q })}`)).events;
  const download = async (label: string) => {
    const response = await fetch(links.find(({ text }) => text === label)?.url ?? '');
    expect(response.status).toBe(200);
    return { headers: response.headers, text: await response.text() };
  };

  test('what is there already is sealed, and signed for in the channel', async () => {
    await shown(stage().desk.sam, 'the checkpoint', ({ text }) => /The audit trail is sealed up to row/.test(text));
    // On Discord the greeting comes at the same time.
    await golden('00-sealed', 'in any order');
  });

  test('one change is pushed, and one comes signed from Segment', async () => {
    expect(await pushChange(stage().app)).toBe(202);
    expect(await forwardChange(stage().app)).toBe(200);
  });

  test('Dana finds both, and the demo’s own beside them; she alone sees them', async () => {
    const { desk } = stage();
    await desk.dana.say('/audit action:*.disabled on:today');
    mine = await answer(desk.dana, /changes today, newest: Deploy bot disabled HubSpot/);
    expect(mine.private).toBe(true);
    for (const one of ['Deploy bot', 'usr1234567', 'Order Completed']) expect(mine.text).toContain(one);
    expect((await desk.sam.sees()).some(({ id }) => id === mine.id)).toBe(false);
    await golden('01-search');
  });

  test('the pushed one opens with what changed, a link to the resource and one to itself', async () => {
    const { app, desk } = stage();
    await desk.dana.choose(mine, 'Open a change', pushed);
    mine = await myCard(/What else Deploy bot did within an hour/);
    for (const part of ['- enabled: true', '+ enabled: false', 'dst-hubspot']) expect(mine.text).toContain(part);
    expect(mine.text).not.toContain('k-2');
    const [{ seq } = { seq: 0 }] = await found('resource:hubspot');
    expect(mine.links).toEqual([
      { text: 'HubSpot', url: 'https://provider.example/hubspot' },
      { text: 'Permalink', url: `${app.app.url}/audit/${seq}` },
    ]);
    await golden('02-pushed');
  });

  test('so do Segment’s and the demo’s', async () => {
    const { desk } = stage();
    await desk.dana.press(mine, 'Back to the search');
    mine = await myCard(/changes today, newest/);
    await desk.dana.choose(mine, 'Open a change', forwarded);
    mine = await myCard(/forwarded by a webhook/);
    await golden('03-forwarded');
    await desk.dana.press(mine, 'Back to the search');
    mine = await myCard(/changes today, newest/);
    await desk.dana.choose(mine, 'Open a change', `Dana ${ofTheDemo}`);
    mine = await myCard(/\+ enabled: false/);
    await golden('04-demo');
    await desk.dana.press(mine, 'Back to the search');
    mine = await myCard(/changes today, newest/);
  });

  test('the search is exported by links for her alone; they lead to all of it, and it stands in the trail', async () => {
    const { desk, dana } = stage();
    await desk.dana.press(mine, 'Export');
    const card = await answer(desk.dana, /Matching changes today, to download as a file within 10 minutes/);
    expect(card.private).toBe(true);
    expect((await desk.sam.sees()).some(({ id }) => id === card.id)).toBe(false);
    links = card.links;
    await golden('05-export');

    const csv = await download('Download CSV');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit-2026-11-25.csv"');
    expect(csv.headers.get('cache-control')).toBe('no-store');
    expect(csv.headers.get('referrer-policy')).toBe('no-referrer');
    const [head = [], ...rows] = readCsv(csv.text);
    const column = (name: string) => rows.map((row) => fromCsvCell(row[head.indexOf(name)] ?? ''));
    expect(new Set(column('action').map((action) => action.split('.')[1]))).toEqual(new Set(['disabled']));
    expect(column('via').slice(0, 3)).toEqual(['push', 'webhook', 'demo']);
    const lines = (await download('Download JSON Lines')).text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(column('id'));

    const exports = await found('action:audit.exported');
    expect(exports.map(({ actor }) => actor.id)).toEqual([dana, dana]);
    expect(exports[1]?.context).toEqual({ outcome: 'done', more: { query: 'action:*.disabled on:today', format: 'csv' } });
  });

  test('all three were forwarded to the SIEM, signed', async () => {
    const { app, behind } = stage();
    const sent = () => behind.siem.received.map(({ json }) => `${json.data.via} ${json.data.resource.name}`);
    await until('they are there', async () => {
      await app.app.runDue();
      return ['push HubSpot', 'webhook Amplitude', 'demo Order Completed'].every((one) => sent().includes(one));
    });
    for (const one of behind.siem.received) expect(isSigned(one, secret, app.clock.now())).toBe(true);
  });

  test('the trail is proven by the checkpoint that stands in the channel', async () => {
    const { app, desk } = stage();
    app.clock.advance(60_000);
    await app.app.runDue();
    const post = await shown(desk.sam, 'the checkpoint', ({ text }) => /The audit trail is sealed up to row/.test(text));
    const checkpoint = /pw1\.[\w-]+\.[\w-]+/.exec(post.text)?.[0] ?? '';
    await desk.dana.say(`/audit verify ${checkpoint}`);
    mine = await answer(desk.dana, /The audit trail is proven: [\d,]+ sealed changes, none changed or missing/);
    expect(mine.text).toMatch(/Agrees with your checkpoint/);
    await golden('06-proven');
  });

  test('a byte changed by hand in the database is found, and named', async ({ skip }) => {
    const { desk, behind } = stage();
    if (!behind.rename) return skip('the embedded database is opened by nobody else');
    const [event] = await found('actor:deploy-bot');
    await behind.rename('Deploy bot', 'Deploy bat');
    await desk.dana.press(mine, 'Check again');
    mine = await myCard(/The audit trail was tampered with at row [\d,]+/);
    expect(mine.text).toMatch(new RegExp(`/audit show (seq:)?${event?.seq}`));
    await golden('07-tampered');
    await behind.rename('Deploy bat', 'Deploy bot');
    await desk.dana.press(mine, 'Check again');
    mine = await myCard(/The audit trail is proven/);
    await golden('08-mended');
  });

  test('who may not is told so, politely, alone; that stands in the trail too', async () => {
    const { desk } = stage();
    await desk.sam.say('/audit actor:dana');
    const refusal = await answer(desk.sam, /may not search the audit trail\. Ask an owner/);
    expect(refusal.private).toBe(true);
    await golden('09-refused');
    await desk.sam.say('/audit export');
    await until('the export is refused as well', async () => {
      const refused = (await desk.sam.sees()).filter(({ text }) => /may not search the audit trail/.test(text));
      return refused.length === 2;
    });
    await golden('10-export-refused');
    expect((await found('action:access.refused')).map(({ action }) => action)).toEqual(['access.refused', 'access.refused']);
  });

  test('nobody was pinged, and the platform found nothing to refuse', () => {
    expect(stage().desk.pings()).toEqual([]);
    expect(stage().desk.problems()).toEqual([]);
  });
}
