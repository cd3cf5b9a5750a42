import { onEachBackend } from '../support/backends.ts';
import { auditStoreContract } from './audit-store.contract.ts';

await onEachBackend(auditStoreContract);
