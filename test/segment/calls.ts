/** The moment at which the servers of these tests stand still. */
export const NOW = new Date('2026-11-25T10:30:20Z');

let calls = 0;

type Some = Record<string, unknown> & { properties?: Record<string, unknown>; details?: Record<string, unknown> };

/** Somebody has disabled a destination, as Segment forwards it, but for what is given; with an id of its own. */
export function auditCall(some: Some = {}) {
  const { properties, details, ...rest } = some;
  return {
    channel: 'server',
    type: 'track',
    event: 'Audit',
    messageId: `api-${++calls}`,
    userId: 'usr1234567',
    context: { library: { name: 'unknown', version: 'unknown' } },
    integrations: {},
    originalTimestamp: '2026-11-25T10:24:59.000Z',
    timestamp: '2026-11-25T10:25:00.123Z',
    receivedAt: '2026-11-25T10:25:01.500Z',
    ...rest,
    properties: {
      type: 'Integration Disabled',
      workspace_id: 'wks1234567',
      ...properties,
      details: {
        resource_id: '5c9ce7e4a3a0b4000154ccbb',
        resource_type: 'integration',
        subject: 'users/usr1234567',
        target: 'Amplitude',
        ...details,
      },
    },
  };
}
