import * as z from 'zod';
import { InvalidInput } from '../../kernel/errors.ts';
import type { ClusterState } from './cluster-store.ts';
import type { Column } from './message-pieces.ts';
import type { EvidenceState } from './value-evidence.ts';

/** The state of a miner, as JSON. */
export interface TemplateMinerState {
  readonly version: 1;
  readonly lines: number;
  readonly clusters: ClusterState;
  readonly evidence: EvidenceState;
  readonly shapes: readonly (readonly [cluster: number, columns: readonly Column[]])[];
}

const STATE = z.object({
  version: z.literal(1),
  lines: z.number(),
  clusters: z.object({
    nextId: z.number(),
    clusters: z.array(z.tuple([z.number(), z.number(), z.number(), z.array(z.string())])),
    merged: z.array(z.tuple([z.number(), z.number()])),
  }),
  evidence: z.object({
    decided: z.array(z.string()),
    vocabulary: z.array(z.string()),
    observed: z.array(
      z.tuple([
        z.string(),
        z.object({
          place: z.enum(['first', 'assigned', 'introduced', 'symbolic', 'ordinary']),
          values: z.array(z.string()),
          shapes: z.array(z.string()),
        }),
      ]),
    ),
  }),
  shapes: z.array(
    z.tuple([
      z.number(),
      z.array(
        z.object({
          kind: z.enum(['variable', 'identifier', 'word', 'mark', 'space']),
          key: z.string(),
          display: z.string(),
          value: z.string(),
        }),
      ),
    ]),
  ),
});

/** Reads a stored state. Throws `InvalidInput` when it is malformed or of another version. */
export function readTemplateMinerState(kept: unknown): TemplateMinerState {
  const parsed = STATE.safeParse(kept);
  if (!parsed.success)
    throw new InvalidInput(`template state: ${z.prettifyError(parsed.error)}. Mine the templates again.`);
  return parsed.data;
}
