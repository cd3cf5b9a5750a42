import type { Migration } from 'kysely';
import * as delivery from './0001_delivery.ts';
import * as people from './0002_people.ts';
import * as audit from './0003_audit.ts';
import * as auditSeal from './0004_audit_seal.ts';
import * as forward from './0005_forward.ts';
import * as auditWatch from './0006_audit_watch.ts';
import * as chat from './0007_chat.ts';
import * as turn from './0008_turn.ts';

/** Every migration by name, in order. Names are stored in the database: never rename one. */
export const migrations: Record<string, Migration> = {
  '0001_delivery': delivery,
  '0002_people': people,
  '0003_audit': audit,
  '0004_audit_seal': auditSeal,
  '0005_forward': forward,
  '0006_audit_watch': auditWatch,
  '0007_chat': chat,
  '0008_turn': turn,
};
