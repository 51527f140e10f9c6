import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { SERVICE_SHAPES, type ServiceFigures, simulateServiceLog } from '../simulations/service-logs.ts';

/** The second seed was never used for tuning. */
const SEEDS = [20_261, 90_417] as const;
const GOAL = { found: 0.9, falseADay: 0.5 };

const foundOf = ({ faults }: ServiceFigures): number =>
  faults.filter(({ minutesToFind }) => minutesToFind !== null).length;

function rowOf(seed: number, figures: ServiceFigures): string {
  const { service, days, lines, faults, falseIncidents } = figures;
  const missed = faults.filter(({ minutesToFind }) => minutesToFind === null).map(({ kind }) => kind);
  const minutes = faults
    .flatMap(({ minutesToFind }) => minutesToFind ?? [])
    .sort((a, b) => a - b)
    .at(Math.floor(foundOf(figures) / 2));
  const cells = [
    seed,
    service,
    lines,
    `${foundOf(figures)} of ${faults.length}`,
    minutes ?? '-',
    missed.join(', ') || 'none',
    (falseIncidents.length / days).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

export const simulateLogs = defineCommand({
  name: 'simulate logs',
  summary:
    'faults found in the logs of simulated services, and false incidents a day, for two seeds; the second was never used for tuning',
  details:
    'Services of different size write logs for some weeks, line by line, with planted faults and innocent changes (rushes, restarts, releases, odd errors,\n' +
    'a nightly run). The first week has no fault. Minutes: the median until a fault was found.',
  options: {
    days: { type: 'string', value: 'N', about: 'simulated days; 30 by default' },
    seed: { type: 'string', value: 'N', about: 'only this seed' },
    check: { type: 'boolean', about: 'exit with 1 if a goal is missed' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const days = wholeNumber('days', options.days, { otherwise: 30, atMost: 365 });
    const seeds =
      options.seed === undefined ? SEEDS : [wholeNumber('seed', options.seed, { otherwise: 1, atMost: 1e9 })];
    if (options.json !== true)
      await terminal.write(
        '| seed | service | lines | faults found | minutes | missed | false incidents a day |\n|---|---|---|---|---|---|---|\n',
      );
    let isReached = true;
    for (const seed of seeds) {
      const all: ServiceFigures[] = [];
      for (const [at, shape] of SERVICE_SHAPES.entries()) {
        const figures = simulateServiceLog(shape, days, seed + 7 * at);
        all.push(figures);
        await terminal.write(
          options.json === true ? `${JSON.stringify({ seed, ...figures })}\n` : rowOf(seed, figures),
        );
      }
      const planted = all.reduce((sum, { faults }) => sum + faults.length, 0);
      const found = all.reduce((sum, figures) => sum + foundOf(figures), 0);
      const falseOnes = all.reduce((sum, { falseIncidents }) => sum + falseIncidents.length, 0);
      const falseADay = falseOnes / all.length / days;
      isReached &&= found / planted >= GOAL.found && falseADay <= GOAL.falseADay;
      if (options.json !== true)
        await terminal.write(
          `| ${seed} | all | | ${found} of ${planted} (${(found / planted).toFixed(3)}) | | | ${falseADay.toFixed(3)} |\n`,
        );
    }
    return options.check === true && !isReached ? 1 : 0;
  },
});
