import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { type FigureReport, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { reachesGoal, renderReport } from '@selfheal/cli-kit/figures/render.ts';
import {
  GATE_CHECKS,
  GATE_HISTORIES,
  GATE_SEEDS,
  type GateFigures,
  simulateGates,
} from '../simulations/gate-histories.ts';

/** Shares that the gates have to reach over all simulated histories. */
const GOALS = { falseAlarms: 0.02, caught: 0.99 } as const;

const figuresOf = (figures: GateFigures, withGoals: boolean): FigureReport['figures'] => {
  const cases = figures.histories * GATE_CHECKS;
  const goal = (value: number, atMost = false) => (withGoals ? { goal: value, atMost } : {});
  return [
    ...proportion('false alarms', figures.falseAlarms * cases, cases, goal(GOALS.falseAlarms, true)),
    ...proportion('caught at twice the bound', figures.caughtEffective * cases, cases, goal(GOALS.caught)),
    ...proportion('twice the delta, at the first run', figures.caughtConfigured * cases, cases),
    ...proportion('  in one of the first three runs', figures.caughtWithinThree * cases, cases),
    ...proportion('  in one run by a rule with known noise', figures.ceiling * cases, cases),
  ];
};

export const simulateCommand = defineCommand({
  name: 'simulate',
  summary: 'measure a rule on simulated histories, with the seed it was tuned with and one it was not',
  details:
    'gates: coverage (standard deviation 0.2 to 3 points), durations (log-normal, 10 to 40 %) and counts (Poisson) with drift and missing runs. The bound\n' +
    'is what the gate allows: the configured delta, or the noise of the last runs where that is wider; "twice" is meant on the scale of the metric\n' +
    '(logarithm, square root). A branch that stays worse is judged again at each run. The last figure is the most that any rule catches at 2 % false alarms that knows the noise of each project (Neyman\n' +
    'and Pearson): where it is low, one run cannot show such a regression.',
  operands: { shown: 'gates', atLeast: 1, atMost: 1 },
  options: {
    histories: { type: 'string', value: 'N', about: `${GATE_HISTORIES} by default` },
    by: { type: 'string', value: 'group', about: 'also print the figures of each kind and amount of noise' },
    check: { type: 'boolean', about: 'exit with 1 if a goal is missed' },
    ...JSON_OPTION,
  },
  async run({ operands: [name], options }, terminal) {
    if (name !== 'gates') throw new UsageError(`Unknown simulation "${name}". Use gates.`);
    if (options.by !== undefined && options.by !== 'group')
      throw new UsageError(`--by ${options.by}: expected "group".`);
    const histories = Number(options.histories ?? GATE_HISTORIES);
    if (!Number.isInteger(histories) || histories < 30) throw new UsageError('--histories: expected a number from 30.');
    let isReached = true;
    for (const [of, seed] of Object.entries(GATE_SEEDS)) {
      const [all, ...groups] = simulateGates(seed, histories);
      if (all === undefined) continue;
      const figures = figuresOf(all, true);
      const byGroup = groups.map((one) => ({
        group: `${one.group} (${one.histories})`,
        figures: figuresOf(one, false),
      }));
      isReached &&= figures.every(reachesGoal);
      const text = `seed ${seed} (${of}), ${histories} histories\n${renderReport({ figures, byGroup }, options.by !== undefined)}\n`;
      await terminal.write(options.json === true ? `${JSON.stringify({ seed, of, figures, byGroup })}\n` : text);
    }
    return options.check === true && !isReached ? 1 : 0;
  },
});
