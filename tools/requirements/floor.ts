import * as z from 'zod';

/**
 * The requirements that have been proven before (`docs/requirements-floor.json`). One that is no longer proven needs a reason under `withdrawn`, so
 * that none is lost unnoticed.
 */
export const Floor = z.strictObject({
  proven: z.array(z.string()),
  /** Row id -> why it is no longer proven. */
  withdrawn: z.record(z.string(), z.string().min(20)),
});
export type Floor = z.infer<typeof Floor>;

export interface FloorComparison {
  /** On the floor, but no longer proven and without a reason. */
  readonly lost: readonly string[];
  /** Proven, but not yet on the floor or marked as withdrawn. */
  readonly gained: readonly string[];
}

export function compareWithFloor(floor: Floor, proven: ReadonlySet<string>): FloorComparison {
  const expected = new Set(floor.proven);
  return {
    lost: floor.proven.filter((id) => !proven.has(id) && floor.withdrawn[id] === undefined),
    gained: [...proven].filter((id) => !expected.has(id) || floor.withdrawn[id] !== undefined),
  };
}

/** The floor plus the newly proven rows, in the order of the ledger. Removes nothing. */
export function raisedFloor(floor: Floor, proven: ReadonlySet<string>, order: readonly string[]): Floor {
  const kept = new Set([...floor.proven, ...proven]);
  const withdrawn = Object.entries(floor.withdrawn).filter(([id]) => !proven.has(id));
  return { proven: order.filter((id) => kept.has(id)), withdrawn: Object.fromEntries(withdrawn) };
}
