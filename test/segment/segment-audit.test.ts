import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/core/audit/event.ts';
import { callsOfBatch, readCalls } from '../../src/core/audit/segment-audit.ts';
import { UserError } from '../../src/core/errors.ts';
import { auditCall, NOW } from './calls.ts';

const print = (secret: string) => createHmac('sha256', 'a key').update(secret).digest('hex').slice(0, 8);
const how = { workspace: 'main', via: 'webhook', now: NOW, print } as const;
const read = (call: unknown, some: object = {}) => readCalls([call], { ...how, ...some }, { single: true });
const eventOf = (call: unknown): AuditEvent => read(call).events[0] as AuditEvent;
const refusal = (act: () => unknown): Pick<UserError, 'code' | 'path' | 'message'> => {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('was taken');
};

describe('a forwarded audit call', () => {
  test('becomes the event that Segment’s own API would tell', () => {
    const call = auditCall({ messageId: 'api-x', details: { source_id: 'src1234567', metadata_id: '54521fd5' } });
    expect(read(call)).toEqual({
      ignored: 0,
      idPaths: ['/messageId'],
      events: [
        {
          workspace: 'main',
          provider: 'segment',
          via: 'webhook',
          id: 'api-x',
          at: new Date('2026-11-25T10:25:00.123Z'),
          actor: { id: 'usr1234567', type: 'user', name: '', email: '' },
          action: 'destination.disabled',
          type: 'Integration Disabled',
          resource: { kind: 'destination', id: '5c9ce7e4a3a0b4000154ccbb', name: 'Amplitude' },
          context: { source_id: 'src1234567', metadata_id: '54521fd5', workspace_id: 'wks1234567' },
        },
      ],
    });
  });

  test.each<[string, Parameters<typeof auditCall>[0], Partial<AuditEvent['actor']>]>([
    [
      'the subject, where the call’s user is Segment',
      { userId: '__system__', details: { subject: 'users/u-9' } },
      { id: 'u-9', type: 'user' },
    ],
    ['the user, where there is no subject', { details: { subject: undefined } }, { id: 'usr1234567', type: '' }],
    ['the user, where the subject is empty', { details: { subject: '' } }, { id: 'usr1234567' }],
    [
      'Segment itself, where there is nobody else',
      { userId: '__system__', details: { subject: null } },
      { id: '__system__', type: 'system', name: 'Segment' },
    ],
    ['Segment as a subject', { details: { subject: '__system__' } }, { type: 'system', name: 'Segment' }],
    ['a subject that is no user', { details: { subject: 'tokens/t-1' } }, { id: 'tokens/t-1', type: '' }],
    ['nobody known', { userId: undefined, anonymousId: 'anon-1', details: { subject: undefined } }, { id: 'anon-1' }],
  ])('was done by %s', (_, some, actor) => {
    expect(eventOf(auditCall(some)).actor).toMatchObject(actor);
  });

  test.each([
    ['src1234567', 'source', 'source', 'src1234567'],
    ['spaces/default/audiences/aud_1', 'audience', 'audience', 'aud_1'],
    ['spaces/default/traits/tra_1/', 'computed_trait', 'computed_trait', 'tra_1'],
    ['workspaces/acme/sources/web/destinations/ga/filters/df_1', 'destination_filter', 'filter', 'df_1'],
    ['pws_1', 'personas_warehouse_source', 'engage_source', 'pws_1'],
    ['tp_1', 'tracking_plan', 'tracking_plan', 'tp_1'],
    ['x', 'something_new', 'something_new', 'x'],
  ])('about %s, a %s, is about the %s %s', (resource_id, resource_type, kind, id) => {
    const { resource, context } = eventOf(auditCall({ details: { resource_id, resource_type } }));
    expect(resource).toEqual({ kind, id, name: 'Amplitude' });
    expect((context as Record<string, unknown>).resource_path).toBe(resource_id.includes('/') ? resource_id : undefined);
  });

  test.each([
    ['Integrations Disabled', 'destination.disabled'],
    ['Destination Filter Created', 'filter.created'],
    ['Tracking Plan New Event Blocked', 'tracking_plan.new_event_blocked'],
    ['New Event Allowed', 'schema.new_event_allowed'],
    ['Storage Destination Modified', 'warehouse.modified'],
    ['Something Nobody Knew', 'other.something_nobody_knew'],
  ])('“%s” is kept as it is, and found as %s', (type, action) => {
    expect(eventOf(auditCall({ properties: { type } }))).toMatchObject({ type, action });
  });

  test('says what else it knows as context, with secrets masked', () => {
    const details = {
      description: 'Order Completed was set to block',
      blocked: 'false',
      settings: { apiKey: 'old-secret' },
      type: 'track',
    };
    const call = auditCall({ properties: { more: 1 }, details });
    expect(eventOf(call).context).toEqual({
      description: 'Order Completed was set to block',
      blocked: 'false',
      settings: { apiKey: `[masked:${print('"old-secret"')}]` },
      type: 'track',
      workspace_id: 'wks1234567',
      properties: { more: 1 },
    });
  });

  test('without details is about the workspace; without a time of its own it happened when Segment heard of it', () => {
    const call = { ...auditCall(), timestamp: null, properties: { type: 'Workspace Modified', workspace_id: 'wks1' } };
    expect(eventOf(call)).toMatchObject({ resource: { kind: 'other', id: 'wks1', name: '' }, at: new Date(call.receivedAt) });
  });

  test.each<[string, unknown, string, string]>([
    ['that is a number', 1, 'invalid', ''],
    ['that is null', null, 'invalid', ''],
    ['that is a list', [], 'invalid', ''],
    ['without a type', { event: 'Audit' }, 'invalid', '/type'],
    ['without properties', { ...auditCall(), properties: undefined }, 'invalid', '/properties'],
    ['without an audit type', auditCall({ properties: { type: undefined } }), 'invalid', '/properties/type'],
    ['with a blank audit type', auditCall({ properties: { type: '' } }), 'bad_text', '/properties/type'],
    ['without an id', auditCall({ messageId: undefined }), 'invalid', '/messageId'],
    ['with an id of 10 kB', auditCall({ messageId: 'x'.repeat(10_240) }), 'bad_text', '/messageId'],
    ['without a time', auditCall({ timestamp: undefined, receivedAt: undefined }), 'bad_time', '/timestamp'],
    ['on 30 February', auditCall({ timestamp: '2026-02-30T10:00:00Z' }), 'bad_time', '/timestamp'],
    ['from tomorrow', auditCall({ timestamp: '2026-11-26T10:00:00Z' }), 'in_future', '/timestamp'],
    ['from years ago', auditCall({ timestamp: '2019-11-26T10:00:00Z' }), 'too_old', '/timestamp'],
    ['about nothing', auditCall({ properties: { workspace_id: null }, details: { resource_id: '/' } }), 'invalid', ''],
    ['by nobody', auditCall({ userId: null, details: { subject: null } }), 'invalid', '/userId'],
    ['with a number for a name', auditCall({ details: { target: 4 } }), 'invalid', '/properties/details/target'],
    ['with U+0000 in it', auditCall({ details: { description: 'a\0' } }), 'bad_text', '/properties/details/description'],
    ['with half a pair in a key', auditCall({ details: { '\ud800': 1 } }), 'bad_text', '/properties/details'],
    ['with a number that loses digits', auditCall({ details: { n: 2 ** 60 } }), 'invalid', '/properties/details/n'],
  ])('%s is refused by its path', (_, call, code, path) => {
    const found = refusal(() => read(call));
    expect(found).toMatchObject({ code, ...(path === '' ? {} : { path }) });
    expect(found.message).toMatch(/\S{3}/);
  });

  test('of years ago may come from a library, which has to know its token', () => {
    expect(read(auditCall({ timestamp: '2019-11-26T10:00:00Z' }), { via: 'tracking' }).events).toHaveLength(1);
  });
});

describe('calls about something else', () => {
  test.each([
    [{ type: 'track', event: 'Order Completed', userId: 'u' }],
    [{ type: 'track', event: 'audit' }],
    [{ type: 'track' }],
    [{ type: 'identify', userId: 'u', traits: { event: 'Audit' } }],
    [{ type: 'page', event: 'Audit' }],
    [{ type: 'delete', userId: 'u', timestamp: '2026-11-25T10:00:00Z' }],
    [{ type: 'something new' }],
  ])('%j is ignored', (call) => {
    expect(read(call)).toEqual({ events: [], idPaths: [], ignored: 1 });
  });

  test('the address decides what a call is', () => {
    const call = { ...auditCall(), type: undefined };
    const { events } = readCalls([call], how, { single: true, type: 'track' });
    expect(events).toHaveLength(1);
    expect(readCalls([{ ...call, type: 'track' }], how, { single: true, type: 'page' }).ignored).toBe(1);
  });
});

describe('several calls', () => {
  test('are read in order, and say where each stood', () => {
    const batch = [auditCall({ messageId: 'a' }), { type: 'page' }, auditCall({ messageId: 'b' })];
    const { events, idPaths, ignored } = readCalls(callsOfBatch({ batch, writeKey: 'k' }), how, { at: ['batch'] });
    expect(events.map(({ id }) => id)).toEqual(['a', 'b']);
    expect({ idPaths, ignored }).toEqual({ idPaths: ['/batch/0/messageId', '/batch/2/messageId'], ignored: 1 });
  });

  test('one that is wrong is named, and none is read', () => {
    const batch = [auditCall(), { type: 'page' }, auditCall({ properties: { type: 1 } })];
    expect(refusal(() => readCalls(batch, how, { at: ['batch'] }))).toMatchObject({ path: '/batch/2/properties/type' });
    expect(refusal(() => readCalls([auditCall(), 'x'], how))).toMatchObject({ path: '/1' });
  });

  test('have limits', () => {
    expect(
      refusal(() =>
        readCalls(
          Array.from({ length: 1_001 }, () => ({ type: 'page' })),
          how,
        ),
      ),
    ).toMatchObject({
      code: 'too_many',
    });
    const large = auditCall({ details: { description: 'x'.repeat(32 * 1024) } });
    expect(refusal(() => callsOfBatch({ batch: [auditCall(), large] }))).toMatchObject({
      code: 'call_too_large',
      path: '/batch/1',
    });
    expect(refusal(() => callsOfBatch([]))).toMatchObject({ code: 'invalid' });
    expect(refusal(() => callsOfBatch({ batch: {} }))).toMatchObject({ code: 'invalid', path: '/batch' });
  });
});

describe('whatever comes', () => {
  const nearly = fc
    .tuple(
      fc.constantFrom('type', 'event', 'messageId', 'userId', 'timestamp', 'receivedAt', 'properties'),
      fc.constantFrom('type', 'workspace_id', 'details', 'more'),
      fc.constantFrom('resource_id', 'resource_type', 'subject', 'target', 'more'),
      fc.jsonValue(),
      fc.nat(2),
    )
    .map(([top, property, detail, value, depth]) =>
      depth === 0
        ? { ...auditCall(), [top]: value }
        : auditCall(depth === 1 ? { properties: { [property]: value } } : { details: { [detail]: value } }),
    );

  test('it is read, or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), (value) => {
        try {
          const { events, ignored } = read(value);
          expect(events.length + ignored).toBe(1);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('every valid call becomes an event that says the same', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/);
    const type = fc.array(fc.stringMatching(/^[A-Z][a-z]{1,9}$/), { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.record({ messageId: word, type, id: word, folders: fc.array(word, { maxLength: 3 }), kind: word, user: word }),
        fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: NOW, noInvalidDate: true }),
        ({ messageId, type, id, folders, kind, user }, at) => {
          const event = eventOf(
            auditCall({
              messageId,
              timestamp: at.toISOString(),
              properties: { type },
              details: { resource_id: [...folders, id].join('/'), resource_type: kind, subject: `users/${user}` },
            }),
          );
          expect(event).toMatchObject({ id: messageId, at, type, actor: { id: user }, resource: { id } });
          expect(event.action).toMatch(/^[a-z_]+\.[a-z_]+$/);
          expect(event.resource.kind).not.toBe('');
        },
      ),
    );
  });
});
