import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const LEDGER = 'docs/requirements.md';
const REPORT = '.selfheal/test-report.json';

export interface Group {
  readonly title: string;
  readonly ids: readonly string[];
}

export interface Ledger {
  readonly groups: readonly Group[];
  /** Row id -> why it is superseded. */
  readonly superseded: ReadonlyMap<string, string>;
}

export interface GroupState extends Group {
  readonly proven: readonly string[];
  readonly superseded: readonly string[];
  readonly open: readonly string[];
}

/**
 * Reads the ledger: `## A.1 Title (A1-A12)` opens a group; `| A13 | reason |` under "Superseded" supersedes a row.
 * Throws when a superseded row belongs to no group or has no reason.
 */
export function parseLedger(markdown: string): Ledger {
  const groups: Group[] = [];
  const superseded = new Map<string, string>();
  for (const line of markdown.split('\n')) {
    const heading = /^## (.+?) \(([A-E])(\d+)-[A-E](\d+)\)$/.exec(line);
    if (heading) {
      const [, title = '', letter = '', from, to] = heading;
      const ids = Array.from(
        { length: Number(to) - Number(from) + 1 },
        (_, index) => `${letter}${Number(from) + index}`,
      );
      groups.push({ title, ids });
    }
    const row = /^\| ([A-E]\d+) +\| (.*) \|$/.exec(line);
    if (row?.[1]) superseded.set(row[1], (row[2] ?? '').trim());
  }
  const known = new Set(groups.flatMap((group) => group.ids));
  for (const [id, reason] of superseded) {
    if (!known.has(id)) throw new Error(`${LEDGER} supersedes ${id}, which is in no group.`);
    if (reason.length < 10) throw new Error(`${LEDGER} supersedes ${id} without a reason.`);
  }
  return { groups, superseded };
}

/** Row ids in the names of tests that passed: `[A10] posts one comment` proves A10; `[A10][A11] ...` both. */
export function provenIds(report: {
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}): Set<string> {
  const proven = new Set<string>();
  const broken = new Set<string>();
  for (const { fullName, status } of report.testResults.flatMap((file) => file.assertionResults)) {
    for (const [, id = ''] of fullName.matchAll(/\[([A-E]\d{1,3})\]/g)) (status === 'passed' ? proven : broken).add(id);
  }
  // A row with any failing or skipped test is not proven: its promise does not hold as a whole.
  for (const id of broken) proven.delete(id);
  return proven;
}

export function stateOf(ledger: Ledger, proven: ReadonlySet<string>): GroupState[] {
  return ledger.groups.map((group) => {
    const isProven = group.ids.filter((id) => proven.has(id));
    const isSuperseded = group.ids.filter((id) => ledger.superseded.has(id) && !proven.has(id));
    return {
      ...group,
      proven: isProven,
      superseded: isSuperseded,
      open: group.ids.filter((id) => !isProven.includes(id) && !isSuperseded.includes(id)),
    };
  });
}

function runTests(): void {
  mkdirSync(join(ROOT, '.selfheal'), { recursive: true });
  const run = spawnSync('vitest', ['run', '--reporter=json', `--outputFile=${REPORT}`], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (run.status !== 0) console.error(`The test run ended with ${run.status}; rows with a failing test count as open.`);
}

function print(states: readonly GroupState[], ledger: Ledger): void {
  for (const { title, ids, proven, superseded, open } of states) {
    console.log(`${title}: ${proven.length} of ${ids.length} proven`);
    if (proven.length > 0) console.log(`  proven      ${proven.join(' ')}`);
    for (const id of superseded) console.log(`  superseded  ${id}: ${ledger.superseded.get(id)}`);
    if (open.length > 0) console.log(`  open        ${open.join(' ')}`);
  }
  const count = (pick: (state: GroupState) => readonly string[]) =>
    states.reduce((sum, state) => sum + pick(state).length, 0);
  console.log(
    `\n${count((s) => s.ids)} rows: ${count((s) => s.proven)} proven, ${count((s) => s.superseded)} superseded, ${count((s) => s.open)} open`,
  );
}

if (import.meta.main) {
  const ledger = parseLedger(readFileSync(join(ROOT, LEDGER), 'utf8'));
  const given = process.argv[2];
  if (given === undefined) runTests();
  const file = given ?? join(ROOT, REPORT);
  if (!existsSync(file)) {
    console.error(`No test report at ${file}. Run without arguments to make one.`);
    process.exit(2);
  }
  const proven = provenIds(JSON.parse(readFileSync(file, 'utf8')));
  const unknown = [...proven].filter((id) => !ledger.groups.some((group) => group.ids.includes(id)));
  print(stateOf(ledger, proven), ledger);
  if (unknown.length > 0) {
    console.error(`Tests name rows that do not exist: ${unknown.join(' ')}`);
    process.exitCode = 1;
  }
}
