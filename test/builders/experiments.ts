import { Experiment } from '#shared/domain/experiment/experiment.ts';

type Change = Partial<Pick<Experiment, 'id' | 'status' | 'appliesTo'>>;

/** A running experiment whose first variant is the control and whose others prefer to re-run. */
export function anExperiment(change: Change = {}, percents: readonly number[] = [50, 50]): Experiment {
  const variants = percents.map((percent, at) => ({
    id: at === 0 ? 'control' : `prefers-${at}`,
    percent,
    strategy: at === 0 ? { kind: 'ranked' } : { kind: 'prefer', actionId: 'rerun-failed-jobs' },
  }));
  return Experiment.parse({ id: 'rerun-first', title: 'Re-run first', status: 'running', variants, ...change });
}

/** A running experiment that leaves one in ten incidents alone for 15 minutes. */
export function aHoldout(change: Change = {}): Experiment {
  const variants = [
    { id: 'as-usual', percent: 90, strategy: { kind: 'ranked' } },
    { id: 'left-alone', percent: 10, strategy: { kind: 'hold' } },
  ];
  return Experiment.parse({
    id: 'heals-itself',
    title: 'What heals by itself',
    status: 'running',
    variants,
    ...change,
  });
}
