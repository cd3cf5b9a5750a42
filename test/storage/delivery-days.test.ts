import { onEachBackend } from '../support/backends.ts';
import { deliveryDaysContract } from './delivery-days.contract.ts';

await onEachBackend(deliveryDaysContract);
