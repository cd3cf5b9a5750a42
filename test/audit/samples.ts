import type { AuditEvent } from '../../src/core/audit/event.ts';
import { asNew } from '../../src/flows/audit/ingest.ts';

export const NOW = new Date('2026-11-25T10:30:20Z');

let events = 0;

type Some = Partial<Omit<AuditEvent, 'actor' | 'resource'>> & {
  actor?: Partial<AuditEvent['actor']>;
  resource?: Partial<AuditEvent['resource']>;
};

/** Dana has disabled the destination Amplitude, but for what is given. Each has its own id. */
export function auditEvent(some: Some = {}): AuditEvent {
  const { actor, resource, ...rest } = some;
  return {
    workspace: 'main',
    provider: 'push',
    id: `ev-${++events}`,
    at: NOW,
    action: 'destination.disabled',
    type: 'Destination Disabled',
    via: 'push',
    ...rest,
    actor: { id: 'u-1', type: 'user', name: 'Dana Rossi', email: 'dana@acme.example', ...actor },
    resource: { kind: 'destination', id: 'dst-1', name: 'Amplitude', ...resource },
  };
}

export const newEvents = (...some: Some[]) => some.map((one) => asNew(auditEvent(one)));
