/** One thing that was asked for. */
export interface Requirement {
  readonly id: string;
  readonly text: string;
}

export interface Group {
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
 * Reads the ledger: a heading `## A.1 Title` opens a group, `| A10 | text |` is a row of it; under `## Superseded rows`, the
 * same shape gives a row's replacement. Throws for a row that stands twice, one without a text, and a superseded row that no
 * group has or that gives no reason.
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
    if (known.has(id)) throw new Error(`The ledger has ${id} twice.`);
    known.add(id);
    groups.at(-1)?.rows.push({ id, text });
  }
  for (const [id, reason] of superseded) {
    if (!known.has(id)) throw new Error(`The ledger supersedes ${id}, which is in no group.`);
    if (reason.length < MIN_REASON_LENGTH) throw new Error(`The ledger supersedes ${id} without a reason.`);
  }
  return { groups, superseded };
}

/**
 * Row ids in the names of tests that passed: `[A10] posts one comment` proves A10, `[A10][A11] ...` both. A row with any test
 * that failed, was skipped or was expected to fail is not proven: its promise does not hold as a whole.
 */
export function provenIds(tests: Iterable<{ readonly name: string; readonly state: string }>): Set<string> {
  const proven = new Set<string>();
  const broken = new Set<string>();
  for (const { name, state } of tests)
    for (const [, id = ''] of name.matchAll(/\[([A-E]\d{1,3})\]/g)) (state === 'passed' ? proven : broken).add(id);
  for (const id of broken) proven.delete(id);
  return proven;
}

export function stateOf({ groups, superseded }: Ledger, proven: ReadonlySet<string>): GroupState[] {
  return groups.map(({ title, rows }) => ({
    title,
    proven: rows.filter(({ id }) => proven.has(id)),
    superseded: rows.filter(({ id }) => superseded.has(id) && !proven.has(id)),
    open: rows.filter(({ id }) => !superseded.has(id) && !proven.has(id)),
  }));
}
