import type {
  ActionPlugin,
  Preparation,
  PreparationInputs,
  PreparationNotes,
  PreparationPorts,
} from '#shared/plugins/actions/contract.ts';
import { allowedOf } from './context.ts';

/** What actions read in order to be proposed. */
export interface Preparations {
  readonly found: ReadonlyMap<Preparation, unknown>;
  /** Why something was not prepared, worded by code. */
  readonly reasons: readonly string[];
  readonly notes: PreparationNotes;
}

/** Runs the preparation of each action that is switched on. Throws transient failures. */
export async function prepareActions(
  inputs: PreparationInputs,
  ports: PreparationPorts,
  actions: readonly ActionPlugin[],
): Promise<Preparations> {
  const allowed = allowedOf(actions, inputs.incident.target, ports.configuration);
  const preparations = new Set(allowed.flatMap(({ prepare }) => prepare ?? []));
  const all = await Promise.all(
    [...preparations].map(async (one) => ({ one, prepared: await one.prepare(inputs, ports) })),
  );
  return {
    found: new Map(all.flatMap(({ one, prepared: { value } }) => (value === null ? [] : [[one, value] as const]))),
    reasons: all.flatMap(({ prepared }) => prepared.reasons ?? []),
    notes: Object.assign({}, ...all.map(({ prepared }) => prepared.notes)),
  };
}
