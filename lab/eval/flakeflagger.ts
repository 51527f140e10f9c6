import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { makeTestTally } from '@selfheal/diagnosis/failure/history/test-tally.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { csvRows } from '#apps/workbench/input/csv-rows.ts';
import type { Suite } from './suite.ts';

export interface RerunTest {
  readonly group: string;
  readonly flaky: boolean;
  readonly passes: number;
  readonly failures: number;
}

interface DrawnHistory extends RerunTest {
  readonly runs: number;
  readonly flagged: boolean;
  readonly score: number;
  /** Whether some of the drawn runs failed and some passed; otherwise the history cannot show flakiness. */
  readonly mixed: boolean;
}

/** Numbers of runs drawn per test, and the maximum recall that a history of this length allows. */
const SIZES = [
  { runs: 10, ceiling: 0.294 },
  { runs: 30, ceiling: 0.379 },
  { runs: 100, ceiling: 0.516 },
] as const;
const SEED = 20_221;

export async function readRerunTests(dataDir: string): Promise<RerunTest[]> {
  const file = (await readdir(dataDir)).find((name) => /^test_results\.csv(?:\.gz)?$/.test(name));
  if (file === undefined)
    throw new InvalidInput(
      `${dataDir}: the folder contains no test_results.csv or test_results.csv.gz. Pass another one with --data.`,
    );
  const bytes = await readFile(join(dataDir, file));
  const [titles = [], ...rows] = csvRows((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  const at = (title: string): number => titles.findIndex((one) => one.trim() === title);
  const [project, flaky, failing, passing] = ['Project', 'IsFlaky', 'NumFailingRuns', 'NumPassingRuns'].map(at);
  return rows.flatMap((row) => {
    const [failures, passes] = [failing, passing].map((column) => Number(row[column ?? -1]));
    if (failures === undefined || passes === undefined || !(failures + passes > 0)) return [];
    return [{ group: row[project ?? -1] ?? '', flaky: row[flaky ?? -1] === '1', passes, failures }];
  });
}

/** Draws a history of `runs` runs: each fails with the test's failure rate over all its recorded runs. */
function draw(test: RerunTest, runs: number, random: () => number): DrawnHistory {
  const tally = makeTestTally();
  const rate = test.failures / (test.failures + test.passes);
  for (let run = 0; run < runs; run++) tally.add(random() >= rate, null);
  const outcomes = tally.outcomes();
  const { kind, score } = judgeFlakiness(outcomes, true);
  const mixed = outcomes.failures > 0 && outcomes.failures < runs;
  return { ...test, runs, flagged: kind === 'flaky', score, mixed };
}

function figuresOf(drawn: readonly DrawnHistory[]): Figure[] {
  return SIZES.flatMap(({ runs, ceiling }) => {
    const own = drawn.filter((one) => one.runs === runs);
    const flaky = own.filter((one) => one.flaky);
    const never = own.filter(({ failures }) => failures === 0);
    const found = flaky.filter(({ flagged }) => flagged).length;
    return [
      ...proportion(`recall of flaky tests, ${runs} runs`, found, flaky.length, { goal: ceiling * 0.9 }),
      ...proportion(
        `  of those that failed and passed, ${runs} runs`,
        found,
        flaky.filter(({ mixed }) => mixed).length,
      ),
      ...proportion(
        `false flags on tests that never fail, ${runs} runs`,
        never.filter(({ flagged }) => flagged).length,
        never.length,
        {
          goal: 0,
          atMost: true,
        },
      ),
    ];
  });
}

export const flakeflagger: Suite = {
  name: 'flakeflagger',
  summary: 'flaky tests by 10, 30 and 100 runs drawn from 10,000 reruns of each test',
  async run(dataDir) {
    const random = numbersFrom(SEED);
    const tests = await readRerunTests(dataDir);
    const drawn = SIZES.flatMap(({ runs }) => tests.map((test) => draw(test, runs, random)));
    return { figures: figuresOf(drawn), byGroup: figuresByGroup(drawn, ({ group }) => group, figuresOf) };
  },
};
