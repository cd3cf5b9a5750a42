import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticePage } from '../../src/chat/console/notice.ts';
import { render } from '../../src/chat/discord/render.ts';
import { createSeal } from '../../src/config/seal.ts';
import { auditExportCard } from '../../src/core/cards/audit-export-card.ts';
import { MINUTE } from '../../src/core/delivery/time.ts';
import { plain } from '../../src/core/messages/message.ts';
import type { Actor, PersonRole } from '../../src/core/people/actor.ts';
import { noPolicy, type Policy } from '../../src/core/people/policy.ts';
import { exportAudit } from '../../src/flows/audit/export.ts';
import { type ExportLinkPorts, exportLinks, openExportLink } from '../../src/flows/audit/export-link.ts';
import { exportProof } from '../../src/flows/audit/verify.ts';
import { identify } from '../../src/flows/people/identify.ts';
import type { PeoplePorts } from '../../src/flows/people/ports.ts';
import { exportLinkRoute } from '../../src/http/export-link-route.ts';
import { createServer, type HttpServer } from '../../src/http/server.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onPglite } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';
import { NOW, newEvents } from './samples.ts';

const ops = { platform: 'discord', team: 'G1', channel: '77' };
const caller = { account: 'discord:4', name: 'D<b>ana', team: 'G1', standing: 'member' as const };

onPglite((backend) => {
  const log = keptLog();
  let clock: FakeClock;
  let database: OpenDatabase;
  let policy: Policy;
  let server: HttpServer;
  let url: string;
  let ports: ExportLinkPorts & PeoplePorts;

  beforeAll(async () => {
    clock = fakeClock(NOW);
    const now = { after: clock.after, now: () => clock.now() };
    const data = () => ({ database, clock: now });
    server = createServer({
      routes: [
        exportLinkRoute(
          (token) => openExportLink(ports, token),
          { exportAudit: (...args) => exportAudit(data(), ...args), exportProof: (...args) => exportProof(data(), ...args) },
          now,
          noticePage,
        ),
      ],
      publicUrl: undefined,
      log,
    });
    url = await server.listen('127.0.0.1', 0);
  });
  afterAll(() => server.close());

  beforeEach(async () => {
    clock = fakeClock(NOW);
    database = await backend.open(clock);
    policy = { ...noPolicy, roles: { ...noPolicy.roles, approver: ['discord-role:9'] } };
    ports = {
      ...{ database, clock, builtIn: {}, links: createSeal(Buffer.alloc(32, 3)) },
      policy: () => policy,
      zone: () => 'UTC',
      url: () => url,
    };
    await database.transaction(({ audit }) =>
      audit.add(newEvents({ id: 'a' }, { id: 'b', workspace: 'eu' }, { id: 'c', action: 'source.deleted' }), NOW),
    );
  });

  /** Who was told by the platform to have a role there, that has a role here. */
  const dana = (groups: string[] = ['discord-role:9', 'discord-role:1']) => identify(ports, { ...caller, groups }, ops);
  const as = (actor: Actor, workspace: string): Actor => ({ ...actor, workspace });
  const idsAt = async (link: string) => {
    const response = await fetch(link);
    expect(response.status).toBe(200);
    return (await response.text())
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).id);
  };
  const pageAt = async (link: string) => {
    const response = await fetch(link);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  describe('a link to an export', () => {
    test('leads to what the search finds, as its asker, whose groups hold their roles', async () => {
      const { csv, jsonl, proof } = await exportLinks(ports, await dana(), 'action:destination.*');
      expect(await idsAt(jsonl)).toEqual(['b', 'a']);
      expect((await fetch(csv)).headers.get('content-type')).toContain('text/csv');
      expect(await (await fetch(proof ?? '')).text()).toContain('"unsealed"');
      const query = { terms: [{ negated: false, field: 'action' as const, pattern: 'audit.exported' }] };
      const exported = await database.read(({ audit }) => audit.search(query, { limit: 9 }));
      expect(exported.map(({ actor }) => actor.id)).toEqual(['discord:4', 'discord:4', 'discord:4']);
    });

    test('says no name and no word of the search in its address', async () => {
      const { csv } = await exportLinks(ports, await dana(), 'checkout');
      const token = /export\/([\w-]+)\.csv$/.exec(csv)?.[1] ?? '';
      expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/checkout|discord/);
      expect(csv.length).toBeLessThan(500);
    });

    test('of a channel about one workspace leads to that one, and has no proof of the whole', async () => {
      const { jsonl, proof } = await exportLinks(ports, as(await dana(), 'eu'), '');
      expect(proof).toBeUndefined();
      expect(await idsAt(jsonl)).toEqual(['b']);
      expect(await pageAt(jsonl.replace(/jsonl$/, 'proof'))).toMatchObject({ status: 403 });
    });

    test('means the days of the moment of asking, though midnight passes', async () => {
      clock.advance(Number(new Date('2026-11-25T23:55:00Z')) - Number(NOW));
      const { jsonl } = await exportLinks(ports, await dana(), '');
      clock.advance(9 * MINUTE);
      expect(await idsAt(jsonl)).toEqual(['c', 'b', 'a']);
    });

    test('ends after ten minutes, with a page that says what to do', async () => {
      const { csv } = await exportLinks(ports, await dana(), '');
      clock.advance(10 * MINUTE - 1);
      expect((await fetch(csv)).status).toBe(200);
      clock.advance(1);
      const page = await pageAt(csv);
      expect(page).toMatchObject({ status: 410, type: 'text/html; charset=utf-8' });
      expect(page.text).toMatch(/This link has ended.*\/audit export/s);
    });

    test.each<[string, () => void]>([
      ['whose role was taken meanwhile', () => (policy = noPolicy)],
      ['who is nobody by now', () => (policy = { ...noPolicy, defaultRole: null })],
    ])('of somebody %s leads nowhere, and that stands in the trail once', async (_, change) => {
      const { csv } = await exportLinks(ports, await dana(), '');
      change();
      for (let i = 0; i < 3; i++) {
        const page = await pageAt(csv);
        expect(page.status).toBe(403);
        expect(page.text).toContain('D&lt;b&gt;ana may not search the audit trail.');
      }
      const events = await database.read(({ audit }) => audit.after(0, 99));
      expect(events.slice(3).map(({ action, resource }) => `${action} ${resource.name}`)).toEqual([
        'access.refused audit export',
      ]);
    });

    test('that is forged, cut, or of another installation is none', async () => {
      const { csv } = await exportLinks(ports, await dana(), '');
      const [, before = '', token = ''] = /^(.*export\/)([\w-]+)\.csv$/.exec(csv) ?? [];
      const other = createSeal(Buffer.alloc(32, 4)).seal('{"account":"discord:4"}');
      const flipped = `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`;
      for (const file of [
        `${flipped}.csv`,
        `${token.slice(0, -4)}.csv`,
        `${other}.csv`,
        `${token}.xml`,
        token,
        '.csv',
        'x.proof',
        '%00.csv',
      ]) {
        const page = await pageAt(`${before}${file}`);
        expect(page.status, file).toBe(404);
        expect(page.text).toContain('There is nothing to download here');
      }
      expect(await database.read(({ audit }) => audit.after(0, 99))).toHaveLength(3);
    });

    test('is for those who may search, and for searches that can be read and are no novels', async () => {
      const may = (role: PersonRole) => exportLinks(ports, { ...caller, person: 'D', personKey: 'D', roles: [role] }, 'acter:x');
      for (const role of ['viewer', 'operator'] as const) await expect(may(role)).rejects.toMatchObject({ code: 'forbidden' });
      for (const role of ['approver', 'owner'] as const) await expect(may(role)).rejects.toMatchObject({ code: 'bad_query' });
      await expect(exportLinks(ports, await dana(), 'é'.repeat(900))).rejects.toThrow('too long for a link');
    });
  });

  test('the longest links there are leave nothing out of the smallest platform’s message', async () => {
    const may = async (length: number) => exportLinks(ports, await dana(), 'x'.repeat(length));
    let longest = await may(300);
    for (let length = 310; longest.csv.length < 990; length += 10) longest = await may(length);
    const shown = JSON.stringify(render(auditExportCard(longest), { fileOf: () => undefined }));
    for (const url of [longest.csv, longest.jsonl, longest.proof]) expect(shown).toContain(`(<${url}>)`);
    expect(shown).toContain('Each download stands in the trail');
  });

  test('the card says where links to this machine alone lead, and what to do elsewhere', async () => {
    const links = await exportLinks(ports, await dana(), 'since:7d');
    const words = (base: string) =>
      auditExportCard({ ...links, csv: `${base}/x.csv` })
        .blocks.map((block) => ('text' in block ? plain(block.text) : ''))
        .join('\n');
    expect(words('http://127.0.0.1:3000')).toMatch(/set PUBLIC_URL, or run npx pipewarden export there/);
    expect(words('https://pipewarden.example')).not.toContain('PUBLIC_URL');
    expect(auditExportCard(links).title).toBe('Changes since 18 Nov, to download as a file within 10 minutes');
  });

  expect(log.lines).toEqual([]);
});
