import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node';
import { REPORTS, revisionOf, type SuiteReport } from './suite-report.ts';

/** Writes `.selfheal/reports/<suite>.json`: each test's result, the commit it was made on, and whether the whole suite ran. */
export default class SuiteReporter implements Reporter {
  readonly #suite: string;
  #vitest: Vitest | undefined;
  #isWhole = false;

  constructor({ suite }: { readonly suite: string }) {
    this.#suite = suite;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    const all = (await this.#vitest?.globTestSpecifications()) ?? [];
    const started = new Set(specifications.map(({ moduleId }) => moduleId));
    this.#isWhole =
      all.every(({ moduleId }) => started.has(moduleId)) &&
      specifications.every((one) => !one.testLines && !one.testNamePattern && !one.testIds && !one.testNames) &&
      !this.#vitest?.config.testNamePattern;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    const root = this.#vitest?.config.root ?? process.cwd();
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: relative(root, module.moduleId),
        name: test.fullName,
        state: stateOf(test),
      })),
    );
    const isComplete = reason !== 'interrupted' && errors.length === 0;
    const isCollected = modules.every((module) => module.errors().length === 0);
    const report: SuiteReport = {
      suite: this.#suite,
      ...revisionOf(root),
      whole: this.#isWhole && isComplete && isCollected,
      tests,
    };
    mkdirSync(REPORTS, { recursive: true });
    writeFileSync(join(REPORTS, `${this.#suite}.json`), `${JSON.stringify(report)}\n`);
  }
}

function stateOf(test: TestCase): SuiteReport['tests'][number]['state'] {
  const { state } = test.result();
  if (test.options.fails) return 'inverted';
  return state === 'passed' || state === 'failed' ? state : 'skipped';
}
