import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: crashes, lost answers, throttling, reordering. `FAULT_RUNS` sets the size, `FUZZ_SEED` the seed. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    env: { FAULT_RUNS: process.env.FAULT_RUNS ?? '20' },
    expect: { requireAssertions: true },
    reporters: ['default', ['./tools/requirements/suite-reporter.ts', { suite: 'faults' }]],
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
