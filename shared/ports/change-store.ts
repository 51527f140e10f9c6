import type { Change, ChangeEdge } from '#shared/domain/changes/change.ts';

/** The change graph: what was changed where, and how that led to what. */
export interface ChangeStore {
  /** Writes a change under each of its places, and its edges. Repeatable. */
  record(change: Change): Promise<void>;
  /** Adds an edge from a node, such as an incident, to another. Repeatable. */
  link(from: string, edge: ChangeEdge, at: Date): Promise<void>;
  /** Changes at a place, newest first, from `until` back to `from`; as they were told, so that one may be there twice. */
  at(place: string, range: { readonly from: Date; readonly until: Date; readonly limit: number }): Promise<Change[]>;
  /** Edges that begin at a node. */
  edgesOf(id: string): Promise<ChangeEdge[]>;
}
