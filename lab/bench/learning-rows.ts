import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { evidenceOfDifference } from '#shared/domain/experiment/sequential-test.ts';
import { type Learner, makeInformed, makeRanking } from '../simulations/learners.ts';
import { PROPOSAL_ERROR, simulateYear, type Year, type YearOptions } from '../simulations/learning-year.ts';
import type { Row } from './row.ts';

const SEEDS = Array.from({ length: 10 }, (_, at) => at + 1);
const USUAL = { incidents: 5000, fitting: 1, changesPerYear: 1, circumstancesMatter: false };
const LOOKS = 200;
const EXPERIMENTS = 4000;

type Setting = Omit<YearOptions, 'seed'>;
type MakeLearner = (stated: readonly number[][]) => Learner;

/** Learning over simulated years, and experiments whose variants do not differ. The simulations are seeded: the figures are the same everywhere. */
export async function learningRows(): Promise<Row[]> {
  const few = { ...USUAL, fitting: 0.3 };
  return [
    ...yearRows('all 12 actions fit', USUAL),
    ...yearRows('3 in 10 actions fit', few),
    ...yearRows('3 in 10 actions fit, nothing changes', { ...few, changesPerYear: 0 }),
    ...yearRows('3 in 10 actions fit, each effect changes four times', { ...few, changesPerYear: 4 }),
    ...yearRows('3 in 10 actions fit', { ...few, incidents: 500 }),
    circumstanceRow('effects differ by night or after deployments', '0.9 or less', 0.9, {
      ...few,
      circumstancesMatter: true,
    }),
    circumstanceRow('circumstances do not matter', '1.02 or less', 1.02, few),
    falseWinners(),
  ];
}

const ranking: MakeLearner = (stated) => makeRanking(stated, { seeing: false });
const years = (setting: Setting, learner: MakeLearner, seeds = SEEDS): Year[] =>
  seeds.map((seed) => simulateYear({ ...setting, seed }, learner));
const sumOf = (all: readonly Year[], figure: keyof Year): number => all.reduce((sum, year) => sum + year[figure], 0);

function yearRows(what: string, setting: Setting): Row[] {
  const own = years(setting, ranking);
  const { changesPerYear, incidents } = setting;
  const informed = years(setting, (stated) => makeInformed(stated, { changesPerYear, proposalError: PROPOSAL_ERROR }));
  const ratio = (all: readonly Year[]): number => sumOf(all, 'regret') / sumOf(all, 'greedyRegret');
  const error = sumOf(own, 'calibrationError') / own.length;
  const year = `simulated year, ${incidents} incidents of 20 classes, ${what}`;
  return [
    {
      measure: `${year}: regret, of an epsilon-greedy learner's`,
      goal: '0.5 or less',
      measured: `${ratio(own).toFixed(2)} (${ratio(informed).toFixed(2)} by a learner that knows how the simulation works)`,
      met: ratio(own) <= 0.5,
    },
    {
      measure: `${year}: calibration error of the expected chance to help`,
      goal: '0.05 or less',
      measured: error.toFixed(3),
      met: error <= 0.05,
    },
  ];
}

/** Compares the ranking with and without knowledge of the circumstances. */
function circumstanceRow(what: string, goal: string, maxRatio: number, setting: Setting): Row {
  const seeds = SEEDS.slice(0, 5);
  const seeing = sumOf(
    years(setting, (stated) => makeRanking(stated, { seeing: true }), seeds),
    'regret',
  );
  const blind = sumOf(years(setting, ranking, seeds), 'regret');
  return {
    measure: `simulated year, ${setting.incidents} incidents, 3 in 10 actions fit, ${what}: regret, of the same ranking's without circumstances`,
    goal,
    measured: (seeing / blind).toFixed(2),
    met: seeing / blind <= maxRatio,
  };
}

function falseWinners(): Row {
  const random = numbersFrom(17);
  let winners = 0;
  for (let at = 0; at < EXPERIMENTS; at += 1) {
    const rate = 0.05 + 0.9 * random();
    const arm = () => Array.from({ length: LOOKS }, () => random() < rate);
    if (evidenceOfDifference(arm(), arm()) >= 20) winners += 1;
  }
  const share = winners / EXPERIMENTS;
  return {
    measure: `experiments without a difference, looked at ${LOOKS} times: with a winner`,
    goal: '5 % or less',
    measured: `${(share * 100).toFixed(1)} % of ${EXPERIMENTS}`,
    met: share <= 0.05,
  };
}
