import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareWithFloor, Floor, raisedFloor } from './floor.ts';
import {
  claimedTwice,
  type GroupState,
  type Ledger,
  parseLedger,
  provenIds,
  type Requirement,
  stateOf,
} from './ledger.ts';
import { readReports, revisionOf, whyNotCounted } from './suite-report.ts';

/**
 * `npm run requirements`: prints which requirements the tests of the checked-out commit prove. It runs no tests but reads the reports of the suites
 * (`npm test`, `npm run test:browser`, ...). Exits with 1 if a row of the floor is no longer proven or a test names an unknown row. `--rows` prints
 * each row with its text; `--raise` adds newly proven rows to the floor.
 */
const ROOT = join(import.meta.dirname, '../..');
const FLOOR = join(ROOT, 'docs/requirements-floor.json');

const { values: options } = parseArgs({
  options: { rows: { type: 'boolean', default: false }, raise: { type: 'boolean', default: false } },
});
const ledger = parseLedger(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));
const floor = Floor.parse(JSON.parse(readFileSync(FLOOR, 'utf8')));
const proven = provenIds(countedTests());
const states = stateOf(ledger, proven);
const order = ledger.groups.flatMap(({ rows }) => rows.map(({ id }) => id));
for (const state of states) print(state, ledger);
console.log(
  `\n${order.length} rows: ${count('proven')} proven, ${count('superseded')} superseded, ${count('open')} open`,
);
check();

/** The tests of all reports about the checked-out commit. Prints which reports do not count, and why. */
function countedTests() {
  const revision = revisionOf();
  const counted = readReports().filter((report) => {
    const reason = whyNotCounted(report, revision);
    const inverted = report.tests.filter(({ state }) => state === 'inverted');
    console.log(`${report.suite}: ${reason === null ? `${report.tests.length} tests` : `not counted, ${reason}`}`);
    for (const { file, name } of inverted)
      fail(`${file}: "${name}" is expected to fail (it.fails) and proves nothing. Write a test that passes.`);
    return reason === null;
  });
  if (counted.length === 0)
    fail('No suite ran completely on this commit. Commit, run `npm test` (and the other suites), then run this again.');
  return counted.flatMap(({ tests }) => tests);
}

function count(kind: 'proven' | 'superseded' | 'open'): number {
  return states.reduce((sum, state) => sum + state[kind].length, 0);
}

function print({ title, proven, superseded, open }: GroupState, { superseded: reasons }: Ledger): void {
  const total = proven.length + superseded.length + open.length;
  console.log(`${title}: ${proven.length} of ${total} proven`);
  const list = (kind: string, rows: readonly Requirement[]) => {
    if (options.rows) for (const { id, text } of rows) console.log(`  ${kind}  ${id}: ${text}`);
    else if (rows.length > 0) console.log(`  ${kind}  ${rows.map(({ id }) => id).join(' ')}`);
  };
  list('proven    ', proven);
  for (const { id } of superseded) console.log(`  superseded  ${id}: ${reasons.get(id)}`);
  list('open      ', open);
}

function check(): void {
  const unknown = [...proven].filter((id) => !order.includes(id));
  if (unknown.length > 0) fail(`Tests name rows that docs/requirements.md does not have: ${unknown.join(' ')}`);
  for (const id of claimedTwice(ledger, proven, floor))
    fail(
      `${id} is superseded in docs/requirements.md and proven as well. Remove it from the superseded rows, or its tests and its place on the floor.`,
    );
  const { lost, gained } = compareWithFloor(floor, proven);
  for (const id of lost)
    fail(`${id} is no longer proven. Fix its test, or give the reason under "withdrawn" in ${FLOOR}.`);
  if (gained.length === 0) return;
  if (options.raise) writeFileSync(FLOOR, `${JSON.stringify(raisedFloor(floor, proven, order), null, 2)}\n`);
  console.log(`${gained.length} rows above the floor${options.raise ? ', now part of it' : ''}: ${gained.join(' ')}`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
