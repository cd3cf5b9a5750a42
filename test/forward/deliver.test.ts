import { describe } from 'vitest';
import { onEachBackend } from '../support/backends.ts';
import { deadContract } from './dead.contract.ts';
import { deliverContract } from './deliver.contract.ts';
import { failingContract } from './failing.contract.ts';

await onEachBackend((backend) => {
  describe('a forward sends', () => deliverContract(backend));
  describe('a forward that fails', () => failingContract(backend));
  describe('a forward knows', () => deadContract(backend));
});
