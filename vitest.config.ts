import { defineConfig } from 'vitest/config';

/** `npm test`: everything that needs no browser, with a short round of the fault and fuzz suites, the same one every time. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'node_modules/**'],
    env: { FUZZ_SEED: process.env.FUZZ_SEED ?? '20261122' },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', ['json', { outputFile: '.selfheal/test-report.json' }]],
  },
});
