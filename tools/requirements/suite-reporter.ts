import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestProject, TestSpecification, Vitest } from 'vitest/node';
import { REPORTS, revisionOf, type SuiteReport } from './suite-report.ts';

/**
 * Vitest reporter that writes `.selfheal/reports/<suite>.json` for each project that ran: the result of each test, the commit, and whether the whole
 * suite ran. The suite has the name of its project.
 */
export default class SuiteReporter implements Reporter {
  #vitest: Vitest | undefined;
  readonly #whole = new Map<TestProject, boolean>();

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    const all = (await this.#vitest?.globTestSpecifications()) ?? [];
    const started = new Set(specifications.map(({ moduleId }) => moduleId));
    for (const project of new Set(specifications.map((one) => one.project))) {
      const own = specifications.filter((one) => one.project === project);
      const isWhole =
        all.every((one) => one.project !== project || started.has(one.moduleId)) &&
        own.every((one) => !one.testLines && !one.testNamePattern && !one.testIds && !one.testNames) &&
        !this.#vitest?.config.testNamePattern;
      this.#whole.set(project, isWhole);
    }
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    const root = this.#vitest?.config.root ?? process.cwd();
    const isComplete = reason !== 'interrupted' && errors.length === 0;
    mkdirSync(REPORTS, { recursive: true });
    for (const [project, isWhole] of this.#whole) {
      const own = modules.filter((module) => module.project === project);
      const report: SuiteReport = {
        suite: project.name,
        ...revisionOf(root),
        whole: isWhole && isComplete && own.every((module) => module.errors().length === 0),
        tests: own.flatMap((module) =>
          [...module.children.allTests()].map((test) => ({
            file: relative(root, module.moduleId),
            name: test.fullName,
            state: stateOf(test),
            ...(test.diagnostic()?.flaky ? { retried: true as const } : {}),
          })),
        ),
      };
      writeFileSync(join(REPORTS, `${report.suite}.json`), `${JSON.stringify(report)}\n`);
    }
  }
}

function stateOf(test: TestCase): SuiteReport['tests'][number]['state'] {
  const { state } = test.result();
  if (test.options.fails) return 'inverted';
  return state === 'passed' || state === 'failed' ? state : 'skipped';
}
