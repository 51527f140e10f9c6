import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const DEPLOYED = 'test/e2e/healing.test.ts';

/** The project `fast` of the checkout that is worked on; with SELFHEAL_PROBE each file of tests leaves there what it ran and read. */
export default defineConfig({
  test: {
    env: { FUZZ_SEED: '20261122' },
    include: ['test/{unit,contract,fuzz}/**/*.test.ts', 'packages/*/test/**/*.test.ts', DEPLOYED],
    exclude: ['**/*.slow.test.ts', 'test/fuzz/canaries.fuzz.test.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { requireAssertions: true },
    reporters: [],
    setupFiles: process.env.SELFHEAL_PROBE === undefined ? [] : [join(import.meta.dirname, 'coverage-probe.ts')],
  },
});
