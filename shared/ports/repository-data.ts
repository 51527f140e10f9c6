import * as z from 'zod';
import { Actor } from '#shared/domain/access/caller.ts';
import { HeldKind, HeldRecord, WalkPosition } from './held-data.ts';

/** Counts by kind. */
export const HeldCounts = z.partialRecord(HeldKind, z.number().int().nonnegative());
export type HeldCounts = z.infer<typeof HeldCounts>;

/** A deletion that has ended, from its audit entry. */
export const PastDeletion = z.strictObject({
  /** `owner/name` in lower case. */
  repository: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  by: Actor,
  counts: HeldCounts,
});
export type PastDeletion = z.infer<typeof PastDeletion>;

/** One page of an export or a deletion, or what was deleted, as the function `repository-data` takes it. */
export const DataRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('export'), repository: z.string(), from: WalkPosition.nullable() }),
  z.strictObject({
    kind: z.literal('delete'),
    repository: z.string(),
    force: z.boolean(),
    by: Actor,
  }),
  /** `repository`: of this one alone; null for all. */
  z.strictObject({ kind: z.literal('history'), repository: z.string().nullable() }),
]);
export type DataRequest = z.infer<typeof DataRequest>;

export const DataAnswer = z.discriminatedUnion('kind', [
  /** Nothing is held of it. */
  z.strictObject({ kind: z.literal('unknown') }),
  z.strictObject({ kind: z.literal('exported'), records: z.array(HeldRecord), next: WalkPosition.nullable() }),
  /** Incidents that are open, or whose workflow still runs: nothing is deleted. */
  z.strictObject({ kind: z.literal('open'), incidents: z.array(z.string()) }),
  /** Workflows were stopped; the steps that were under way may still write for so long. */
  z.strictObject({ kind: z.literal('stopping'), incidents: z.array(z.string()), waitSeconds: z.number() }),
  /** `counts`: of the whole deletion so far. Ask again until it is done. */
  z.strictObject({ kind: z.literal('deleted'), counts: HeldCounts, done: z.boolean() }),
  /** The newest first. `broken`: why the trail is not as it was written; null when it is. */
  z.strictObject({ kind: z.literal('history'), deletions: z.array(PastDeletion), broken: z.string().nullable() }),
]);
export type DataAnswer = z.infer<typeof DataAnswer>;

/** Export and deletion of what is held of a repository, page by page. */
export interface RepositoryData {
  ask(request: DataRequest): Promise<DataAnswer>;
}
