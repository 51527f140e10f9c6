import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { FailureClass } from '#shared/domain/incident/failure-class.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';

/** What came of actions and of experiments. Every write is one conditional single-item write, and harmless when it is repeated. */
export interface ExperienceStore {
  /** Once per incident and action. */
  addActionOutcome(outcome: ActionOutcome): Promise<void>;
  /** What the action had helped against came back: from now on its outcome is a failure. Once per incident and action. */
  addRecurrence(outcome: ActionOutcome): Promise<void>;
  /** Against failures of a class, newest first, at most `limit`; an action of an incident comes once, as what is known last. */
  actionOutcomes(failureClass: FailureClass, limit: number): Promise<ActionOutcome[]>;
  /** Once per experiment and incident. */
  addExperimentOutcome(outcome: ExperimentOutcome): Promise<void>;
  /** In no order that means anything, at most `limit`. */
  experimentOutcomes(experimentId: string, limit: number): Promise<ExperimentOutcome[]>;
}
