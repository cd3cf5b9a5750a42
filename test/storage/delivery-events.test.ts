import { onEachBackend } from '../support/backends.ts';
import { deliveryEventsContract } from './delivery-events.contract.ts';

await onEachBackend(deliveryEventsContract);
