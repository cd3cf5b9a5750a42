import { describe } from 'vitest';
import { onEachBackend } from '../support/backends.ts';
import { sealContract } from './seal.contract.ts';
import { tamperingContract } from './seal-tampering.contract.ts';

await onEachBackend((backend) => {
  describe('the seals', () => sealContract(backend));
  tamperingContract(backend);
});
