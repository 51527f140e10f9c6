import { defineConfig } from 'vitest/config';

/** `npm run test:fuzz`: random payloads, archives and templates. `FUZZ_RUNS` sets the size, `FUZZ_SEED` the seed; both are printed. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    env: { FUZZ_RUNS: process.env.FUZZ_RUNS ?? '2000' },
    expect: { requireAssertions: true },
    reporters: ['default', ['./tools/requirements/suite-reporter.ts', { suite: 'fuzz' }]],
    testTimeout: 1_800_000,
    maxWorkers: 2,
  },
});
