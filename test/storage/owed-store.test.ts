import { onEachBackend } from '../support/backends.ts';
import { owedStoreContract } from './owed-store.contract.ts';

await onEachBackend(owedStoreContract);
