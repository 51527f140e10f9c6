import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redResults } from '#test/builders/index.ts';
import { aFolder } from './run-command.ts';

/** Results of jobs, each in a folder of its own, as artifacts are unpacked. */
export function resultsFolder(): string {
  const folder = aFolder();
  for (const result of redResults()) {
    mkdirSync(join(folder, result.job));
    writeFileSync(join(folder, result.job, `${result.job}.json`), JSON.stringify(result));
  }
  return folder;
}
