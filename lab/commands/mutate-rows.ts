import { defineCommand, JSON_OPTION, listOf, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { plantRowMutants, type RowMutant } from '../simulations/row-mutants.ts';

const SAMPLE = { otherwise: 10_000, atMost: 10_000 };
const MINUTES = { otherwise: 600, atMost: 10_000 };
const OUTCOMES = {
  noticed: 'noticed',
  survived: 'survived',
  uncovered: 'not covered: the test runs no code of the product',
  alone: 'fails alone, without a mutant',
} as const satisfies Record<RowMutant['outcome'], string>;

export const mutateRows = defineCommand({
  name: 'mutate rows',
  summary: 'whether the one test that proves a row of the ledger notices a fault in what it tests',
  details:
    'For each row of docs/requirements.md that rests on one test: the test runs alone, to see which functions it runs that its neighbours do not; one\n' +
    'place of the function that has most to do with it is changed (a condition negated, a statement removed, nothing returned, ...), and the test runs\n' +
    'again. It all happens in a copy of a commit below .selfheal, which is removed. Rows whose only test is slow are sampled with --slow; those that only\n' +
    'the browser proves are counted.',
  options: {
    sample: { type: 'string', value: 'N', about: 'so many rows; all by default' },
    seed: {
      type: 'string',
      value: 'N|commit',
      about: 'decides which rows, and which mutants; "commit": another for each commit',
    },
    row: { type: 'string', value: 'ID,ID', about: 'only these rows' },
    slow: { type: 'boolean', about: 'the rows whose only test is in the slow suite' },
    minutes: { type: 'string', value: 'N', about: 'end after so many minutes, and list the rows that are left' },
    commit: { type: 'string', value: 'REV', about: 'which commit; HEAD by default' },
    check: { type: 'boolean', about: 'exit with 1 if a mutant survives or a test fails alone' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const root = (await runGit('.', 'rev-parse', '--show-toplevel'))?.trimEnd();
    const revision = options.commit ?? 'HEAD';
    const commit = (
      await runGit('.', 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
    )?.trim();
    if (root === undefined || !commit) throw new UsageError(`--commit ${revision}: there is no such commit here.`);
    const seed =
      options.seed === 'commit'
        ? Number.parseInt(commit.slice(0, 7), 16)
        : wholeNumber('seed', options.seed, { otherwise: 20_261, atMost: 1e9 });
    const figures = await plantRowMutants(
      {
        root,
        commit,
        seed,
        sample: wholeNumber('sample', options.sample, SAMPLE),
        suite: options.slow === true ? 'slow' : 'fast',
        rows: listOf(options.row),
        seconds: 60 * wholeNumber('minutes', options.minutes, MINUTES),
      },
      (line) => terminal.say(`selfheal: ${line}`),
    );
    const count = (outcome: RowMutant['outcome']): number =>
      figures.tried.filter((one) => one.outcome === outcome).length;
    const { alone, tried, left } = figures;
    if (options.json === true) await terminal.write(`${JSON.stringify({ commit, seed, ...figures })}\n`);
    else {
      for (const one of tried) await terminal.write(`${textOf(one)}\n`);
      await terminal.write(
        `${alone.fast.length} rows rest on one fast test, ${alone.slow.length} on one slow test, ${alone.browser.length} on one in a browser\n` +
          `seed ${seed}: ${tried.length} rows, ${count('noticed')} noticed, ${count('survived')} survived, ${count('uncovered')} not covered, ${count('alone')} failing alone` +
          `${left.length === 0 ? '' : `, ${left.length} left for lack of time: ${left.join(' ')}`}\n`,
      );
    }
    return options.check === true && count('survived') + count('alone') > 0 ? 1 : 0;
  },
});

function textOf({ row, test, file, outcome, mutant }: RowMutant): string {
  const head = `${row}  ${OUTCOMES[outcome]}${mutant === null ? '' : `  ${mutant.place}, ${mutant.operator}`}`;
  if (outcome === 'noticed') return head;
  const change = mutant === null ? [] : [`- ${mutant.from}`, `+ ${mutant.to}`];
  return [head, ...[`${file}: ${test}`, ...change].map((line) => `      ${line}`)].join('\n');
}
