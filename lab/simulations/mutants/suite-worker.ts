import { join } from 'node:path';
import { createVitest } from 'vitest/node';

/** What the parent asks for: files of tests to run after the named files changed. */
export interface SuiteRequest {
  readonly tests: readonly string[];
  readonly changed: readonly string[];
  /** Ends the run after the first failure. */
  readonly untilFailure: boolean;
  /** Regular expression for the full names of the tests to run; all by default. */
  readonly names?: string;
}

export interface SuiteAnswer {
  readonly failed: readonly string[];
  readonly passed: readonly string[];
  /** Milliseconds by file of tests. */
  readonly took: Readonly<Record<string, number>>;
  /** How many tests passed. */
  readonly count: number;
}

/**
 * Runs files of tests of the project `fast` in the folder it is started in, request by request, in workers that are new each time: Vitest itself
 * starts once. With SELFHEAL_PROBE each file of tests leaves there what it ran and read; with the argument `slow` it is that project, without its
 * second try. It ends with its parent.
 */
const root = process.cwd();
const SMOKE = 'test/e2e/healing.test.ts';
const CANARIES = 'test/fuzz/canaries.fuzz.test.ts';
const SLOW = '**/*.slow.test.ts';
const isSlow = process.argv[2] === 'slow';
const files = isSlow
  ? { include: ['test/{e2e,faults}/**/*.test.ts', 'test/**/*.slow.test.ts', CANARIES], exclude: [] }
  : {
      include: ['test/{unit,contract,fuzz}/**/*.test.ts', 'packages/*/test/**/*.test.ts', SMOKE],
      exclude: [SLOW, CANARIES],
    };
const vitest = await createVitest('test', {
  root,
  config: false,
  watch: false,
  env: { FUZZ_SEED: '20261122' },
  ...files,
  isolate: isSlow,
  maxWorkers: 2,
  testTimeout: isSlow ? 600_000 : 240_000,
  hookTimeout: isSlow ? 300_000 : 240_000,
  expect: { requireAssertions: true },
  reporters: [{}],
  setupFiles: process.env.SELFHEAL_PROBE === undefined ? [] : [join(import.meta.dirname, 'coverage-probe.ts')],
});
const all = await vitest.globTestSpecifications();
const pathOf = (file: string): string => file.slice(root.length + 1);
/** What the last request changed was put back since. */
let restored: readonly string[] = [];
const send = (answer: SuiteAnswer): void => {
  process.send?.(answer);
};

process.on('disconnect', () => process.exit(0));
process.on('message', (request: SuiteRequest) => void answer(request));
process.send?.(all.map(({ moduleId }) => pathOf(moduleId)));

async function answer({ tests, changed, untilFailure, names }: SuiteRequest): Promise<void> {
  for (const file of [...restored, ...changed]) vitest.invalidateFile(join(root, file));
  restored = changed;
  vitest.config.bail = untilFailure ? 1 : 0;
  for (const project of vitest.projects) project.config.bail = untilFailure ? 1 : 0;
  // Otherwise tests that failed before are reported again, and end a run that ends after the first failure.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const wanted = new Set(tests);
  const specifications = all
    .filter(({ moduleId }) => wanted.has(pathOf(moduleId)))
    .map((one) =>
      names === undefined
        ? one
        : one.project.createSpecification(one.moduleId, { testNamePattern: new RegExp(names, 'u') }),
    );
  const { testModules } = await vitest.runTestSpecifications(specifications, false);
  const failed: string[] = [];
  const passed: string[] = [];
  const took: Record<string, number> = {};
  let count = 0;
  for (const module of testModules) {
    const path = pathOf(module.moduleId);
    const state = module.state();
    if (state === 'failed') failed.push(path);
    if (state === 'passed') passed.push(path);
    took[path] = module.diagnostic().duration;
    for (const test of module.children.allTests('passed')) if (test.ok()) count += 1;
  }
  vitest.state.clearErrors();
  send({ failed, passed, took, count });
}
