import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Figure, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import { readReport } from '@selfheal/reports/read/read-report.ts';
import * as z from 'zod';
import { mutateReports, type ReportFile } from './mutated-reports.ts';
import type { Suite } from './suite.ts';

const MUTANTS = 10_000;
/** No mutant may take longer. */
const MAX_MILLISECONDS = 5_000;
/** Larger files are left out of the mutations, which would take hours. */
const MAX_MUTATED_BYTES = 400_000;

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

interface TestReading {
  readonly totals: Counts;
  readonly failed: readonly ReportedTest[];
}

const Expected = z.object({
  stats: z.object({
    errors: z.array(z.unknown()),
    tests: z.number(),
    tests_fail: z.number(),
    tests_error: z.number(),
    tests_skip: z.number(),
  }),
  annotations: z.array(z.object({ title: z.string(), annotation_level: z.string() })),
});

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function readTests({ path, bytes }: ReportFile): Promise<TestReading> {
  const failed: ReportedTest[] = [];
  const summary = await readReport(
    { name: path, pieces: pieceOf(bytes) },
    {},
    { test: (test) => void failed.push(test) },
  );
  if (summary.kind !== 'tests') throw new Error(`${path}: read as ${summary.format}`);
  return { totals: summary.totals, failed };
}

const readAny = (name: string, bytes: Uint8Array): Promise<unknown> =>
  readReport(
    { name, pieces: pieceOf(bytes) },
    {},
    { wantsTest: () => true, test: () => {}, finding: () => {}, coverage: () => {} },
  );

async function filesIn(folder: string): Promise<ReportFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.gz') && !/^(?:LICENSE|README)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (paths.length === 0) throw new InvalidInput(`${folder}: no gzipped reports here.`);
  return Promise.all(
    paths.map(async (path) => ({
      path: path.slice(folder.length + 1).replace(/\.gz$/, ''),
      bytes: gunzipSync(await readFile(path)),
    })),
  );
}

const isSame = (a: Counts, b: Counts): boolean =>
  a.tests === b.tests && a.failures === b.failures && a.errors === b.errors && a.skipped === b.skipped;

const wordsOf = ({ tests, failures, errors, skipped }: Counts): string => `${tests}/${failures}/${errors}/${skipped}`;

/** Names of failed tests as the expected annotations give them: `name (class) failed`. */
function expectedNames({ annotations }: z.infer<typeof Expected>): string[] {
  return annotations.flatMap(({ title, annotation_level }) => {
    const name = /^(?:\d+ out of \d+ runs (?:failed|with error): )?(.*?)(?: failed| with error)?$/s.exec(title)?.[1];
    return annotation_level === 'notice' || name === undefined || !/ (?:failed|with error)$|^\d+ out of/.test(title)
      ? []
      : [name];
  });
}

/** Whether each expected name is that of one failed test: its own name, with or without its class. */
function isSameNames(expected: readonly string[], failed: readonly ReportedTest[]): boolean {
  const plain = (text: string): string =>
    text
      .replace(/\\U[0-9a-f]{8}/g, '')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  const left = [...new Set(failed.map(({ suite, name }) => `${suite}\n${name}`))].map((one) => one.split('\n'));
  for (const name of expected) {
    const found = left.findIndex(([suite = '', own = '']) =>
      [own, `${own} (${suite})`, `${suite}.${own} (${suite})`, `${suite}.${own}`].some(
        (form) => plain(form) === plain(name),
      ),
    );
    if (found < 0) return false;
    left.splice(found, 1);
  }
  return left.length === 0;
}

interface Verdict {
  readonly isEqual: boolean;
  readonly isNamed: boolean;
}

/** Compares the source of a pair with its `results.json`. */
async function comparePair(
  expectedFile: ReportFile,
  files: ReadonlyMap<string, ReportFile>,
  say: (message: string) => void,
): Promise<Verdict> {
  const expected = Expected.parse(JSON.parse(expectedFile.bytes.toString()));
  const base = expectedFile.path.slice(0, -'.results.json'.length);
  const source = ['.trx', '.xml', '.json', '.junit-xml'].flatMap((end) => files.get(base + end) ?? [])[0];
  if (source === undefined) throw new InvalidInput(`${expectedFile.path}: the report that it belongs to is missing.`);
  const { tests, tests_fail, tests_error, tests_skip, errors } = expected.stats;
  const wanted = { tests, failures: tests_fail, errors: tests_error, skipped: tests_skip };
  try {
    const { totals, failed } = await readTests(source);
    const isEqual = errors.length === 0 && isSame(totals, wanted);
    const isNamed = isSameNames(expectedNames(expected), failed) || expected.annotations.length === 0;
    if (!isEqual) say(`${source.path}: ${wordsOf(totals)}, expected ${wordsOf(wanted)}`);
    if (!isNamed)
      say(
        `${source.path}: failed ${failed.map(({ suite, name }) => `${name} (${suite})`).join('; ')}, expected ${expectedNames(expected).join('; ')}`,
      );
    return { isEqual, isNamed };
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    const isRight = errors.length > 0;
    if (!isRight) say(error.message);
    return { isEqual: isRight, isNamed: isRight };
  }
}

/** Reports that upstream converted to JUnit: both have to say the same. */
async function compareConversions(files: ReadonlyMap<string, ReportFile>, say: (message: string) => void) {
  let equal = 0;
  let all = 0;
  for (const [path, converted] of files) {
    if (!path.endsWith('.junit-xml')) continue;
    const base = path.slice(0, -'.junit-xml'.length);
    const source = ['.trx', '.xml', '.json'].flatMap((end) => files.get(base + end) ?? [])[0];
    if (source === undefined) continue;
    const [own, theirs] = await Promise.all([source, converted].map((one) => readTests(one).catch(() => null)));
    if (own == null || theirs == null) continue;
    all += 1;
    if (isSame(own.totals, theirs.totals)) equal += 1;
    else say(`${source.path}: ${wordsOf(own.totals)}, converted ${wordsOf(theirs.totals)}`);
  }
  return proportion('converted to JUnit by others: equal totals', equal, all, { goal: 1 });
}

/** Tables of passed, failed and skipped tests that test-reporter makes of its fixtures. */
async function compareTables(
  files: ReadonlyMap<string, ReportFile>,
  say: (message: string) => void,
): Promise<Figure[]> {
  const rows = [...files.values()].flatMap(({ path, bytes }) =>
    path.endsWith('.md') ? rowsOf(path, bytes.toString()) : [],
  );
  let equal = 0;
  let all = 0;
  for (const { source, passed, failed, skipped } of rows) {
    const file = files.get(source);
    if (file === undefined) continue;
    all += 1;
    try {
      const { kind, ...summary } = await readReport({ name: source, pieces: pieceOf(file.bytes) }, {}, {});
      if (kind !== 'tests' || !('runs' in summary)) continue;
      const { tests, failures, errors, skipped: left } = summary.runs;
      const words = `${tests - failures - errors - left}/${failures + errors}/${left}`;
      if (words === `${passed}/${failed}/${skipped}`) equal += 1;
      else say(`${source}: ${words}, expected ${passed}/${failed}/${skipped}`);
    } catch (error) {
      if (!(error instanceof UnreadableReport)) throw error;
      // Others count what a file that was cut off still holds.
      say(`not compared: ${error.message}`);
      all -= 1;
    }
  }
  return proportion('tables of test-reporter: equal passed, failed and skipped', equal, all, { goal: 1 });
}

function rowsOf(path: string, text: string) {
  const row = /^\|\[?(fixtures\/[^\]|]+)(?:\]\([^)]*\))?\|(?:(\d+) ✅)?\|(?:(\d+) ❌)?\|(?:(\d+) ⚪)?\|/gm;
  return [...text.matchAll(row)].map(([, file = '', passed = '0', failed = '0', skipped = '0']) => ({
    source: `${path.replace(/__outputs__\/.*/, '')}${file}`,
    passed,
    failed,
    skipped,
  }));
}

const IS_REPORT = /\.(?:xml|trx|sarif|json|golden|junit-xml)$/;

export const reports: Suite = {
  name: 'reports',
  summary: 'reports of tests, coverage and findings: totals and failed names of labelled ones, and 10,000 damaged ones',
  async run(dataDir, { progress }) {
    const all = await filesIn(dataDir);
    const files = new Map(all.map((file) => [file.path, file]));
    const verdicts: Verdict[] = [];
    for (const file of all)
      if (file.path.endsWith('.results.json')) verdicts.push(await comparePair(file, files, progress));
    const given = all.filter(({ path }) => IS_REPORT.test(path) && !path.endsWith('.results.json'));
    let parsed = 0;
    let refused = 0;
    for (const { path, bytes } of given) {
      try {
        await readAny(path, bytes);
        parsed += 1;
      } catch (error) {
        if (!(error instanceof UnreadableReport)) progress(`crashed: ${path}: ${String(error)}`);
        else {
          refused += 1;
          if (!/no report of a known format/.test(error.problem)) progress(`refused: ${error.message}`);
        }
      }
    }
    const small = given.filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_MUTATED_BYTES);
    const outcomes = await mutateReports(small, MUTANTS, readAny);
    for (const one of outcomes) {
      progress(
        `${one.kind}: ${one.parsed} parsed, ${one.refused} refused (${one.withoutLine} without a line), slowest ${one.slowestMilliseconds.toFixed(0)} ms`,
      );
      for (const crash of one.crashes.slice(0, 5)) progress(`crashed: ${crash}`);
    }
    const slowest = Math.max(...outcomes.map((one) => one.slowestMilliseconds));
    const crashes = outcomes.reduce((sum, one) => sum + one.crashes.length, 0);
    return {
      figures: [
        ...proportion('pairs: equal totals', verdicts.filter((one) => one.isEqual).length, verdicts.length, {
          goal: 1,
        }),
        ...proportion('pairs: equal failed names', verdicts.filter((one) => one.isNamed).length, verdicts.length, {
          goal: 1,
        }),
        ...(await compareConversions(files, progress)),
        ...(await compareTables(files, progress)),
        ...proportion('every file: parsed, or refused by name', parsed + refused, given.length, { goal: 1 }),
        ...proportion('  parsed', parsed, given.length),
        ...proportion(
          'damaged: neither a crash nor over 5 s',
          slowest > MAX_MILLISECONDS ? 0 : MUTANTS - crashes,
          MUTANTS,
          { goal: 1 },
        ),
        ...outcomes.flatMap((one) => proportion(`  ${one.kind}: refused`, one.refused, one.mutants)),
      ],
    };
  },
};
