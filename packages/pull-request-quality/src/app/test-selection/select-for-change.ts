import { resultsOf } from '../../domain/flaky-tests/test-history.ts';
import {
  CoverageMap,
  type CoveredFiles,
  EMPTY_COVERAGE_MAP,
  withCoverage,
} from '../../domain/test-selection/coverage-map.ts';
import {
  type Dependencies,
  type FailureShares,
  type Selection,
  type SelectionSettings,
  selectTests,
} from '../../domain/test-selection/select-tests.ts';
import type { QualityState } from '../../ports/quality-state.ts';
import type { ModuleResolver, SourceLexer, SourceTree } from '../../ports/source-tree.ts';
import { type KnownHistory, readHistories } from '../flaky-tests/test-history.ts';
import { type DocumentKind, readDocument, type StateDeps, updateDocument } from '../quality-state/update-document.ts';
import { readDependencies } from './dependency-graph.ts';
import { findTests } from './find-tests.ts';
import { type Git, readChanges } from './read-changes.ts';

const MAP: DocumentKind<CoverageMap> = { schema: CoverageMap, empty: EMPTY_COVERAGE_MAP, what: 'coverage map' };
const MAP_DOCUMENT = 'test-selection/coverage-map';

export interface SelectionRequest {
  readonly git: Git;
  readonly tree: SourceTree;
  readonly lexer: SourceLexer;
  /** Resolves imports among the given files. */
  readonly resolverOf: (files: readonly string[]) => ModuleResolver;
  /** Coverage map and history of failures; null without a state. */
  readonly state: QualityState | null;
  /** The branch or commit that the change is for. */
  readonly base: string;
  /** Why everything runs in any case, as a sentence; null when the change decides. */
  readonly whole: string | null;
  /** Files and folders below the root that Selfheal itself keeps there; uncommitted, they are no change. */
  readonly ownPaths: readonly string[];
  readonly settings: SelectionSettings;
}

/** Where everything runs in any case. */
const NO_DEPENDENCIES: Dependencies = {
  affected: () => new Map(),
  unread: () => null,
  isNamed: () => true,
  loadedBefore: () => null,
};

/** Chooses the tests of the change that is checked out. */
export async function selectForChange(request: SelectionRequest): Promise<Selection> {
  const { git, tree, lexer, resolverOf, state, base, whole, ownPaths, settings } = request;
  const changes = whole === null ? await readChanges(git, base, ownPaths) : { unknown: whole };
  const deleted =
    'files' in changes ? changes.files.flatMap(({ path, status }) => (status === 'deleted' ? [path] : [])) : [];
  const coverage = state === null ? EMPTY_COVERAGE_MAP : (await readDocument(state, MAP_DOCUMENT, MAP)).value;
  const histories = state === null ? [] : await readHistories(state, null);
  const tests = await findTests(tree);
  const isDecided = 'unknown' in changes || !settings.enabled || changes.files.length > settings.threshold;
  const dependencies = isDecided
    ? NO_DEPENDENCIES
    : await readDependencies({
        tree,
        lexer,
        tests: new Set(tests),
        resolver: resolverOf([...tree.files, ...deleted]),
        deleted,
        coverage,
      });
  return selectTests({
    changes,
    tests,
    dependencies,
    failures: failureShares(histories),
    settings,
    commit: tree.commit ?? '',
  });
}

/** Weight of a result, compared with that of the next newer one. */
const AGING = 0.9;

/** How often the tests of each file failed, by the one that did most; newer results weigh more. */
function failureShares(histories: readonly KnownHistory[]): FailureShares {
  const shares = new Map<string, number>();
  for (const { history } of histories)
    for (const test of Object.values(history.tests)) {
      if (test.file === null) continue;
      const results = resultsOf(test, history).flatMap((result) => (result === null ? [] : [result !== 'passed']));
      const weights = results.map((_, at) => AGING ** (results.length - 1 - at));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const failed = weights.reduce((sum, weight, at) => sum + (results[at] === true ? weight : 0), 0);
      if (total > 0) shares.set(test.file, Math.max(shares.get(test.file) ?? 0, failed / total));
    }
  return shares;
}

/** Records which source files each file of tests ran; says how many files of tests are known by now. */
export async function recordCoverage(
  deps: StateDeps,
  covered: CoveredFiles,
  { commit, files }: { readonly commit: string; readonly files: readonly string[] },
): Promise<number> {
  const known = new Set(files);
  const { value } = await updateDocument(deps, MAP_DOCUMENT, MAP, (map) =>
    withCoverage(map, covered, commit, (path) => known.has(path)),
  );
  return Object.keys(value.tests).length;
}
