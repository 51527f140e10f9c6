import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import { StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';

export function makeMemoryExperienceStore(given: readonly ActionOutcome[] = []): ExperienceStore {
  const keyOf = ({ at, incidentId, digest }: ActionOutcome): string => `${at}#${incidentId}#${digest}`;
  const actions = new Map<string, ActionOutcome>(given.map((one) => [keyOf(one), one]));
  const started = new Map<string, StartedExperiment>();
  const experiments = new Map<string, ExperimentOutcome>();
  return {
    addActionOutcome: async (outcome) => {
      const key = keyOf(outcome);
      if (actions.has(key)) return 'exists';
      actions.set(key, { ...outcome });
      return 'added';
    },
    addRecurrence: async (outcome) => {
      actions.set(keyOf(outcome), {
        ...outcome,
        verified: 'failed',
        ...(outcome.by === undefined ? { cameBack: true as const } : {}),
      });
    },
    actionOutcomes: async (failureClass, limit) =>
      [...actions.entries()]
        .filter(([, outcome]) => outcome.class === failureClass)
        .sort(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, limit)
        .map(([, outcome]) => ({ ...outcome })),
    addExperimentOutcome: async (outcome) => {
      const key = `${outcome.experimentId}#${outcome.incidentId}`;
      if (!experiments.has(key)) experiments.set(key, { ...outcome });
    },
    startedExperiments: async () => structuredClone([...started.values()]),
    putExperiment: async (one) => {
      const { id } = one.experiment;
      if ((started.get(id)?.revision ?? 0) !== one.revision - 1) return 'changed-meanwhile';
      started.set(id, StartedExperiment.parse(one));
      return 'written';
    },
    experimentOutcomes: async (experimentId, limit) =>
      [...experiments.values()].filter((outcome) => outcome.experimentId === experimentId).slice(0, limit),
  };
}
