import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: pages in a real Chromium (Debian's package `chromium`, or the one that CHROMIUM names). */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    expect: { requireAssertions: true },
    reporters: ['default', ['./tools/requirements/suite-reporter.ts', { suite: 'browser' }]],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A race with the browser does not fail the whole suite; `npm run test:summary` lists each test that needed its second try.
    retry: 1,
  },
});
