import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/build.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // Much of a run is waiting for engines and processes: two files at once, on two cores.
    maxWorkers: 2,
    // One process after the other takes the files: whatever a test changes outside of itself it puts back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Waiting is for conditions, so a long limit costs nothing; a machine short of time is five times slower.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
