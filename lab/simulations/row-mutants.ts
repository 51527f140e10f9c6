import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { isTestFile } from '@selfheal/pull-request-quality/domain/test-selection/file-kinds.ts';
import { parseLedger } from '../../tools/requirements/ledger.ts';
import { readSingleRun, type SingleRun } from './mutants/coverage.ts';
import { functionsOf, importsOf, mirrors, type NamedFunction, wordsOf } from './mutants/functions.ts';
import { type Mutation, mutated, mutationsOf, wordMutationsOf } from './mutants/mutations.ts';
import { type DeclaredTest, declaredTests, rowsIn, type SuiteName, suiteOf } from './mutants/row-tests.ts';
import { copyRepository, type Suite, startSuite } from './mutants/suite.ts';

/** A row of the ledger that one test proves, and what one mutant of its behaviour showed. */
export interface RowMutant {
  readonly row: string;
  readonly test: string;
  readonly file: string;
  /**
   * `noticed`: the test fails. `survived`: it passes. `uncovered`: it runs no code of the product that could be mutated. `alone`: it fails when it
   * runs alone and without a mutant.
   */
  readonly outcome: 'noticed' | 'survived' | 'uncovered' | 'alone';
  /** The mutant; null if there is none. */
  readonly mutant: {
    readonly place: string;
    readonly operator: string;
    readonly from: string;
    readonly to: string;
  } | null;
}

export interface RowMutantFigures {
  /** Rows that rest on one test, by suite. */
  readonly alone: Readonly<Record<SuiteName, readonly string[]>>;
  readonly tried: readonly RowMutant[];
  /** Rows of the sample that the time did not suffice for. */
  readonly left: readonly string[];
}

/** The libraries are product, the fake servers and the local cloud are not. */
const PRODUCT =
  /^(?:(?:shared|functions|apps|infra|statemachines|tools)\/|packages\/(?!fake-|local-)[\w-]+\/src\/).*(?<!\.d)\.ts$/;
const DOCUMENT = /^(?!test\/|packages\/|node_modules\/|package-lock|docs\/requirements).*\.(?:md|ya?ml|json|html)$/;
const MAX_DOCUMENTS = 100;
/** Seconds of processor time for one test alone. */
const LIMIT = { fast: 240, slow: 900 } as const;
/** What says most about behaviour is drawn most often; a limit that is one higher seldom shows. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'condition negated': 4,
  'nothing returned': 4,
  'operator swapped': 4,
  'statement removed': 4,
  'negation removed': 3,
  'boolean flipped': 3,
  'list emptied': 2,
  'off by one': 0.25,
  'text changed': 0.5,
};

/**
 * For rows of the ledger that one test proves: mutates one place of the function that the test has to do with most, and runs that test alone. It all
 * happens in a copy of a commit below `.selfheal`, which is removed afterwards, by the next run if this one is killed.
 */
export async function plantRowMutants(
  options: {
    readonly root: string;
    readonly commit: string;
    readonly seed: number;
    readonly sample: number;
    readonly suite: 'fast' | 'slow';
    /** Only these rows. */
    readonly rows: readonly string[];
    /** Seconds by the clock, after which a row that is not finished is left, and all behind it. */
    readonly seconds: number;
  },
  say: (line: string) => void,
): Promise<RowMutantFigures> {
  const folder = join(options.root, '.selfheal', 'mutants');
  mkdirSync(folder, { recursive: true });
  removeOrphans(folder);
  const own = join(folder, `rows-${process.pid}`);
  const [copy, probe] = [join(own, 'repository'), join(own, 'coverage')];
  const until = performance.now() + 1000 * options.seconds;
  let suite: Suite | null = null;
  let probed: Suite | null = null;
  const end = (): void => {
    suite?.end();
    probed?.end();
    rmSync(own, { recursive: true, force: true });
  };
  const stop = (): void => process.exit(130);
  process.once('exit', end);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    copyRepository(options.root, options.commit, copy);
    for (const name of ['files', 'sources', 'children']) mkdirSync(join(probe, name), { recursive: true });
    const { groups, superseded } = parseLedger(readFileSync(join(copy, 'docs/requirements.md'), 'utf8'));
    const texts = new Map(groups.flatMap(({ rows }) => rows).map(({ id, text }) => [id, text]));
    const single = rowsOnOneTest(
      copy,
      [...texts.keys()].filter((id) => !superseded.has(id)),
    );
    const ofSuite = [...single].filter(([, test]) => suiteOf(test.file) === options.suite);
    const wanted = options.rows.length === 0 ? ofSuite : ofSuite.filter(([row]) => options.rows.includes(row));
    const drawn = shuffled(wanted, options.seed).slice(0, options.sample);
    probed = await startSuite(copy, probe, options.suite);
    suite = await startSuite(copy, null, options.suite);
    const session = new RowSession({
      copy,
      probe,
      suite,
      probed,
      limit: LIMIT[options.suite],
      until,
      all: ofSuite,
      texts,
    });
    const tried: RowMutant[] = [];
    for (const [row, test] of drawn) {
      const one = await session.attempt(row, test, options.seed);
      if (performance.now() > until) break;
      tried.push(one);
      say(
        `${tried.length}. ${row} ${one.outcome}${one.mutant === null ? '' : `, ${one.mutant.place}, ${one.mutant.operator}`}`,
      );
    }
    const of = (name: SuiteName): string[] =>
      [...single].flatMap(([row, test]) => (suiteOf(test.file) === name ? [row] : []));
    return {
      alone: { fast: of('fast'), slow: of('slow'), browser: of('browser') },
      tried,
      left: drawn.slice(tried.length).map(([row]) => row),
    };
  } finally {
    end();
    process.off('exit', end).off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Removes the copies of runs that were killed. */
function removeOrphans(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^rows-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || existsSync(`/proc/${pid}`)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Those rows that exactly one test names. */
function rowsOnOneTest(copy: string, rows: readonly string[]): Map<string, DeclaredTest> {
  const folders = ['test', ...readdirSync(join(copy, 'packages')).map((name) => `packages/${name}/test`)];
  const tests = folders
    .filter((folder) => existsSync(join(copy, folder)))
    .flatMap((folder) =>
      readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => `${folder}/${name}`),
    )
    .flatMap((file) => declaredTests(file, readFileSync(join(copy, file), 'utf8')));
  const byRow = new Map<string, DeclaredTest[]>();
  for (const test of tests)
    for (const row of new Set(rowsIn(test.name))) byRow.set(row, [...(byRow.get(row) ?? []), test]);
  const single = new Map<string, DeclaredTest>();
  for (const id of rows) {
    const [test, ...others] = byRow.get(id) ?? [];
    if (test !== undefined && others.length === 0) single.set(id, test);
  }
  return single;
}

/** In an order that the seed alone decides for each row, so that a row's place does not depend on how many others there are. */
function shuffled(
  rows: readonly (readonly [string, DeclaredTest])[],
  seed: number,
): (readonly [string, DeclaredTest])[] {
  const rankOf = (row: string): number => numbersFrom(seedOf(seed, row))();
  return rows.toSorted(([a], [b]) => rankOf(a) - rankOf(b));
}

const seedOf = (seed: number, row: string): number => (seed * 31 + row.charCodeAt(0)) * 1009 + Number(row.slice(1));

/** A function of the product that a test runs, with the mutations at places in it that the test runs. */
interface Candidate {
  readonly path: string;
  readonly mutations: readonly (Mutation & { readonly weight: number })[];
  readonly score: number;
}

interface RowSessionParts {
  readonly copy: string;
  readonly probe: string;
  readonly suite: Suite;
  readonly probed: Suite;
  readonly limit: number;
  /** By `performance.now()`: what does not end until then is ended. */
  readonly until: number;
  readonly all: readonly (readonly [string, DeclaredTest])[];
  /** Row id -> what it asks for. */
  readonly texts: ReadonlyMap<string, string>;
}

interface PlacedMutation extends Mutation {
  readonly column: number;
  /** Words of its line. */
  readonly words: ReadonlySet<string>;
}

interface SourceFile {
  readonly functions: readonly NamedFunction[];
  readonly mutations: readonly PlacedMutation[];
}

class RowSession {
  private readonly parts: RowSessionParts;
  private readonly sources = new Map<string, SourceFile>();

  constructor(parts: RowSessionParts) {
    this.parts = parts;
  }

  async attempt(row: string, test: DeclaredTest, seed: number): Promise<RowMutant> {
    const { copy, suite } = this.parts;
    const result = { row, test: test.name, file: test.file };
    const random = numbersFrom(seedOf(seed, row) + 1);
    const own = await this.runOf(test.file, test.pattern);
    if (own === null) return { ...result, outcome: 'alone', mutant: null };
    const others = await this.othersThan(test, random);
    const candidates = this.candidates(row, test, own, others);
    const best = Math.max(...candidates.map(({ score }) => score));
    const near = candidates.filter(({ score }) => score >= best - 0.1);
    const chosen = near[Math.floor(random() * near.length)] ?? this.document(row, test, own);
    const mutation = chosen === null ? undefined : weightedDraw(chosen.mutations, random);
    if (chosen === null || mutation === undefined) return { ...result, outcome: 'uncovered', mutant: null };
    const path = join(copy, chosen.path);
    const before = readFileSync(path, 'utf8');
    try {
      writeFileSync(path, mutated(before, mutation));
      const answer = await suite.run(
        { tests: [test.file], changed: [chosen.path], untilFailure: true, names: test.pattern },
        this.seconds(),
      );
      const outcome = answer === null || answer.failed.length > 0 ? 'noticed' : 'survived';
      const lineOf = (text: string): string => text.split('\n')[mutation.line - 1]?.trim() ?? '';
      const mutant = {
        place: `${chosen.path}:${mutation.line}`,
        operator: mutation.operator,
        from: lineOf(before),
        to: lineOf(mutated(before, mutation)),
      };
      return { ...result, outcome, mutant };
    } finally {
      writeFileSync(path, before);
    }
  }

  /** Processor time for one run: a run may take twice as many seconds by the clock. */
  private seconds(): number {
    const { limit, until } = this.parts;
    return Math.min(limit, Math.max(0, until - performance.now()) / 2000);
  }

  /** Runs tests of a file; null if one fails or none has the name. */
  private async runOf(file: string, names: string): Promise<SingleRun | null> {
    const { probed, probe } = this.parts;
    const answer = await probed.run({ tests: [file], changed: [], untilFailure: false, names }, this.seconds());
    if (answer === null || answer.failed.length > 0 || answer.count === 0) return null;
    return readSingleRun(probe, file);
  }

  /** A run of tests that have to do with something else: the others of the same file; where it has none, one of another file in the same folder. */
  private async othersThan(test: DeclaredTest, random: () => number): Promise<SingleRun[]> {
    const siblings = await this.runOf(test.file, `^(?!.*${test.pattern})`);
    if (siblings !== null) return [siblings];
    const folder = test.file.slice(0, test.file.lastIndexOf('/') + 1);
    const elsewhere = this.parts.all.map(([, one]) => one).filter(({ file }) => file !== test.file);
    const nearby = elsewhere.filter(({ file }) => file.startsWith(folder));
    const from = nearby.length > 0 ? nearby : elsewhere;
    const neighbour = from[Math.floor(random() * from.length)];
    const another = neighbour === undefined ? null : await this.runOf(neighbour.file, neighbour.pattern);
    return another === null ? [] : [another];
  }

  private source(path: string): SourceFile {
    const text = readFileSync(join(this.parts.copy, path), 'utf8');
    const lines = text.split('\n');
    const known = this.sources.get(path) ?? {
      functions: functionsOf(path, text),
      mutations: mutationsOf(path, text).map((one) => ({
        ...one,
        column: one.start - (text.lastIndexOf('\n', one.start - 1) + 1),
        words: wordsOf(lines[one.line - 1] ?? ''),
      })),
    };
    this.sources.set(path, known);
    return known;
  }

  /** The words in a document that the test reads which have most to do with the row; null if it reads none, or none that has. */
  private document(row: string, test: DeclaredTest, own: SingleRun): Candidate | null {
    const { copy, texts } = this.parts;
    const wanted = wordsOf(`${texts.get(row)} ${test.name}`);
    const documents = own.reads.filter((path) => DOCUMENT.test(path) && existsSync(join(copy, path)));
    // A test that reads the whole repository looks for what must not be there: no word of it can be wrong.
    if (documents.length > MAX_DOCUMENTS) return null;
    const found = documents.flatMap((path) => {
      const mutations = wordMutationsOf(path, readFileSync(join(copy, path), 'utf8'), wanted);
      const score = Math.max(0, ...mutations.map(({ weight }) => weight));
      // Of lines that have less in common with the row, another test may ask for the words.
      return score === 0 ? [] : [{ path, mutations: mutations.filter(({ weight }) => weight === score), score }];
    });
    return found.toSorted((one, other) => other.score - one.score)[0] ?? null;
  }

  /** Functions that the test runs, scored by how much it has to do with them and the others do not. */
  private candidates(row: string, test: DeclaredTest, own: SingleRun, others: readonly SingleRun[]): Candidate[] {
    const { copy, texts } = this.parts;
    const imported = new Set(importsOf(test.file, readFileSync(join(copy, test.file), 'utf8')));
    const wanted = wordsOf(`${texts.get(row)} ${test.name}`);
    const found = own.paths
      .filter((path) => PRODUCT.test(path) && !isTestFile(path))
      .flatMap((path) => {
        const { functions, mutations } = this.source(path);
        const run = mutations.filter(({ line, column }) => own.ran(path, line, column));
        const isOwn = ({ line, column }: PlacedMutation): boolean =>
          !others.some((other) => other.ran(path, line, column));
        return functions.flatMap((one) => {
          const inside = run.filter((mutation) => isInside(mutation, one));
          const special = inside.filter(isOwn);
          const closeness = mirrors(test.file, path) ? 1 : imported.has(path) ? 0.5 : 0;
          const score = (special.length > 0 ? 1 : 0) + closeness;
          const drawn = special.length > 0 ? special : inside;
          return drawn.length === 0 ? [] : [{ path, mutations: drawn, score, words: one.words }];
        });
      });
    // A word that few of the functions have says more (K. Sparck Jones, 1972).
    const weightOf = (word: string): number => {
      const having = found.filter(({ words }) => words.has(word)).length;
      return having === 0 ? 0 : Math.log(1 + found.length / having);
    };
    const weights = new Map([...wanted].map((word) => [word, weightOf(word)]));
    const sum = (words: Iterable<string>): number =>
      [...words].reduce((total, word) => total + (weights.get(word) ?? 0), 0);
    const all = Math.max(sum(wanted), 1);
    const usual = found.reduce((total, { words }) => total + words.size, 0) / found.length;
    // Long functions have some of every words (length normalization of Okapi BM25).
    const likeness = (words: ReadonlySet<string>): number => sum(words) / all / (0.25 + (0.75 * words.size) / usual);
    return found.map(({ path, mutations, score, words }) => ({
      path,
      mutations: mutations.map((one) => ({ ...one, weight: (WEIGHTS[one.operator] ?? 1) * (1 + sum(one.words)) })),
      score: score + 4 * likeness(words),
    }));
  }
}

const isInside = (one: Mutation, { start, end, inner }: NamedFunction): boolean =>
  one.start >= start && one.end <= end && !inner.some((part) => one.start >= part.start && one.end <= part.end);

function weightedDraw<T extends { readonly weight: number }>(from: readonly T[], random: () => number): T | undefined {
  let rest = random() * from.reduce((sum, { weight }) => sum + weight, 0);
  return from.find(({ weight }) => {
    rest -= weight;
    return rest < 0;
  });
}
