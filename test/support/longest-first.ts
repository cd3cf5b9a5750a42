import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a file takes many seconds, however few lines it has. */
const slow = [
  'test/faults/',
  'test/process/',
  'test/contract/',
  'test/segment/app',
  'test/scenario/',
  'test/storage/',
  'test/queue/',
];

/** What takes long begins first, so that at the end no file keeps one core busy while the other has nothing to do. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = slow.findIndex((part) => moduleId.includes(part));
      return found < 0 ? slow.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
