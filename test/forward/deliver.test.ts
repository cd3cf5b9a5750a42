import { onEachBackend } from '../support/backends.ts';
import { deliverContract } from './deliver.contract.ts';

await onEachBackend(deliverContract);
