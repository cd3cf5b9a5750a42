import { onEachBackend } from '../support/backends.ts';
import { sealContract } from './seal.contract.ts';

await onEachBackend(sealContract);
