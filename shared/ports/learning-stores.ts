import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Announced, Correction, Ending, Prediction, Setback } from '#shared/domain/answers/prediction.ts';
import type { Watch } from '#shared/domain/answers/watch.ts';
import type { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import type { StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { HealingWatch } from '#shared/domain/learning/healing.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';

/** One attempt at one incident. */
export type PredictionKey = Pick<Prediction, 'incidentId' | 'attempt' | 'openedAt'>;

/** Predictions and their outcomes. Every write is one conditional single-item write. */
export interface PredictionStore {
  /** Once per incident and attempt; the first one stays. */
  addPrediction(
    prediction: Omit<Prediction, 'ending' | 'correction' | 'announced' | 'setback'>,
  ): Promise<'added' | 'exists'>;
  /** Once; the first ending stays. `refused` also when nothing was predicted. */
  endPrediction(key: PredictionKey, ending: Ending): Promise<'written' | 'refused'>;
  /** The latest correction wins. `refused` when there is a later one, or nothing was predicted. */
  correctPrediction(key: PredictionKey, correction: Correction): Promise<'written' | 'refused'>;
  /** Once; the first announcement stays. `refused` also when nothing was predicted. */
  noteAnnounced(key: PredictionKey, announced: Announced): Promise<'written' | 'refused'>;
  /** Once; the first setback stays. `refused` also when nothing was predicted. */
  noteSetback(key: PredictionKey, setback: Setback): Promise<'written' | 'refused'>;
  /** Of the most recently opened incidents first, at most `limit`. */
  recentPredictions(limit: number): Promise<Prediction[]>;
  /** Null before the first check. */
  watch(): Promise<Watch | null>;
  setWatch(watch: Watch): Promise<void>;
}

/** Learned patterns, separated by scope. Every write is one conditional single-item write. */
export interface PatternStore {
  list(scope: string): Promise<LearnedPattern[]>;
  get(scope: string, id: string): Promise<LearnedPattern | null>;
  /** By id, at most `limit`; with `after` only ids after that one. */
  page(scope: string, range: { readonly after: string | null; readonly limit: number }): Promise<LearnedPattern[]>;
  /** Replaces the previous revision; `changed-meanwhile` when somebody else did. */
  write(pattern: LearnedPattern): Promise<'written' | 'changed-meanwhile'>;
  /** Takes one of the new patterns that a scope may get per day (`2026-11-21`); false when none is left. */
  takeNew(scope: string, day: string, most: number): Promise<boolean>;
  /** Adds to the log of what was learned and changed. A repeat of the same note is harmless. */
  note(note: LearningNote): Promise<void>;
  /** Newest first. */
  notes(scope: string, limit: number): Promise<LearningNote[]>;
}

/** Earlier revisions of learned patterns, kept so that a person's change can be undone. */
export interface PatternVersions {
  /** A repeat for the same revision is harmless. */
  keep(pattern: LearnedPattern): Promise<void>;
  /** The latest revision first. */
  of(scope: string, id: string, limit: number): Promise<LearnedPattern[]>;
}

/** Trained models and their stages. */
export interface ModelRegistryStore {
  /** An empty registry when there is none yet. */
  read(): Promise<Registry>;
  /** Replaces the previous revision; `changed-meanwhile` when somebody else did. */
  write(registry: Registry): Promise<'written' | 'changed-meanwhile'>;
  getVersion(id: string): Promise<ModelVersion | null>;
  /** A version never changes: an existing one stays as it is. */
  putVersion(version: ModelVersion): Promise<'added' | 'exists'>;
}

/** The models' files, by the SHA-256 of their bytes. */
export interface ModelArtifacts {
  put(digest: string, file: string): Promise<void>;
  get(digest: string): Promise<string | null>;
}

/** Outcomes of actions and experiments. Every write is one conditional single-item write and harmless when repeated. */
export interface ExperienceStore {
  /** Once per incident and action. */
  addActionOutcome(outcome: ActionOutcome): Promise<'added' | 'exists'>;
  /**
   * The failure that the action had ended came back, or a person called the action wrong: from now on its outcome is a
   * failure. Once per incident and action.
   */
  addRecurrence(outcome: ActionOutcome): Promise<void>;
  /**
   * For failures of a class, newest first, at most `limit`; each action of an incident once, with its latest outcome.
   */
  actionOutcomes(failureClass: FailureClass, limit: number): Promise<ActionOutcome[]>;
  /** Once per experiment and incident. */
  addExperimentOutcome(outcome: ExperimentOutcome): Promise<void>;
  /** In no particular order, at most `limit`. */
  experimentOutcomes(experimentId: string, limit: number): Promise<ExperimentOutcome[]>;
  /** Experiments that people started, ended ones included; at most 100. */
  startedExperiments(): Promise<StartedExperiment[]>;
  /** Replaces the previous revision; `changed-meanwhile` when somebody else did. */
  putExperiment(started: StartedExperiment): Promise<'written' | 'changed-meanwhile'>;
}

/** Resolved failures that are watched for coming back. Every write is one conditional single-item write. */
export interface HealingStore {
  /**
   * Starts a watch, replacing an older watch of the same key. Once per incident and attempt: a repeat changes nothing.
   */
  watch(watch: HealingWatch): Promise<void>;
  /**
   * The failure came back as this incident: ends the watch, unless it is over. Null when nothing was watched any more.
   * A repeat for the same incident returns the same record, for another incident null: a recurrence is counted once.
   */
  recur(key: string, incidentId: string, at: Date): Promise<HealingWatch | null>;
  /** Watches whose time is over and that are not settled, longest overdue first, at most `limit`. */
  due(at: Date, limit: number): Promise<HealingWatch[]>;
  /** The failure stayed away: ends this watch. A repeat changes nothing. */
  settle(watch: HealingWatch): Promise<void>;
}
