import { defineConfig } from 'vitest/config';

/** What takes minutes or hours: the pages in a browser, and the full size of what `npm test` and `npm run test:slow` play a short round of. */
export default defineConfig({
  test: {
    // A limit only ends what hangs: a machine may do much else.
    expect: { requireAssertions: true, poll: { timeout: 120_000 } },
    reporters: ['default', './tools/requirements/suite-reporter.ts'],
    projects: [
      {
        /** `npm run test:browser`: pages in a real Chromium (Debian's package `chromium`, or the one that CHROMIUM names). */
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          // A race with the browser does not fail the whole suite; `npm run test:summary` lists each test that needed its second try.
          retry: 1,
        },
      },
      {
        /** `npm run test:faults`: crashes, lost answers, throttling, reordering. `FAULT_RUNS` sets the size, `FUZZ_SEED` the seed. */
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          env: { FAULT_RUNS: process.env.FAULT_RUNS ?? '20' },
          testTimeout: 1_800_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
      {
        /** `npm run test:fuzz`: random payloads, archives and templates. `FUZZ_RUNS` sets the size, `FUZZ_SEED` the seed; both are printed. */
        test: {
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          env: { FUZZ_RUNS: process.env.FUZZ_RUNS ?? '2000' },
          testTimeout: 1_800_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
