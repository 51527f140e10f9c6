import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { makeModuleResolver } from '@selfheal/pull-request-quality/adapters/architecture/module-resolver.ts';
import { openSourceTree } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { makeSourceLexer } from '@selfheal/pull-request-quality/adapters/parsers/source-lexer.ts';
import { readDependencies } from '@selfheal/pull-request-quality/app/test-selection/dependency-graph.ts';
import { EMPTY_COVERAGE_MAP, withCoverage } from '@selfheal/pull-request-quality/domain/test-selection/coverage-map.ts';
import { isCritical, isTestFile } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import {
  type Dependencies,
  type Selection,
  selectTests,
} from '@selfheal/pull-request-quality/domain/test-selection/select-tests.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { readCoverage, type SuiteCoverage } from './mutants/coverage.ts';
import { dataMutationsOf, type Mutation, mutated, mutationsOf } from './mutants/mutations.ts';
import { copyRepository, type Suite, startSuite } from './mutants/suite.ts';

/** What is mutated: code, modules whose import is computed or delayed, data, configuration. */
const KINDS = { code: 0.6, 'dynamic import': 0.2, data: 0.15, configuration: 0.05 } as const;
type Kind = keyof typeof KINDS;

interface Mutant extends Mutation {
  readonly kind: Kind;
  readonly path: string;
}

/** What a selection did with a mutant: without a coverage map, or with one. */
interface Chosen {
  /** Files of tests that fail although they were skipped. */
  readonly skippedFailing: readonly string[];
  /** Files of tests that it skips. */
  readonly skipped: number;
  /** Share of the time of the fast suite that they take. */
  readonly skippedTime: number;
}

/** A mutant and what became of it. */
interface Tried {
  readonly kind: Kind;
  readonly place: string;
  /** Some file of tests fails that selection chooses without a coverage map. */
  readonly selectedFails: boolean;
  readonly isFull: boolean;
  readonly withoutMap: Chosen;
  readonly withMap: Chosen;
}

/** What selection did with the mutants that at least one test shows. */
export interface ChosenFigures {
  /** None of the files of tests that show it was selected. */
  readonly missed: number;
  /** Some that show it were skipped, as far as those were run that have to do with the file. */
  readonly partly: number;
  readonly skipped: number;
  readonly skippedTime: number;
}

export interface MutantFigures {
  readonly faults: number;
  readonly byKind: Readonly<Record<Kind, number>>;
  /** Mutants that no test shows. */
  readonly survived: number;
  /** Faults for which everything runs. */
  readonly full: number;
  readonly withoutMap: ChosenFigures;
  readonly withMap: ChosenFigures;
  readonly partlyIn: readonly string[];
}

const PRODUCT = /^(?:shared|functions|apps|infra|statemachines|packages\/[^/]+\/src)\/.*(?<!\.d)\.ts$/;
const BROWSER = /^apps\/(?:dashboard|guide)\//;
const DATA = /\.(?:json|ya?ml)$/;
/** Seconds of processor time for tests that otherwise take this many. */
const limitFor = (seconds: number): number => 40 + 10 * seconds;
/** Milliseconds of a quick file of tests. */
const QUICK = 2000;
/**
 * Files of tests that run at once until one fails: quick ones first, and of them those that selection puts first. A mutant that none of them shows counts as survived, though one
 * farther away might: all of these were selected.
 */
const ROUNDS = [3, 9, 28];

/**
 * Mutates this repository at a commit, one place at a time, in a copy below `.selfheal`, and runs the files of tests of the fast suite that execute the
 * mutated line, as Stryker's coverage analysis per test does; of a data file those that read it. All tests that execute the file at all, load or read
 * it and that selection skips are run, too. What was measured for the commit and seed is kept there: a run that was ended goes on.
 */
export async function plantMutants(
  options: {
    readonly root: string;
    readonly commit: string;
    readonly seed: number;
    readonly mutants: number;
    readonly tests: number;
  },
  say: (line: string) => void,
): Promise<MutantFigures> {
  const folder = join(options.root, '.selfheal', 'mutants');
  const copy = join(folder, 'repository');
  mkdirSync(folder, { recursive: true });
  copyRepository(options.root, options.commit, copy);
  const probed = join(folder, `coverage-${options.commit}-${options.tests}`);
  if (!existsSync(probed)) await recordCoverage(copy, probed, options.tests, say);
  const baseline = JSON.parse(readFileSync(join(probed, 'baseline.json'), 'utf8')) as Baseline;
  const coverage = readCoverage(probed, copy);
  const session = new Session(copy, coverage, baseline, await knowledgeOf(copy, coverage));
  const suite = await startSuite(copy, null);
  const end = (): void => suite.end();
  process.once('exit', end);
  try {
    const results = join(folder, `mutants-${options.commit}-${options.tests}-${options.seed}.json`);
    const tried: Tried[] = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : [];
    const drawn = drawMutants(copy, session, options.seed);
    let at = 0;
    while (tried.filter(isShown).length < options.mutants) {
      const mutant = drawn();
      if (mutant === null) break;
      at += 1;
      if (at <= tried.length) continue;
      const one = await session.attempt(suite, mutant);
      tried.push(one);
      writeFileSync(results, JSON.stringify(tried));
      const { skippedFailing, skipped } = one.withoutMap;
      const outcome = !isShown(one)
        ? 'survived'
        : skippedFailing.length === 0
          ? 'selected'
          : `skipped ${skippedFailing}`;
      say(`${tried.length}. ${mutant.kind}, ${one.place}, ${mutant.operator}: ${outcome}; ${skipped} skipped`);
    }
    return figuresOf(tried, session.tests.length, options.mutants);
  } finally {
    end();
    process.off('exit', end);
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The fast suite without a mutant. */
interface Baseline {
  readonly failed: readonly string[];
  readonly took: Readonly<Record<string, number>>;
}

/** Runs the suite once and keeps what each file of tests ran and read. */
async function recordCoverage(copy: string, probed: string, count: number, say: (line: string) => void): Promise<void> {
  const unfinished = `${probed}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const name of ['files', 'sources', 'children']) mkdirSync(join(unfinished, name), { recursive: true });
  say('running the fast suite once, to see what each file of tests runs and reads');
  const suite = await startSuite(copy, unfinished);
  try {
    const sizeOf = (test: string): number => statSync(join(copy, test)).size;
    const tests = suite.tests.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, count);
    const answer = await suite.run({ tests, changed: [], untilFailure: false }, 4 * 3600);
    if (answer === null) throw new Error('The fast suite did not end.');
    const baseline: Baseline = { failed: answer.failed, took: answer.took };
    writeFileSync(join(unfinished, 'baseline.json'), JSON.stringify(baseline));
    renameSync(unfinished, probed);
  } finally {
    suite.end();
  }
}

interface Knowledge {
  readonly tests: readonly string[];
  readonly sources: readonly string[];
  readonly withoutMap: Dependencies;
  readonly withMap: Dependencies;
  readonly commit: string;
}

/** What "selfheal test select" knows in the copy, without a coverage map and with the one that its tests give. */
async function knowledgeOf(copy: string, { ran }: SuiteCoverage): Promise<Knowledge> {
  const tree = await openSourceTree(copy, runGit);
  const textOf = (file: string): string | null =>
    existsSync(join(copy, file)) ? readFileSync(join(copy, file), 'utf8') : null;
  const known = new Set(tree.files);
  const commit = tree.commit ?? '';
  const recorded = withCoverage(EMPTY_COVERAGE_MAP, ran, commit, (path) => known.has(path));
  const read = (coverage: typeof recorded) =>
    readDependencies({
      tree,
      lexer: makeSourceLexer(),
      tests: new Set(tree.files.filter(isTestFile)),
      resolver: makeModuleResolver(tree.files, textOf),
      deleted: [],
      coverage,
    });
  return {
    tests: tree.files.filter(isTestFile),
    sources: tree.files,
    withoutMap: await read(EMPTY_COVERAGE_MAP),
    withMap: await read(recorded),
    commit,
  };
}

const isShown = ({ selectedFails, withoutMap }: Tried): boolean =>
  selectedFails || withoutMap.skippedFailing.length > 0;

class Session {
  private readonly copy: string;
  private readonly coverage: SuiteCoverage;
  private readonly baseline: Baseline;
  private readonly knowledge: Knowledge;

  constructor(copy: string, coverage: SuiteCoverage, baseline: Baseline, knowledge: Knowledge) {
    this.copy = copy;
    this.coverage = coverage;
    this.baseline = baseline;
    this.knowledge = knowledge;
  }

  get tests(): readonly string[] {
    return this.knowledge.tests;
  }

  get files(): readonly string[] {
    return this.knowledge.sources;
  }

  private selection(path: string, dependencies: Dependencies): Selection {
    const { tests, commit } = this.knowledge;
    // A mutant only changes what its file leads to, and selection asks what leads to the file: the graph of the unchanged repository holds.
    return selectTests({
      changes: { files: [{ path, status: 'modified' }] },
      tests,
      dependencies,
      failures: new Map(),
      settings: { enabled: true, threshold: 20, critical: [], sample: 0 },
      commit,
    });
  }

  /** The files of tests that a mutant may break: those that surely run it, and all that have to do with its file. */
  reach({ kind, path, line }: Mutant): { readonly running: readonly string[]; readonly touching: readonly string[] } {
    const { coverage, baseline } = this;
    const sound = (tests: readonly string[]) => tests.filter((test) => !baseline.failed.includes(test));
    const touching = new Set(coverage.touching(path));
    const isCode = kind === 'code' || kind === 'dynamic import';
    if (!isCode && touching.size > 0) for (const test of coverage.starting) touching.add(test);
    return {
      running: sound(isCode ? coverage.runningLine(path, line) : [...touching]),
      touching: sound([...touching]),
    };
  }

  async attempt(suite: Suite, mutant: Mutant): Promise<Tried> {
    const { path, kind } = mutant;
    const file = join(this.copy, path);
    const before = readFileSync(file, 'utf8');
    const selection = this.selection(path, this.knowledge.withoutMap);
    const withMap = this.selection(path, this.knowledge.withMap);
    const order = new Map(selection.run.map((one, at) => [one.file, at]));
    const { running, touching } = this.reach(mutant);
    const skipped = touching.filter((test) => !order.has(test));
    let failing: readonly string[] = [];
    let selectedFails = false;
    try {
      writeFileSync(file, mutated(before, mutant));
      failing = await this.failing(suite, skipped, path);
      const isSlow = (test: string): number => ((this.baseline.took[test] ?? 0) > QUICK ? 1 : 0);
      const rankOf = (test: string): number => order.get(test) ?? 0;
      const rest = running
        .filter((test) => order.has(test))
        .sort((a, b) => isSlow(a) - isSlow(b) || rankOf(a) - rankOf(b));
      for (const size of ROUNDS) {
        if (selectedFails) break;
        selectedFails = await this.fails(suite, rest.splice(0, size), path);
      }
    } finally {
      writeFileSync(file, before);
    }
    // A test that fails without the mutant, too, says nothing.
    const unsteady = failing.length === 0 ? [] : await this.failing(suite, failing, path);
    const caused = failing.filter((test) => !unsteady.includes(test));
    const chosen = (of: Selection): Chosen => ({
      skippedFailing: caused.filter((test) => of.skipped.includes(test)),
      skipped: of.skipped.length,
      skippedTime: this.timeOf(of.skipped) / this.timeOf(Object.keys(this.baseline.took)),
    });
    return {
      kind,
      place: `${path}:${mutant.line}`,
      selectedFails,
      isFull: selection.mode === 'full',
      withoutMap: chosen(selection),
      withMap: chosen(withMap),
    };
  }

  private timeOf(tests: readonly string[]): number {
    return tests.reduce((sum, test) => sum + (this.baseline.took[test] ?? 0), 0);
  }

  private async fails(suite: Suite, tests: readonly string[], changed: string): Promise<boolean> {
    if (tests.length === 0) return false;
    const seconds = limitFor(this.timeOf(tests) / 1000);
    const answer = await suite.run({ tests, changed: [changed], untilFailure: true }, seconds);
    return answer === null || answer.failed.length > 0;
  }

  private async failing(suite: Suite, tests: readonly string[], changed: string): Promise<readonly string[]> {
    if (tests.length === 0) return [];
    const seconds = limitFor(this.timeOf(tests) / 1000);
    const answer = await suite.run({ tests, changed: [changed], untilFailure: false }, seconds);
    if (answer !== null) return answer.failed;
    const failed: string[] = [];
    // Which of them hangs is to be seen one by one.
    for (const test of tests.length === 1 ? [] : tests) failed.push(...(await this.failing(suite, [test], changed)));
    return tests.length === 1 ? tests : failed;
  }
}

/** Draws mutants that some test reaches, of each kind its share, always the same for a seed. Returns null when there are no more. */
function drawMutants(copy: string, session: Session, seed: number): () => Mutant | null {
  const random = numbersFrom(seed);
  const textOf = (path: string): string => readFileSync(join(copy, path), 'utf8');
  const product = session.files.filter((path) => PRODUCT.test(path) && !BROWSER.test(path) && !isTestFile(path));
  const delayed = new Set(product.flatMap((path) => delayedImports(path, textOf(path), product)));
  const isProductData = (path: string): boolean => DATA.test(path) && !/^docs\/|^lab\/|package-lock/.test(path);
  const files: Record<Kind, readonly string[]> = {
    code: product.filter((path) => !delayed.has(path)),
    'dynamic import': [...delayed],
    data: session.files.filter((path) => isProductData(path) && !isCritical(path, [])),
    configuration: session.files.filter((path) => isProductData(path) && isCritical(path, [])),
  };
  const placesIn = (kind: Kind, path: string): Mutant[] =>
    (path.endsWith('.ts') ? mutationsOf(path, textOf(path)) : dataMutationsOf(textOf(path))).map((one) => ({
      ...one,
      kind,
      path,
    }));
  const code = files.code.flatMap((path) => placesIn('code', path));
  const delayedCode = files['dynamic import'].flatMap((path) => placesIn('dynamic import', path));
  /** Of code every place is as likely as another; of data every file, because some are long lists. */
  const places = (kind: Kind): Mutant[] => {
    if (kind === 'code') return code;
    if (kind === 'dynamic import') return delayedCode;
    const path = files[kind][Math.floor(random() * files[kind].length)];
    return path === undefined ? [] : placesIn(kind, path);
  };
  return () => {
    for (let tries = 0; tries < 2000; tries += 1) {
      let rest = random();
      const isDrawn = (one: Kind): boolean => {
        rest -= KINDS[one];
        return rest < 0;
      };
      const from = places((Object.keys(KINDS) as Kind[]).find(isDrawn) ?? 'code');
      const [mutant] = from.splice(Math.floor(random() * from.length), 1);
      if (mutant !== undefined && session.reach(mutant).running.length > 0) return mutant;
    }
    return null;
  };
}

/** Modules that a file imports only when it needs them, by a literal name or by a computed one below a folder. */
function delayedImports(path: string, text: string, product: readonly string[]): string[] {
  const named = [...text.matchAll(/\bimport\(\s*(['"`])([^'"`$]+)(?:\$\{[^`]*)?\1\s*\)/g)].map(
    (match) => match[2] ?? '',
  );
  return named.flatMap((specifier) => {
    const target = specifier.startsWith('#') ? specifier.slice(1) : join(dirname(path), specifier);
    return product.filter((one) => one === target || (target.endsWith('/') && one.startsWith(target)));
  });
}

function figuresOf(tried: readonly Tried[], tests: number, wanted: number): MutantFigures {
  const faults = tried.filter(isShown).slice(0, wanted);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const figures = (of: 'withoutMap' | 'withMap'): ChosenFigures => {
    // A test that the map adds to the selection fails, too: with it the fault is caught.
    const isCaught = (one: Tried): boolean =>
      one.selectedFails || one[of].skippedFailing.length < one.withoutMap.skippedFailing.length;
    return {
      missed: faults.filter((one) => !isCaught(one)).length,
      partly: faults.filter((one) => one[of].skippedFailing.length > 0).length,
      skipped: mean(faults.map((one) => one[of].skipped)) / tests,
      skippedTime: mean(faults.map((one) => one[of].skippedTime)),
    };
  };
  const count = (kind: Kind): number => faults.filter((one) => one.kind === kind).length;
  return {
    faults: faults.length,
    byKind: {
      code: count('code'),
      'dynamic import': count('dynamic import'),
      data: count('data'),
      configuration: count('configuration'),
    },
    survived: tried.filter((one) => !isShown(one)).length,
    full: faults.filter(({ isFull }) => isFull).length,
    withoutMap: figures('withoutMap'),
    withMap: figures('withMap'),
    partlyIn: faults.flatMap(({ place, withoutMap: { skippedFailing } }) =>
      skippedFailing.length === 0 ? [] : [`${place}: ${skippedFailing.join(', ')}`],
    ),
  };
}
