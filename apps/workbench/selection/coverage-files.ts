import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import type { StateDeps } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import { recordCoverage } from '@selfheal/pull-request-quality/app/test-selection/select-for-change.ts';
import { isTestFile } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import * as z from 'zod';
import { filesOfRepository, readReportFile } from '#shared/adapters/archive/report-files.ts';
import { runGit } from '../input/git.ts';
import { inputError } from '../input/open-input.ts';

const MAX_BYTES = 500_000_000;

/** coverage.py's JSON report with contexts. https://coverage.readthedocs.io/en/latest/contexts.html */
const PytestContexts = z.object({
  meta: z.object({ show_contexts: z.literal(true) }),
  files: z.record(z.string(), z.object({ contexts: z.record(z.string(), z.array(z.string())) })),
});
/** Istanbul's `coverage-final.json`, which Vitest and Jest write, too. */
const Istanbul = z.record(z.string(), z.object({ path: z.string(), s: z.record(z.string(), z.number()) }));
/** Selfheal's own: files by file of tests. */
const Plain = z.object({ tests: z.record(z.string(), z.array(z.string())) });

/**
 * Records which source files each file of tests ran. `folder` is in the repository; `test` is the file of tests whose run the coverage shows, for formats that
 * do not name tests. Says how many files of tests the coverage names, and how many are known by now. Throws `UsageError` for coverage without any.
 */
export async function recordCoverageFiles(
  deps: StateDeps,
  coverage: readonly string[],
  { folder, test, commit }: { folder: string; test?: string | undefined; commit?: string | undefined },
): Promise<{ readonly covered: number; readonly tests: number }> {
  const root = (await runGit(folder, 'rev-parse', '--show-toplevel'))?.trimEnd() ?? folder;
  const tree = await openSourceTree(root, runGit);
  const place = { root: resolve(root), files: new Set(tree.files) };
  const of = test?.replace(/^\.\//, '') ?? null;
  if (of !== null && (!place.files.has(of) || !isTestFile(of)))
    throw new UsageError(`--test ${test}: this is no file of tests in the repository. Give its path from the root.`);
  const covered = new Map<string, Set<string>>();
  for (const file of coverage) await readCoverageFile(file, of, place, covered);
  if (covered.size === 0)
    throw new UsageError(
      `${coverage.join(', ')}: names no file of tests of this repository. Record contexts ("pytest --cov --cov-context=test").`,
    );
  const at = { commit: commit ?? tree.commit ?? 'unknown', files: tree.files };
  return { covered: covered.size, tests: await recordCoverage(deps, covered, at) };
}

/** Paths of the repository. */
interface CoveragePlace {
  readonly root: string;
  readonly files: ReadonlySet<string>;
}

/** Adds what a coverage file says to `covered`. `test`: the file of tests whose run it shows, for formats that do not name tests. */
async function readCoverageFile(
  file: string,
  test: string | null,
  place: CoveragePlace,
  covered: Map<string, Set<string>>,
): Promise<void> {
  const pathOf = (given: string): string | null => {
    const root = `${resolve(place.root)}/`;
    const path = given.startsWith(root) ? given.slice(root.length) : given.replace(/^\.\//, '');
    return place.files.has(path) ? path : null;
  };
  const add = (by: string, given: string): void => {
    const [tests, source] = [pathOf(by), pathOf(given)];
    if (tests === null || !isTestFile(tests) || source === null) return;
    covered.set(tests, (covered.get(tests) ?? new Set()).add(source));
  };
  const content = file.endsWith('.json') ? jsonIn(file) : null;
  const contexts = PytestContexts.safeParse(content);
  if (contexts.success) {
    const byModule = testsByModule(place.files);
    for (const [source, { contexts: lines }] of Object.entries(contexts.data.files))
      for (const context of new Set(Object.values(lines).flat())) add(testOfContext(context, byModule), source);
    return;
  }
  const plain = Plain.safeParse(content);
  if (plain.success) {
    for (const [by, sources] of Object.entries(plain.data.tests)) for (const source of sources) add(by, source);
    return;
  }
  if (test === null)
    throw new UsageError(
      `${file}: this coverage does not name tests. Say which file of tests it is of with --test, or record contexts ("coverage json --show-contexts").`,
    );
  const istanbul = Istanbul.safeParse(content);
  const sources = istanbul.success
    ? Object.values(istanbul.data).flatMap(({ path, s }) => (Object.values(s).some((count) => count > 0) ? [path] : []))
    : await reportedSources(file, place);
  covered.set(test, covered.get(test) ?? new Set());
  for (const source of sources) add(test, source);
}

function jsonIn(file: string): unknown {
  try {
    if (statSync(file).size > MAX_BYTES) throw new UsageError(`${file}: more than ${MAX_BYTES / 1e6} MB. Split it.`);
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: this is not JSON. Write the coverage again.`);
    throw error instanceof UsageError ? error : inputError(file, error);
  }
}

/** Sources with a covered line, from a report of any other format (lcov, Cobertura, Go). */
async function reportedSources(file: string, { root }: CoveragePlace): Promise<string[]> {
  const { readReports } = await import('@selfheal/reports/read/read-reports.ts');
  const workspace = resolve(root);
  const paths = { workspaces: [workspace], files: filesOfRepository(workspace) };
  const { coverage, unreadable } = await readReports([{ name: file, pieces: readReportFile(file) }], {
    kind: 'coverage',
    paths,
  });
  const [problem] = unreadable;
  if (problem !== undefined) throw new UsageError(problem.message);
  return (coverage?.files ?? []).flatMap(({ path, covered }) => (covered.length > 0 ? [path] : []));
}

const testsByModule = (files: ReadonlySet<string>): ReadonlyMap<string, string> =>
  new Map([...files].filter(isTestFile).map((file) => [file.replace(/\.py$/, '').replaceAll('/', '.'), file]));

/** `tests/test_cart.py::test_adds|run` of pytest-cov, or `tests.test_cart.test_adds` of coverage.py; empty for another context. */
function testOfContext(context: string, byModule: ReadonlyMap<string, string>): string {
  if (context.includes('::')) return context.slice(0, context.indexOf('::'));
  const parts = context.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = byModule.get(parts.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return '';
}
