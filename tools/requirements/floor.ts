import * as z from 'zod';

/**
 * The rows that were proven once (`docs/requirements-floor.json`). None may be lost unnoticed: a row that is no longer proven
 * needs a reason under `withdrawn`.
 */
export const Floor = z.strictObject({
  proven: z.array(z.string()),
  /** Row id -> why it is not proven any more. */
  withdrawn: z.record(z.string(), z.string().min(20)),
});
export type Floor = z.infer<typeof Floor>;

export interface FloorComparison {
  /** Below the floor without a reason. */
  readonly lost: readonly string[];
  /** Proven but not on the floor yet, or withdrawn and proven all the same. */
  readonly gained: readonly string[];
}

export function compareWithFloor(floor: Floor, proven: ReadonlySet<string>): FloorComparison {
  const expected = new Set(floor.proven);
  return {
    lost: floor.proven.filter((id) => !proven.has(id) && floor.withdrawn[id] === undefined),
    gained: [...proven].filter((id) => !expected.has(id) || floor.withdrawn[id] !== undefined),
  };
}

/** The floor with what was gained; nothing is ever taken off by it. Rows are in the order of the ledger. */
export function raisedFloor(floor: Floor, proven: ReadonlySet<string>, order: readonly string[]): Floor {
  const kept = new Set([...floor.proven, ...proven]);
  const withdrawn = Object.entries(floor.withdrawn).filter(([id]) => !proven.has(id));
  return { proven: order.filter((id) => kept.has(id)), withdrawn: Object.fromEntries(withdrawn) };
}
