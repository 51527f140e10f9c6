import { evidenceOfDifference } from '#shared/domain/experiment/sequential-test.ts';
import { numbersFrom } from '#shared/domain/kernel/seeded-numbers.ts';
import { simulateYear, type Year } from './learning-year.ts';
import type { Row } from './row.ts';

const SEEDS = [1, 2, 3, 4, 5];
const INCIDENTS = 5000;
const LOOKS = 200;
const EXPERIMENTS = 4000;

/** Learning over simulated years, and experiments without a difference: figures of seeded simulations, the same on every machine. */
export async function learningRows(): Promise<Row[]> {
  return [...yearRows('all 12 actions fit', 1), ...yearRows('3 in 10 actions fit', 0.3), falseWinners()];
}

function yearRows(what: string, fitting: number): Row[] {
  const years = SEEDS.map((seed) => simulateYear({ seed, incidents: INCIDENTS, fitting }));
  const sum = (figure: (year: Year) => number): number => years.reduce((total, year) => total + figure(year), 0);
  const ratio = sum(({ regret }) => regret) / sum(({ greedyRegret }) => greedyRegret);
  const error = sum(({ calibrationError }) => calibrationError) / years.length;
  const year = `simulated year, ${INCIDENTS} incidents of 20 classes, ${what}`;
  return [
    {
      measure: `${year}: regret, of an epsilon-greedy learner's`,
      goal: '0.5 or less',
      measured: ratio.toFixed(2),
      met: ratio <= 0.5,
    },
    {
      measure: `${year}: calibration error of the expected chance to help`,
      goal: '0.05 or less',
      measured: error.toFixed(3),
      met: error <= 0.05,
    },
  ];
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
