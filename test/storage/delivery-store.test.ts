import { onEachBackend } from '../support/backends.ts';
import { deliveryStoreContract } from './delivery-store.contract.ts';

await onEachBackend(deliveryStoreContract);
