import { defineConfig } from 'vitest/config';
import { removeGuard } from './test/faults/guards/remove-guard.ts';

const { GUARD_REMOVED } = process.env;

/** The tests of the guards with one of them, named by `GUARD_REMOVED`, taken out: `test/faults/guards-removed.test.ts` runs it. */
export default defineConfig({
  plugins: GUARD_REMOVED === undefined ? [] : [removeGuard(GUARD_REMOVED)],
  test: {
    include: [
      'test/unit/app/**/*.test.ts',
      'test/unit/domain/policy/**/*.test.ts',
      'test/unit/domain/plan/**/*.test.ts',
    ],
    bail: 1,
    // A machine that does much else is no proof of anything.
    testTimeout: 120_000,
    isolate: false,
    // What was made of a module without one guard must not serve for it without another.
    fsModuleCache: false,
    maxWorkers: 2,
    reporters: [['json', { outputFile: process.env.GUARD_REPORT ?? '.selfheal/guard-removed.json' }]],
  },
});
