import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { Experiment } from '#shared/domain/experiment/experiment.ts';
import { type ExperimentResults, resultsOf } from '#shared/domain/experiment/results.ts';
import { experimentAt, MAX_STARTED, StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';

export interface ExperimentDeps {
  readonly experience: Pick<ExperienceStore, 'startedExperiments' | 'putExperiment' | 'experimentOutcomes'>;
  readonly configuration: { readonly experiments: readonly Experiment[] };
  readonly actions: readonly { readonly id: string }[];
  readonly clock: Clock;
}

export interface ListedExperiment {
  readonly experiment: Experiment;
  /** Null: it is in the deployed configuration. */
  readonly started: StartedExperiment | null;
}

export interface ExperimentOrder {
  readonly id: string;
  readonly title: string;
  /** Where it applies. */
  readonly classes: readonly FailureClass[];
  readonly repository: string | null;
  readonly service: string | null;
  /** Deployed actions or playbooks; `ranked` for the one that ranks first. */
  readonly solutionA: string;
  readonly solutionB: string;
  /** Share of the incidents that get the first solution, in percent. */
  readonly percentA: number;
  readonly days: number;
}

export type ExperimentChange =
  | { readonly kind: 'done'; readonly started: StartedExperiment }
  | { readonly kind: 'invalid' | 'refused'; readonly reason: string }
  | { readonly kind: 'not-found' };

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_OUTCOMES = 10_000;
const RANKED = 'ranked';

/** Deployed ones first, then those that people started, as they count now. */
export async function listExperiments({
  experience,
  configuration,
  clock,
}: ExperimentDeps): Promise<ListedExperiment[]> {
  const now = clock.now();
  const started = (await experience.startedExperiments()).map((one) => ({
    experiment: experimentAt(one, now),
    started: one,
  }));
  return [...configuration.experiments.map((experiment) => ({ experiment, started: null })), ...started];
}

/** Null when there is no such experiment. */
export async function experimentResults(
  id: string,
  deps: ExperimentDeps,
): Promise<(ListedExperiment & { readonly results: ExperimentResults; readonly incidents: number }) | null> {
  const found = (await listExperiments(deps)).find(({ experiment }) => experiment.id === id);
  if (found === undefined) return null;
  const outcomes = await deps.experience.experimentOutcomes(id, MAX_OUTCOMES);
  return { ...found, results: resultsOf(found.experiment, outcomes), incidents: outcomes.length };
}

/** Starts a comparison of two deployed actions. It never makes a plan bolder: see `Strategy`. */
export async function startExperiment(
  order: ExperimentOrder,
  { by, dryRun }: { readonly by: string; readonly dryRun: boolean },
  deps: ExperimentDeps,
): Promise<ExperimentChange> {
  const { id, solutionA, solutionB, percentA, days } = order;
  const known = new Set([RANKED, ...deps.actions.map((action) => action.id)]);
  for (const [name, solution] of [
    ['solutionA', solutionA],
    ['solutionB', solutionB],
  ] as const)
    if (!known.has(solution))
      return {
        kind: 'invalid',
        reason: `${name}: ${unknownValue('deployed action or playbook', solution, [...known])}`,
      };
  if (solutionA === solutionB) return { kind: 'invalid', reason: 'solutionB: name another solution than solutionA.' };
  const now = deps.clock.now();
  const all = await listExperiments(deps);
  if (all.some(({ experiment }) => experiment.id === id))
    return { kind: 'refused', reason: `there is an experiment ${id} already` };
  const running = all.filter(({ experiment, started }) => started !== null && experiment.status === 'running').length;
  if (running >= MAX_STARTED)
    return { kind: 'refused', reason: `${MAX_STARTED} experiments are running: stop one first` };
  const strategyOf = (solution: string) =>
    solution === RANKED ? { kind: RANKED } : { kind: 'prefer' as const, actionId: solution };
  const { classes, repository, service } = order;
  const started = StartedExperiment.parse({
    version: 1,
    revision: 1,
    experiment: Experiment.parse({
      id,
      title: order.title,
      status: 'running',
      appliesTo: {
        ...(classes.length === 0 ? {} : { classes }),
        ...(repository === null ? {} : { repositories: [repository] }),
        ...(service === null ? {} : { services: [service] }),
      },
      variants: [
        { id: 'solution-a', percent: percentA, strategy: strategyOf(solutionA) },
        { id: 'solution-b', percent: 100 - percentA, strategy: strategyOf(solutionB) },
      ],
    }),
    startedBy: by.slice(0, 200),
    startedAt: now.toISOString(),
    endsAt: new Date(now.getTime() + days * DAY_MS).toISOString(),
    stopped: null,
  });
  if (!dryRun && (await deps.experience.putExperiment(started)) !== 'written')
    return { kind: 'refused', reason: `there is an experiment ${id} already` };
  return { kind: 'done', started };
}

/** Ends a started experiment for good; its results stay. */
export async function stopExperiment(id: string, by: string, deps: ExperimentDeps): Promise<ExperimentChange> {
  const found = (await listExperiments(deps)).find(({ experiment }) => experiment.id === id);
  if (found === undefined) return { kind: 'not-found' };
  const { started } = found;
  if (started === null)
    return { kind: 'refused', reason: `${id} is in the deployed configuration: change its status there` };
  if (started.stopped !== null) return { kind: 'done', started };
  const stopped = { by: by.slice(0, 200), at: deps.clock.now().toISOString() };
  const next = { ...started, revision: started.revision + 1, stopped };
  if ((await deps.experience.putExperiment(next)) !== 'written')
    return { kind: 'refused', reason: 'somebody else changed it meanwhile: try again' };
  return { kind: 'done', started: next };
}
