import { describe } from 'vitest';
import type { Backend } from '../support/backends.ts';
import { deliveryCellsContract } from './delivery-cells.contract.ts';
import { deliveryKeepContract } from './delivery-keep.contract.ts';
import { deliveryParallelContract } from './delivery-parallel.contract.ts';
import { deliveryTextsContract } from './delivery-texts.contract.ts';
import { deliveryWriteContract } from './delivery-write.contract.ts';

/** What every engine must do with deliveries. */
export function deliveryStoreContract(backend: Backend): void {
  describe('writing', () => deliveryWriteContract(backend));
  describe('exactness', () => deliveryCellsContract(backend));
  describe('keeping', () => deliveryKeepContract(backend));
  describe('odd input', () => deliveryTextsContract(backend));
  if (backend.parallel) describe('in parallel', () => deliveryParallelContract(backend));
}
