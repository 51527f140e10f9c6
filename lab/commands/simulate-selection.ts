import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import { runGit } from '#apps/workbench/input/git.ts';
import { type ChosenFigures, type MutantFigures, plantMutants } from '../simulations/mutant-faults.ts';
import { plantFaults, type SelectionFigures } from '../simulations/selection-faults.ts';

/** The second seed was never used for tuning. */
const SEEDS = [20_261, 90_417] as const;
const FAULTS = { otherwise: 500, atMost: 10_000 };
const TESTS = { otherwise: 100_000, atMost: 100_000 };
const GOAL = { missed: 0.01, skipped: 0.6 };

const isMet = ({ faults, missed, tests, skipped }: SelectionFigures): boolean =>
  faults > 0 && missed / faults <= GOAL.missed && skipped / tests >= GOAL.skipped;

function missedWords(missed: number, faults: number): string {
  const [low, high] = wilsonInterval(missed, faults);
  return `${missed} (${shareText(missed / faults)}; ${shareText(low)} to ${shareText(high)})`;
}

function rowOf(seed: number, figures: SelectionFigures): string {
  const { faults, missed, showing, showingSkipped, tests, skipped, full } = figures;
  const cells = [
    seed,
    faults,
    missedWords(missed, faults),
    `${showingSkipped} of ${showing}`,
    `${shareText(skipped / tests)} of ${tests}`,
    full,
    isMet(figures) ? 'yes' : 'no',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

const MUTANT_COLUMNS =
  '| coverage map | faults | missed | with a failing test skipped | tests skipped | time skipped | full suite | survived | met |\n|---|---|---|---|---|---|---|---|---|\n';

const isMetBy = (faults: number, { missed, skipped }: ChosenFigures): boolean =>
  faults > 0 && missed / faults <= GOAL.missed && skipped >= GOAL.skipped;

function mutantRow(name: string, { faults, byKind, full, survived }: MutantFigures, chosen: ChosenFigures): string {
  const kinds = Object.entries(byKind).map(([kind, count]) => `${kind} ${count}`);
  const cells = [
    name,
    `${faults} (${kinds.join(', ')})`,
    missedWords(chosen.missed, faults),
    chosen.partly,
    shareText(chosen.skipped),
    shareText(chosen.skippedTime),
    full,
    survived,
    isMetBy(faults, chosen) ? 'yes' : 'no',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

async function measureMutants(
  {
    revision,
    ...wanted
  }: { readonly mutants: number; readonly seed: number; readonly tests: number; readonly revision: string },
  { terminal, asJson }: { readonly terminal: Terminal; readonly asJson: boolean },
): Promise<boolean> {
  const root = (await runGit('.', 'rev-parse', '--show-toplevel'))?.trimEnd();
  const commit = (
    await runGit('.', 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  )?.trim();
  if (root === undefined || !commit) throw new UsageError(`--commit ${revision}: there is no such commit here.`);
  const figures = await plantMutants({ root, commit, ...wanted }, (line) => terminal.say(`selfheal: ${line}`));
  const rows = mutantRow('none', figures, figures.withoutMap) + mutantRow('recorded', figures, figures.withMap);
  await terminal.write(asJson ? `${JSON.stringify({ ...wanted, commit, ...figures })}\n` : `${MUTANT_COLUMNS}${rows}`);
  for (const one of figures.partlyIn) terminal.say(`selfheal: skipped although failing: ${one}`);
  return isMetBy(figures.faults, figures.withoutMap) && isMetBy(figures.faults, figures.withMap);
}

export const simulateSelection = defineCommand({
  name: 'simulate selection',
  summary: 'faults that test selection misses in a repository grown over 200 commits, for two seeds',
  details:
    'Each fault changes one line of a module, data file or configuration; then every test is run, in Node and Python, and a fault counts when one of them\n' +
    'fails. It is missed when none of those that fail was selected. With --mutants it is this repository that is mutated, in a copy below .selfheal: the\n' +
    'fast suite runs once to see which file of tests executes which line, then for each mutant the files of tests that execute it. Hours for hundreds of\n' +
    'mutants; what was measured for a commit and seed is kept, so that a run that was ended goes on.',
  options: {
    faults: { type: 'string', value: 'N', about: `faults per seed; ${FAULTS.otherwise} by default` },
    mutants: {
      type: 'string',
      value: 'N',
      about: 'measure mutants of this repository instead, so many that a test shows',
    },
    commit: { type: 'string', value: 'REV', about: 'with --mutants: which commit; HEAD by default' },
    tests: { type: 'string', value: 'N', about: 'with --mutants: only the N largest files of tests; all by default' },
    seed: { type: 'string', value: 'N', about: 'only this seed' },
    check: { type: 'boolean', about: 'exit with 1 if a goal is missed' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const faults = wholeNumber('faults', options.faults, FAULTS);
    const seeds =
      options.seed === undefined ? SEEDS : [wholeNumber('seed', options.seed, { otherwise: 1, atMost: 1e9 })];
    const asJson = options.json === true;
    if (options.mutants !== undefined) {
      if (options.faults !== undefined) throw new UsageError('Pass --faults or --mutants, not both.');
      const mutants = wholeNumber('mutants', options.mutants, FAULTS);
      const isReached = await measureMutants(
        {
          mutants,
          seed: seeds[0] ?? SEEDS[0],
          tests: wholeNumber('tests', options.tests, TESTS),
          revision: options.commit ?? 'HEAD',
        },
        { terminal, asJson },
      );
      return options.check === true && !isReached ? 1 : 0;
    }
    if (options.commit !== undefined || options.tests !== undefined)
      throw new UsageError('--commit and --tests go with --mutants.');
    if (!asJson)
      await terminal.write(
        '| seed | faults | missed | failing tests that were skipped | tests skipped | full suite | met |\n|---|---|---|---|---|---|---|\n',
      );
    let isReached = true;
    for (const seed of seeds) {
      const figures = await plantFaults(seed, faults, (done) => terminal.say(`selfheal: seed ${seed}: ${done} faults`));
      isReached &&= isMet(figures);
      await terminal.write(asJson ? `${JSON.stringify({ seed, ...figures })}\n` : rowOf(seed, figures));
      for (const one of figures.missedIn.slice(0, 20))
        terminal.say(`selfheal: seed ${seed}: skipped although failing: ${one}`);
    }
    return options.check === true && !isReached ? 1 : 0;
  },
});
