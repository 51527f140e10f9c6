import type { Conclusion } from '@selfheal/fake-github/run-state.ts';

/** One step of a job with its output, as the tool printed it. */
export interface StepLog {
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly text: string;
}

export interface JobLog {
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly steps: readonly StepLog[];
}

/** Removes characters that are not allowed in file names, as GitHub does. */
const fileName = (name: string) => name.replaceAll(/[/\\:*?"<>|]/g, '');

/**
 * The entries of a run's log archive: one `<n>_<job>.txt` per job, and one folder per job with a file per step. Every line begins with its time,
 * with seven decimals; `start` is the time of the first line.
 */
export function archiveEntries(jobs: readonly JobLog[], start: Date): { name: string; content: string }[] {
  const whole: { name: string; content: string }[] = [];
  const parts: { name: string; content: string }[] = [];
  for (const [index, job] of jobs.entries()) {
    const stamp = makeStamp(start, index + 1);
    const steps = job.steps.map((step) => stampLines(step.text, stamp));
    whole.push({ name: `${index}_${fileName(job.name)}.txt`, content: steps.join('') });
    parts.push({ name: `${fileName(job.name)}/`, content: '' });
    for (const [number, step] of job.steps.entries()) {
      const name = `${fileName(job.name)}/${number + 1}_${fileName(step.name)}.txt`;
      parts.push({ name, content: steps[number] ?? '' });
    }
  }
  return [...whole, ...parts];
}

/** Makes timestamps that advance by uneven steps; the same start gives the same timestamps. */
function makeStamp(start: Date, seed: number): () => string {
  let ticks = BigInt(start.getTime() + seed * 1700) * 10_000n;
  let state = seed * 7919;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    ticks += BigInt(180 + (state % 60_000));
    const iso = new Date(Number(ticks / 10_000n)).toISOString();
    return `${iso.slice(0, 19)}.${String(ticks % 10_000_000n).padStart(7, '0')}Z`;
  };
}

function stampLines(text: string, stamp: () => string): string {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  return lines.map((line) => `${stamp()} ${line}\n`).join('');
}

/** A `run:` step with what the runner prints around it. */
export function ranStep(name: string, command: string, output: string, exitCode = 0): StepLog {
  const lines = [
    `##[group]Run ${command}`,
    `\u001b[36;1m${command}\u001b[0m`,
    'shell: /usr/bin/bash -e {0}',
    'env:',
    '  CI: true',
    `  SHOP_REGISTRY_TOKEN: ${FAKE_TOKEN}`,
    '##[endgroup]',
    output.replace(/\n$/, ''),
    ...(exitCode === 0 ? [] : [`##[error]Process completed with exit code ${exitCode}.`]),
  ];
  return { name, conclusion: exitCode === 0 ? 'success' : 'failure', text: `${lines.join('\n')}\n` };
}

/** Looks like a token to the redactor but is not one. */
export const FAKE_TOKEN = `ghp_${'Zq8'.repeat(12)}`;

export function setUpStep(): StepLog {
  const text = [
    "Current runner version: '2.330.0'",
    '##[group]Runner Image Provisioner',
    'Hosted Compute Agent',
    '##[endgroup]',
    '##[group]Operating System',
    'Ubuntu',
    '24.04.3',
    'LTS',
    '##[endgroup]',
    '##[group]GITHUB_TOKEN Permissions',
    'Contents: read',
    'Metadata: read',
    '##[endgroup]',
    'Secret source: Actions',
    'Prepare workflow directory',
    'Prepare all required actions',
    'Getting action download info',
    "Download action repository 'actions/checkout@v5'",
    "Download action repository 'actions/setup-node@v5'",
  ];
  return { name: 'Set up job', conclusion: 'success', text: `${text.join('\n')}\n` };
}

export function checkOutStep(headSha: string): StepLog {
  const text = [
    '##[group]Run actions/checkout@v5',
    'with:',
    '  repository: acme/shop',
    '  fetch-depth: 1',
    '##[endgroup]',
    'Syncing repository: acme/shop',
    '##[group]Getting Git version info',
    "Working directory is '/home/runner/work/shop/shop'",
    '[command]/usr/bin/git version',
    'git version 2.51.0',
    '##[endgroup]',
    '##[group]Fetching the repository',
    `[command]/usr/bin/git fetch --no-tags --prune --depth=1 origin +${headSha}`,
    '##[endgroup]',
    `[command]/usr/bin/git log -1 --format=%H`,
    headSha,
  ];
  return { name: 'Run actionscheckout@v5', conclusion: 'success', text: `${text.join('\n')}\n` };
}

export function completeStep(): StepLog {
  return { name: 'Complete job', conclusion: 'success', text: 'Cleaning up orphan processes\n' };
}
