import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import type { TestRun } from '@selfheal/diagnosis/failure/tests/test-run.ts';
import * as z from 'zod';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import type { Suite } from './suite.ts';

const Label = z.object({
  log: z.string(),
  repo: z.string().nullable(),
  expected: z.object({
    num_t_run: z.unknown().optional(),
    num_t_failed: z.unknown().optional(),
    analyzer: z.string().nullish(),
    frameworks: z.unknown().optional(),
  }),
  failed_tests: z.array(z.string()).nullable(),
});

interface ReadLog {
  readonly group: string;
  /** Runner by the label: its framework, or the build tool that started it. */
  readonly family: string;
  /** Expected counts, or null when the label has none. */
  readonly expected: { readonly run: number; readonly failed: number } | null;
  readonly names: readonly string[] | null;
  readonly found: TestRun;
}

function readRun(text: string): TestRun {
  const reader = makeTestRunReader();
  // Some logs end lines with a single CR.
  for (const line of text.split(/\r\n|\r|\n/)) reader.push(line);
  return reader.finish();
}

const sameSpaces = (name: string): string => name.replace(/\s+/g, ' ').trim();

function nameSets({ names, found }: ReadLog): { hits: number; wanted: number; given: number } {
  const wanted = new Set((names ?? []).map(sameSpaces));
  const given = new Set(found.failedNames.map(sameSpaces));
  return { hits: [...given].filter((name) => wanted.has(name)).length, wanted: wanted.size, given: given.size };
}

function isExact(read: ReadLog): boolean {
  const { hits, wanted, given } = nameSets(read);
  return hits === wanted && hits === given;
}

function figuresOf(reads: readonly ReadLog[]): Figure[] {
  const counted = reads.flatMap((read) => (read.expected === null ? [] : [{ ...read, expected: read.expected }]));
  const named = reads.filter(({ names }) => names !== null && names.length > 0);
  const run = counted.filter(({ expected, found }) => expected.run === found.run);
  const failed = counted.filter(({ expected, found }) => expected.failed === found.failed);
  const both = run.filter((read) => failed.includes(read));
  const goal = { goal: 0.95 };
  const sets = named.map(nameSets);
  const families = [...new Set(named.map(({ family }) => family))].sort();
  const total = (of: (one: (typeof sets)[number]) => number): number => sets.reduce((sum, one) => sum + of(one), 0);
  return [
    ...proportion('counts of tests run and failed, both exact', both.length, counted.length, goal),
    ...proportion('  run', run.length, counted.length),
    ...proportion('  failed', failed.length, counted.length),
    ...proportion('names of failed tests, exact', named.filter(isExact).length, named.length, goal),
    ...proportion(
      '  names found',
      total(({ hits }) => hits),
      total(({ wanted }) => wanted),
    ),
    ...proportion(
      '  names that are right',
      total(({ hits }) => hits),
      total(({ given }) => given),
    ),
    ...families.flatMap((family) => {
      const own = named.filter((read) => read.family === family);
      return proportion(`  names exact, ${family}`, own.filter(isExact).length, own.length);
    }),
  ];
}

/** `pytest`, `jest`; of Java, whose labels name a framework only sometimes, the build tool: `java-maven`. */
function familyOf({ analyzer, frameworks }: z.infer<typeof Label>['expected']): string {
  if (analyzer?.startsWith('java') === true) return analyzer;
  return typeof frameworks === 'string' ? frameworks : (analyzer ?? 'other');
}

export const bugswarmAnalyzer: Suite = {
  name: 'bugswarm-analyzer',
  summary: 'test reports: counts and failing test names in logs of seven kinds of runners, by kind',
  async run(dataDir) {
    const reads: ReadLog[] = [];
    for (const { log, repo, expected, failed_tests } of await readLabels(dataDir, 'labels.jsonl', Label)) {
      const { num_t_run: run, num_t_failed: failed } = expected;
      reads.push({
        group: repo ?? log,
        family: familyOf(expected),
        expected: typeof run === 'number' && typeof failed === 'number' ? { run, failed } : null,
        names: failed_tests,
        found: readRun(await readCaseText(dataDir, log)),
      });
    }
    return { figures: figuresOf(reads), byGroup: figuresByGroup(reads, ({ group }) => group, figuresOf) };
  },
};
