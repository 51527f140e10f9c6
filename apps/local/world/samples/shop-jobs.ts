import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conclusion } from '@selfheal/fake-github/run-state.ts';
import { checkOutStep, completeStep, type JobLog, ranStep, type StepLog, setUpStep } from './job-log.ts';

export type FailureKind = 'regression' | 'transient' | 'compile' | 'unknown';

const recordings = new Map<string, string>();

/** Recorded output of a real tool; see `capture.ts`. */
function recorded(name: string): string {
  const known = recordings.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(join(import.meta.dirname, 'captured', `${name}.txt`), 'utf8');
  recordings.set(name, text);
  return text;
}

/** A job of the shop's workflow: these steps between the runner's own. Steps after a failed one are not run. */
function job(name: string, headSha: string, steps: readonly StepLog[]): JobLog {
  const failed = steps.findIndex((step) => step.conclusion === 'failure');
  const ran = failed < 0 ? steps : steps.slice(0, failed + 1);
  const conclusion: Conclusion = failed < 0 ? 'success' : 'failure';
  return { name, conclusion, steps: [setUpStep(), checkOutStep(headSha), ...ran, completeStep()] };
}

const install = () => ranStep('Install', 'npm ci --loglevel=http', recorded('npm-ci'));

/** The jobs of one attempt of the shop's workflow. With `kind` null all of them pass. */
export function shopJobs(kind: FailureKind | null, headSha: string): readonly JobLog[] {
  const test =
    kind === 'regression'
      ? ranStep('Unit tests', 'node --test', recorded('test-regression'), 1)
      : ranStep('Unit tests', 'node --test', recorded('test-ok'));
  const installForTest =
    kind === 'transient' ? ranStep('Install', 'npm ci --loglevel=http', recorded('npm-ci-reset'), 1) : install();
  const build =
    kind === 'compile'
      ? ranStep('Type check', 'npx tsc -p .', recorded('tsc-errors'), 2)
      : ranStep('Bundle', 'npx esbuild src/cart.ts src/stock.ts --bundle', recorded('build'));
  const lint = ranStep('Lint', 'npx biome check src test', recorded('lint'));
  const jobs = [
    job('lint', headSha, [install(), lint]),
    job('unit tests', headSha, [installForTest, test]),
    job('build', headSha, [install(), build]),
  ];
  if (kind !== 'unknown') return jobs;
  const release = ranStep('Rehearse the release', 'node scripts/release.mjs', recorded('release-unknown'), 3);
  return [...jobs, job('release rehearsal', headSha, [release])];
}
