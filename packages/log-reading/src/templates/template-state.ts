import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Layout } from './line-header.ts';
import type { StoreState } from './template-store.ts';

/** The state of a miner, as JSON. */
export interface TemplateMinerState {
  readonly version: 2;
  readonly lines: number;
  readonly layouts: readonly Layout[];
  /** The first lines, until the layout is settled. */
  readonly sample: readonly (readonly [cluster: number, line: string])[];
  readonly store: StoreState;
}

const TEXTS = z.array(z.string());

const STATE = z.object({
  version: z.literal(2),
  lines: z.number(),
  layouts: z.array(
    z.object({
      kind: z.enum(['columns', 'pair']),
      anchors: z.array(
        z.object({
          skip: z.number(),
          kind: z.enum(['wordless', 'level', 'closed', 'enclosed', 'letter', 'aligned', 'dash']),
          offset: z.number(),
        }),
      ),
      key: z.string(),
    }),
  ),
  sample: z.array(z.tuple([z.number(), z.string()])),
  store: z.object({
    nextId: z.number(),
    shapes: z.array(z.tuple([TEXTS, TEXTS, z.number(), z.number()])),
    clusters: z.array(
      z.tuple([z.number(), z.array(z.tuple([TEXTS, TEXTS, z.array(z.boolean()), z.array(z.number())]))]),
    ),
    merged: z.array(z.tuple([z.number(), z.number()])),
    vocabulary: TEXTS,
    pending: z.array(z.tuple([z.number(), z.number(), z.array(z.tuple([z.string(), z.number()]))])),
    unlisted: z.number(),
  }),
});

/** Reads a stored state. Throws `InvalidInput` when it is malformed or of another version. */
export function readTemplateMinerState(kept: unknown): TemplateMinerState {
  const parsed = STATE.safeParse(kept);
  if (!parsed.success)
    throw new InvalidInput(`template state: ${z.prettifyError(parsed.error)}. Mine the templates again.`);
  return parsed.data;
}
