/** One requirement: a row of the ledger. */
export interface Requirement {
  readonly id: string;
  readonly text: string;
}

interface Group {
  readonly title: string;
  readonly rows: readonly Requirement[];
}

export interface Ledger {
  readonly groups: readonly Group[];
  /** Row id -> what replaces it, and why. */
  readonly superseded: ReadonlyMap<string, string>;
}

export interface GroupState {
  readonly title: string;
  readonly proven: readonly Requirement[];
  readonly superseded: readonly Requirement[];
  readonly open: readonly Requirement[];
}

const MIN_REASON_LENGTH = 20;
const HEADING = /^## (.+)$/;
const ROW = /^\| ([A-E]\d+) +\| (.*\S) +\|$/;

/**
 * Parses the ledger. A heading `## A.1 Title` begins a group, `| A10 | text |` is a row of it. Rows under `## Superseded rows` give the replacement
 * of a row and the reason. Throws for a duplicate row, and for a superseded row that no group has or that lacks a reason.
 */
export function parseLedger(markdown: string): Ledger {
  const groups: { title: string; rows: Requirement[] }[] = [];
  const superseded = new Map<string, string>();
  const known = new Set<string>();
  let isSuperseded = false;
  for (const line of markdown.split('\n')) {
    const title = HEADING.exec(line)?.[1];
    if (title !== undefined) {
      isSuperseded = title === 'Superseded rows';
      if (!isSuperseded) groups.push({ title, rows: [] });
    }
    const [, id, text] = ROW.exec(line) ?? [];
    if (id === undefined || text === undefined) continue;
    if (isSuperseded) {
      superseded.set(id, text);
      continue;
    }
    if (known.has(id)) throw new Error(`docs/requirements.md has the row ${id} twice. Remove one.`);
    known.add(id);
    groups.at(-1)?.rows.push({ id, text });
  }
  for (const [id, reason] of superseded) {
    if (!known.has(id)) throw new Error(`docs/requirements.md supersedes ${id}, but no group has this row.`);
    if (reason.length < MIN_REASON_LENGTH)
      throw new Error(
        `docs/requirements.md supersedes ${id} without a reason of at least ${MIN_REASON_LENGTH} characters.`,
      );
  }
  return { groups, superseded };
}

/**
 * The ids of proven rows. A passed test proves the rows in its name: `[A10] posts one comment` proves A10, `[A10][A11] ...` proves both. A row is not
 * proven if any of its tests failed, was skipped, was expected to fail, or passed only when it ran again.
 */
export function provenIds(
  tests: Iterable<{ readonly name: string; readonly state: string; readonly retried?: true | undefined }>,
): Set<string> {
  const proven = new Set<string>();
  const broken = new Set<string>();
  for (const { name, state, retried } of tests)
    for (const [, id = ''] of name.matchAll(/\[([A-E]\d{1,3})\]/g))
      (state === 'passed' && retried !== true ? proven : broken).add(id);
  for (const id of broken) proven.delete(id);
  return proven;
}

/** Rows that are both superseded and proven, or on the floor without a reason why not: one of the two is untrue. */
export function claimedTwice(
  { superseded }: Ledger,
  proven: ReadonlySet<string>,
  floor: { readonly proven: readonly string[]; readonly withdrawn: Readonly<Record<string, string>> },
): string[] {
  const onFloor = new Set(floor.proven.filter((id) => floor.withdrawn[id] === undefined));
  return [...superseded.keys()].filter((id) => proven.has(id) || onFloor.has(id));
}

export function stateOf({ groups, superseded }: Ledger, proven: ReadonlySet<string>): GroupState[] {
  return groups.map(({ title, rows }) => ({
    title,
    proven: rows.filter(({ id }) => proven.has(id)),
    superseded: rows.filter(({ id }) => superseded.has(id) && !proven.has(id)),
    open: rows.filter(({ id }) => !superseded.has(id) && !proven.has(id)),
  }));
}
