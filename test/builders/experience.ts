import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { HealingWatch } from '#shared/domain/learning/healing.ts';

/** A re-run that helped against a flaky test on the default branch. */
export function anActionOutcome(change: Partial<ActionOutcome> = {}): ActionOutcome {
  return {
    version: 1,
    incidentId: 'gh-1',
    digest: 'd'.repeat(64),
    class: 'flaky_tests',
    scope: 'repository#1',
    actionId: 'rerun-failed-jobs',
    verified: 'recovered',
    trusted: true,
    at: '2026-11-21T12:00:00.000Z',
    ...change,
  };
}

/** A success of the control. */
export function anExperimentOutcome(change: Partial<ExperimentOutcome> = {}): ExperimentOutcome {
  return {
    version: 1,
    experimentId: 'rerun-first',
    variantId: 'control',
    incidentId: 'i1',
    success: true,
    minutes: 5,
    sideEffects: [],
    at: '2026-11-21T12:00:00.000Z',
    ...change,
  };
}

/** A re-run helped at noon of 21 November; it is watched for seven days. */
export function aHealingWatch(change: Partial<HealingWatch> = {}): HealingWatch {
  return {
    version: 1,
    key: 'fp#1',
    incidentId: 'gh-1',
    attempt: 1,
    state: 'watching',
    resolvedAt: '2026-11-21T12:00:00.000Z',
    dueAt: '2026-11-28T12:00:00.000Z',
    outcome: anActionOutcome(),
    recurredAs: null,
    recurredAt: null,
    ...change,
  };
}
