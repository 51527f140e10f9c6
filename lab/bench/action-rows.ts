import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAction } from '../../tools/build-action.ts';
import type { Row } from './row.ts';

const STARTS = 11;
const GOAL_MILLISECONDS = 1000;
const GOAL_BYTES = 2_000_000;
const REPORT =
  '<testsuites><testsuite name="one" tests="1"><testcase classname="one" name="works" time="0.1"/></testsuite></testsuites>\n';

/** The built Action: the entry with what it always loads, and a step that has next to nothing to do, as a process each. */
export async function actionRows(outDir: string): Promise<Row[]> {
  const folder = join(outDir, 'action');
  await buildAction(folder);
  const entry = join(folder, 'main.mjs');
  const all = globSync('**/*', { cwd: folder }).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
  const workspace = join(outDir, 'workspace');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'unit.xml'), REPORT);
  const times = Array.from({ length: STARTS }, () => millisecondsOf(entry, workspace)).sort((a, b) => a - b);
  const median = times[Math.floor(STARTS / 2)] ?? Number.NaN;
  const size = statSync(entry).size;
  return [
    {
      measure: 'the built Action: its entry file, which loads each task and parser on demand; everything with data',
      goal: `${GOAL_BYTES / 1e6} MB; reported`,
      measured: `${(size / 1e6).toFixed(2)} MB; ${(all / 1e6).toFixed(1)} MB`,
      met: size <= GOAL_BYTES,
    },
    {
      measure: 'a step of it that reads a report of one test, as a process: median and quickest of 11',
      goal: `${GOAL_MILLISECONDS} ms; reported`,
      measured: `${median} and ${times[0]} ms`,
      met: median <= GOAL_MILLISECONDS,
    },
  ];
}

/** Throws when the step fails. */
function millisecondsOf(entry: string, workspace: string): number {
  const began = performance.now();
  const environment = { INPUT_TASK: 'report', INPUT_REPORTS: 'unit.xml', GITHUB_WORKSPACE: workspace };
  const { status, stdout } = spawnSync(process.execPath, [entry], { encoding: 'utf8', env: environment });
  if (status !== 0) throw new Error(`The step ended with ${status}: ${stdout}`);
  return Math.round(performance.now() - began);
}
