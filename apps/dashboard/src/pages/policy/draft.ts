/** Where a setting lies in the overlay. */
export type Path = readonly string[];

/** Changes that are not saved yet; null takes a setting back to what is deployed. */
export interface Draft {
  /** The state of the policy that the first of them was made on. */
  readonly seen: string;
  readonly changes: ReadonlyMap<string, unknown>;
}

export interface Editing {
  readonly draft: Draft | null;
  readonly set: (path: Path, value: unknown) => void;
  /** Forgets the change of this setting. */
  readonly drop: (path: Path) => void;
}

const keyOf = (path: Path): string => JSON.stringify(path);

export function changed(draft: Draft | null, seen: string, path: Path, value: unknown): Draft {
  return { seen: draft?.seen ?? seen, changes: new Map([...(draft?.changes ?? []), [keyOf(path), value]]) };
}

/** Null when no change is left. */
export function dropped(draft: Draft | null, path: Path): Draft | null {
  if (draft === null) return null;
  const changes = new Map([...draft.changes].filter(([key]) => key !== keyOf(path)));
  return changes.size === 0 ? null : { ...draft, changes };
}

/** Undefined for what is not changed. */
export const changeOf = (draft: Draft | null, path: Path): unknown => draft?.changes.get(keyOf(path));

/** As a JSON merge patch (RFC 7396) of the overlay. */
export function patchOf({ changes }: Draft): Record<string, unknown> {
  const patch = new Map<string, unknown>();
  for (const [key, value] of changes) {
    const path = JSON.parse(key) as string[];
    let place = patch;
    for (const name of path.slice(0, -1)) {
      const inner = place.get(name) instanceof Map ? (place.get(name) as Map<string, unknown>) : new Map();
      place.set(name, inner);
      place = inner;
    }
    place.set(path.at(-1) ?? '', value);
  }
  return plain(patch) as Record<string, unknown>;
}

const plain = (value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)])) : value;
