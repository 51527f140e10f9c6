import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';
import { type Comparison, compareModels, type Difference } from './comparison.ts';
import { decodeAnswers } from './held-out-answers.ts';
import { Provenance } from './provenance.ts';

const ModelId = z.string().regex(/^[0-9a-f]{16}$/);

/** One trained model: its origin and figures, and the digest of its file. */
export const ModelVersion = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the model's file, byte for byte. */
  artifact: z.string().regex(/^[0-9a-f]{64}$/),
  artifactBytes: z.number().int().positive(),
  provenance: Provenance,
});
export type ModelVersion = z.infer<typeof ModelVersion>;

export const Stage = z.enum(['candidate', 'staging', 'production', 'archived']);
export type Stage = z.infer<typeof Stage>;

const Entry = z.strictObject({
  id: ModelId,
  artifact: ModelVersion.shape.artifact,
  stage: Stage,
  at: z.iso.datetime(),
  by: z.string().max(200),
});
export type RegistryEntry = z.infer<typeof Entry>;

/**
 * The stage of each version. One record, so that each change of stages is one write; at most one version is in
 * production.
 */
export const Registry = z
  .strictObject({
    version: z.literal(1),
    /** Counts changes; a writer names the revision that it read. */
    revision: z.number().int().nonnegative(),
    entries: z.array(Entry).max(200),
    /** Ids that were in production, oldest first, the current one last. */
    history: z.array(ModelId).max(50),
  })
  .refine(({ entries }) => entries.filter(({ stage }) => stage === 'production').length <= 1, {
    message: 'more than one version is in production',
  });
export type Registry = z.infer<typeof Registry>;

export const EMPTY_REGISTRY: Registry = { version: 1, revision: 0, entries: [], history: [] };

export interface Change {
  readonly at: Date;
  /** Who requested it. */
  readonly by: string;
}

export type RegistryChange =
  | { kind: 'changed'; registry: Registry; comparison: Comparison | null }
  | { kind: 'refused'; reasons: readonly string[] };

/** A loss of this many points must be ruled out. */
const MAX_LOST = 0.02;
/** Labelled logs that both versions must have answered. */
export const MIN_SHARED_CASES = 30;
const HISTORY = 50;

export function productionOf({ entries }: Registry): RegistryEntry | null {
  return entries.find(({ stage }) => stage === 'production') ?? null;
}

/** The version of a model's file. Throws when the provenance belongs to another model. */
export function versionOf(provenance: Provenance, file: string): ModelVersion {
  return ModelVersion.parse({
    version: 1,
    artifact: digestOf(file),
    artifactBytes: new TextEncoder().encode(file).length,
    provenance,
  });
}

/** Adds a version as a candidate. A known version stays as it is. */
export function register(registry: Registry, { artifact, provenance }: ModelVersion, { at, by }: Change): Registry {
  const { model: id } = provenance;
  if (registry.entries.some((entry) => entry.id === id)) return registry;
  const entry: RegistryEntry = { id, artifact, stage: 'candidate', at: at.toISOString(), by };
  return { ...registry, revision: registry.revision + 1, entries: [...registry.entries, entry] };
}

function moved(registry: Registry, moves: Readonly<Record<string, Stage>>, { at, by }: Change): Registry {
  const entries = registry.entries.map((entry) => {
    const stage = moves[entry.id];
    return stage === undefined ? entry : { ...entry, stage, at: at.toISOString(), by };
  });
  const now = entries.find(({ stage }) => stage === 'production')?.id;
  const history = now === undefined || now === registry.history.at(-1) ? registry.history : [...registry.history, now];
  return { ...registry, revision: registry.revision + 1, entries, history: history.slice(-HISTORY) };
}

/** The stage after the current one. */
export function nextStage(stage: Stage): 'staging' | 'production' {
  return stage === 'candidate' ? 'staging' : 'production';
}

const points = (share: number): string => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)}`;

function worse(what: string, { value, interval: [low, high], cases }: Difference): string[] {
  if (low >= -MAX_LOST) return [];
  const measured = `${points(value)} points, 95 % interval ${points(low)} to ${points(high)}, on ${cases} logs`;
  return high < 0
    ? [`${what} is worse: ${measured}.`]
    : [`${what}: a loss of more than ${100 * MAX_LOST} points cannot be ruled out (${measured}).`];
}

/** Compares a version with the one in production, on logs that neither had learned from when it answered. */
function compareVersions(version: ModelVersion, current: ModelVersion): Comparison {
  const { learned, adapts } = version.provenance;
  const isAdapted = adapts?.model === current.provenance.model;
  const before = isAdapted ? decodeAnswers({ learned, answers: adapts.answers }) : decodeAnswers(current.provenance);
  return compareModels(before, decodeAnswers(version.provenance));
}

/** Reasons against the newer of two versions; none when it is shown to be no worse. */
export function reasonsAgainst(comparison: Comparison): string[] {
  const { classes, calibration, verdicts } = comparison;
  if (classes.cases < MIN_SHARED_CASES) {
    return [
      `Both versions were judged on ${classes.cases} labelled logs in common; ${MIN_SHARED_CASES} are needed to compare them. Train both on the same data.`,
    ];
  }
  return [
    ...worse('The class', classes),
    ...worse('The confidence (Brier score)', calibration),
    ...(verdicts.cases < MIN_SHARED_CASES ? [] : worse('The verdict', verdicts)),
  ];
}

/**
 * Moves a version to staging or production; the previous production version is archived. Refused unless it is shown, on
 * logs that both were held back from, that the new one loses no more than two points against production (a test of
 * non-inferiority).
 */
export function promote(
  registry: Registry,
  order: {
    readonly version: ModelVersion;
    readonly to: 'staging' | 'production';
    readonly current: ModelVersion | null;
  },
  change: Change,
): RegistryChange {
  const { version, to, current } = order;
  const { model: id } = version.provenance;
  const entry = registry.entries.find((one) => one.id === id);
  if (entry === undefined) return { kind: 'refused', reasons: [`The model ${id} is not registered.`] };
  if (entry.artifact !== version.artifact) {
    return { kind: 'refused', reasons: [`The record of ${id} names another file than was registered.`] };
  }
  if (entry.stage === to || entry.stage === 'production') {
    return { kind: 'refused', reasons: [`The model ${id} is in ${entry.stage} already.`] };
  }
  const production = productionOf(registry);
  if (production !== null && current?.provenance.model !== production.id) {
    return { kind: 'refused', reasons: [`The record of ${production.id}, which is in production, cannot be read.`] };
  }
  const comparison = current === null ? null : compareVersions(version, current);
  const reasons = comparison === null ? [] : reasonsAgainst(comparison);
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const archived = to === 'production' && production !== null ? { [production.id]: 'archived' as const } : {};
  return { kind: 'changed', registry: moved(registry, { ...archived, [id]: to }, change), comparison };
}

/** Restores the previous production version. The rolled-back one is archived. */
export function rollback(registry: Registry, change: Change): RegistryChange {
  const production = productionOf(registry);
  const before = registry.history.filter((id) => id !== production?.id).at(-1);
  if (production === null || before === undefined) {
    return { kind: 'refused', reasons: ['No other version was in production before.'] };
  }
  const history = registry.history.slice(0, registry.history.lastIndexOf(before) + 1);
  const back = moved({ ...registry, history }, { [production.id]: 'archived', [before]: 'production' }, change);
  return { kind: 'changed', registry: back, comparison: null };
}
