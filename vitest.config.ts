import { defineConfig } from 'vitest/config';

/** `npm test`: everything that needs no browser, with a short round of the fault and fuzz suites, the same one every time. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'node_modules/**'],
    env: { FUZZ_SEED: process.env.FUZZ_SEED ?? '20261122' },
    // Only what hangs is ended: no test measures time, whatever else the machine is doing.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    expect: { requireAssertions: true },
    reporters: ['default', ['./tools/requirements/suite-reporter.ts', { suite: 'test' }]],
  },
});
