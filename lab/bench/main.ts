import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionRows } from './action-rows.ts';
import { anomalyRows } from './anomaly-rows.ts';
import { architectureRows } from './architecture-rows.ts';
import { bundleRows, testRows } from './build-rows.ts';
import { cliRows } from './cli-rows.ts';
import { costRows } from './cost-rows.ts';
import { dashboardRows } from './dashboard-rows.ts';
import { burstRows, crashRows, latencyRows, loadRows, longLogRows, repeatRows } from './drill-rows.ts';
import { knownItemRows } from './known-item-rows.ts';
import { learningRows } from './learning-rows.ts';
import { listRows } from './list-rows.ts';
import { logIntakeRows } from './log-intake-rows.ts';
import { logRows } from './log-rows.ts';
import { logStreamRows } from './log-stream-rows.ts';
import { planningRows } from './planning-rows.ts';
import { recallRows } from './recall-rows.ts';
import { reportRows } from './report-rows.ts';
import { type Row, renderRow } from './row.ts';
import { searchRows } from './search-rows.ts';
import { startRows } from './start-rows.ts';
import { templateRows } from './template-rows.ts';
import { unlikeLogRows } from './unlike-log-rows.ts';

const BENCHES: Readonly<Record<string, (outDir: string) => Promise<Row[]>>> = {
  start: startRows,
  cli: cliRows,
  architecture: architectureRows,
  action: actionRows,
  latency: latencyRows,
  'long-log': longLogRows,
  load: loadRows,
  burst: burstRows,
  repeats: repeatRows,
  crash: crashRows,
  logs: logRows,
  'log-intake': logIntakeRows,
  'log-stream': logStreamRows,
  reading: unlikeLogRows,
  reports: reportRows,
  templates: templateRows,
  recall: recallRows,
  'known-item': knownItemRows,
  anomalies: anomalyRows,
  lists: listRows,
  search: searchRows,
  dashboard: dashboardRows,
  planning: planningRows,
  learning: learningRows,
  cost: costRows,
  bundles: bundleRows,
  tests: testRows,
};

/** `npm run bench [-- NAME ...]`: prints the table of docs/figures.md. Exit code 2 for an unknown name, 1 when a benchmark threw an error. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    console.error(`Unknown benchmark ${unknown.join(', ')}. Use one of: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const outDir = mkdtempSync(join(tmpdir(), 'selfheal-bench-'));
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}\n`);
  console.log('| measure | goal | measured | met |\n|---|---|---|---|');
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    try {
      for (const row of (await BENCHES[name]?.(outDir)) ?? []) console.log(renderRow(row));
    } catch (error) {
      console.error(`The benchmark ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  rmSync(outDir, { recursive: true, force: true });
}

await main(process.argv.slice(2));
