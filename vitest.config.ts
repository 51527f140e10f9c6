import { defineConfig } from 'vitest/config';

/** The one file of whole systems that `npm test` plays, too. */
const SMOKE = 'test/e2e/healing.test.ts';
/** Starts the whole system, unlike its neighbours. */
const CANARIES = 'test/fuzz/canaries.fuzz.test.ts';
/** The JUnit report of `npm test` or `npm run test:slow`, which the Action reads in CI. */
const REPORT = `.selfheal/reports/${process.argv.includes('slow') ? 'slow' : 'fast'}.junit.xml`;

/**
 * `npm test` runs the project `fast`, whose files share the modules of their worker; `npm run test:slow` runs the project `slow`, whole
 * systems and long computations, each file in a process of its own. Both have a short round of their long suites, the same every time.
 */
export default defineConfig({
  test: {
    env: { FUZZ_SEED: process.env.FUZZ_SEED ?? '20261122' },
    // Only what hangs is ended: no test measures time, whatever else the machine is doing.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    expect: { requireAssertions: true, poll: { timeout: 240_000 } },
    // `npm run test:coverage`: of everything that runs on AWS, in the command line and in the local cloud, loaded by a test or not.
    coverage: {
      provider: 'v8',
      include: [
        'shared/**/*.ts',
        'functions/**/*.ts',
        'infra/**/*.ts',
        'apps/{cli,action}/**/*.ts',
        'packages/*/src/**/*.ts',
      ],
      reporter: ['text-summary'],
    },
    reporters: [
      'default',
      './tools/requirements/suite-reporter.ts',
      ['junit', { outputFile: REPORT, includeConsoleOutput: false }],
    ],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/{unit,contract,fuzz}/**/*.test.ts', 'packages/*/test/**/*.test.ts', SMOKE],
          exclude: ['**/*.slow.test.ts', CANARIES],
          isolate: false,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/{e2e,faults}/**/*.test.ts', '{test,packages/*/test}/**/*.slow.test.ts', CANARIES],
          exclude: [SMOKE],
          // Whole systems with real processes and clocks; `npm run test:summary` lists each test that needed its second try.
          retry: 1,
        },
      },
    ],
  },
});
