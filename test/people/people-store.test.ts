import { onEachBackend } from '../support/backends.ts';
import { peopleStoreContract } from './people-store.contract.ts';

await onEachBackend(peopleStoreContract);
