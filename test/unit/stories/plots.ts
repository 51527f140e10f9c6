import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import { aLambdaDeployment, anActionRecord, anEcsDeployment, redactedText } from '#test/builders/index.ts';
import { RERUN_RECORD } from '#test/builders/stories.ts';
import type { JobLog, StoryPlot } from './render-story.ts';

const real = (job: string, runs: string, name: string, exit = 1): JobLog => ({
  job,
  runs,
  file: `stories/${name}.txt`,
  exit,
});
const kept = (job: string, runs: string, name: string, exit = 1): JobLog => ({
  job,
  runs,
  file: `logs/${name}.log`,
  exit,
});
const said = (job: string, runs: string, text: string, exit = 1): JobLog => ({ job, runs, text, exit });
const one = (title: string, job: JobLog, rest: Partial<StoryPlot> = {}): StoryPlot => ({ title, jobs: [job], ...rest });

/** Lines of a service, so many seconds apart from 11:56:00 on. */
function at(secondsApart: number, ...lines: string[]): string[] {
  return lines.map(
    (line, index) => `${new Date(Date.UTC(2026, 10, 21, 11, 56, index * secondsApart)).toISOString()} ${line}`,
  );
}

const rang = (
  name: string,
  what: string,
  log: readonly string[],
  deployment: Deployment | null = null,
  rest: Partial<StoryPlot> = {},
): StoryPlot => ({
  title: `alarm ${name}`,
  alarm: { name, reason: `Threshold Crossed: ${what}`, log, deployment },
  status: 'escalated',
  ...rest,
});

const acted = (actionId: string, summary: string) =>
  anActionRecord({
    actionId,
    state: 'done',
    verified: 'recovered',
    receipt: { summary: redactedText(summary), at: '2026-11-21T12:01:00.000Z', facts: {} },
  });

/** What real tools printed when they were run for this, each in a job of its own. */
const TOOLS: readonly StoryPlot[] = [
  one('node --test: a wrong total, a TypeError and a time-out', real('unit tests', 'node --test', 'node-test')),
  one('node --test: two time-outs', real('unit tests', 'node --test', 'node-two-timeouts')),
  one('vitest: a wrong total, a time-out and a TypeError', real('unit tests', 'npx vitest run', 'vitest-mixed')),
  one('vitest: two connections refused', real('integration', 'npx vitest run', 'vitest-two-refused')),
  one(
    'pytest: a wrong total, an AttributeError and a refused connection',
    real('pytest', 'python -m pytest -q', 'pytest'),
  ),
  one('cargo test: a wrong total and a missing value', real('rust', 'cargo test', 'cargo-test', 101)),
  one('cargo build: an unknown method', real('rust', 'cargo build', 'cargo-build', 101)),
  one('tsc: two type errors', real('types', 'npx tsc --noEmit', 'tsc', 2)),
  one('biome: lint findings', real('lint', 'npx biome lint', 'biome')),
  one('gcc: an undeclared name', real('build', 'gcc -c bad.c', 'gcc')),
  one('ld: an undefined reference', real('build', 'gcc l.c -o l', 'ld')),
  one('make: no rule', real('build', 'make', 'make', 2)),
  one('javac: two errors', real('build', 'javac Cart.java', 'javac')),
  one('java: a null pointer', real('run', 'java M', 'java-ex')),
  one('npm: nothing cached', real('install', 'npm install', 'npm-enotcached')),
  one('npm: a missing script', real('deploy', 'npm run deploy', 'npm-missing-script')),
  one('npm: a build script that is not there', real('build', 'npm run build', 'npm-build')),
  one('python: a missing file', real('load', 'python load.py', 'python-nofile')),
  one('python: a missing variable', real('load', 'python env.py', 'python-env')),
  one('python: a missing module', real('load', 'python -c "import stripe_sdk"', 'python-module')),
  one('psql: refused', real('migrate', 'psql -c "select 1"', 'psql-refused', 2)),
  one('docker: no Dockerfile', real('image', 'docker build .', 'docker-daemon')),
  one('git: a conflict', real('merge', 'git merge b', 'git-conflict')),
  one('git: an unknown branch', real('release', 'git checkout release-9', 'git-pathspec')),
  one('cmake: a missing package', real('configure', 'cmake -S cm -B cm/build', 'cmake')),
  one('shell: not executable', real('deploy', './deploy.sh', 'shell-noexec', 126)),
  one('node: an uncaught TypeError', real('smoke', 'node app.js', 'node-uncaught')),
  one('node: the heap is full', real('build', 'node build.js', 'node-heap', 134)),
  one('esbuild: an import that is not there', real('bundle', 'esbuild e.ts --bundle', 'esbuild')),
  one('curl: refused', real('health', 'curl -fsS http://127.0.0.1:1/health', 'curl-refused', 7)),
  one('mvn: an artifact that is not there', real('build', 'mvn -o compile', 'mvn')),
  one('perl: a missing module', real('report', 'perl report.pl', 'perl', 2)),
  one('npm: two versions that do not fit', kept('install', 'npm ci', 'dependency_conflicts/npm-eresolve')),
  one('git push: rejected by a hook', kept('publish', 'git push', 'access_control_failures/git-push-hook')),
  one('aws: access denied', kept('deploy', 'aws s3 cp', 'access_control_failures/aws-s3-access-denied')),
  one('go test: a failing test', kept('go', 'go test ./...', 'test_failure/go-test')),
];

const ARTIFACT_DOWN = `npm error code ECONNRESET
npm error network read ECONNRESET
npm error network This is a problem related to network connectivity.`;

/** Several things in one run. */
const MIXTURES: readonly StoryPlot[] = [
  {
    title: 'a lost connection in one job, a type error in another',
    jobs: [said('install', 'npm ci', ARTIFACT_DOWN), real('types', 'npx tsc --noEmit', 'tsc', 2)],
  },
  {
    title: 'lost connections in two jobs',
    jobs: [said('linux', 'npm ci', ARTIFACT_DOWN), said('windows', 'npm ci', ARTIFACT_DOWN)],
  },
  {
    title: 'two time-outs in one job and a lost connection in another',
    jobs: [real('unit tests', 'node --test', 'node-two-timeouts'), said('install', 'npm ci', ARTIFACT_DOWN)],
  },
  {
    title: 'a lost connection and the gate that needs it',
    jobs: [
      said('install', 'npm ci', ARTIFACT_DOWN),
      said('all green', 'check', 'Error: one or more required jobs have failed: install'),
    ],
  },
  {
    title: 'a lost connection and a job that says nothing',
    jobs: [said('install', 'npm ci', ARTIFACT_DOWN), said('package', './package.sh', 'packing 12 files')],
  },
  one('a lost connection that a re-run healed', said('install', 'npm ci', ARTIFACT_DOWN), {
    status: 'resolved',
    outcome: 'Attempt 2 of run 1001 ended with success.',
    actions: [RERUN_RECORD],
  }),
  one('a wrong total that passed on the same commit', real('unit tests', 'npx vitest run', 'vitest-mixed'), {
    history: {
      defaultBranchConclusions: ['success', 'success'],
      attempt: 3,
      sameCommit: { failures: 1, successes: 1 },
      passedIn: ['attempt 1'],
    },
  }),
  one('a type error that the default branch has, too', real('types', 'npx tsc --noEmit', 'tsc', 2), {
    preExisting: true,
  }),
  one('a step that says nothing', said('package', './package.sh', 'packing 12 files\npacked 12 files in 3 s')),
  one(
    'a heap that is nearly full and an end without a reason',
    said('bundle', 'node bundle.js', 'bundling 412 modules\nheap is nearly full (471/512)\nstopping', 134),
  ),
];

const ALARMS: readonly StoryPlot[] = [
  rang(
    'ledger-latency',
    '1 datapoint [4100.0] was greater than the threshold (3000.0).',
    at(
      4,
      'INFO nightly close began',
      'WARN Waiting for lock on table entries (waitedMs=6013)',
      'ERROR Statement close_period took longer than 8000 ms',
      'WARN Waiting for lock on table entries (waitedMs=9020)',
    ),
  ),
  rang(
    'orders-db-connections',
    '1 datapoint [98.0] was greater than the threshold (90.0).',
    at(
      3,
      'FATAL: remaining connection slots are reserved for non-replication superuser connections',
      'ERROR orders-api: could not get a connection: FATAL: remaining connection slots are reserved',
      'ERROR GET /orders 500',
    ),
  ),
  rang(
    'checkout-errors',
    '3 datapoints were greater than the threshold (5.0).',
    at(
      2,
      'START RequestId: 1 Version: 42',
      "ERROR TypeError: Cannot read properties of undefined (reading 'amount')",
      '    at voucherOf (/var/task/src/voucher.js:12:18)',
      'END RequestId: 1',
      "ERROR TypeError: Cannot read properties of undefined (reading 'amount')",
    ),
    aLambdaDeployment({ deployedAt: '2026-11-21T11:52:00.000Z' }),
  ),
  rang(
    'checkout-errors-healed',
    '3 datapoints were greater than the threshold (5.0).',
    at(
      2,
      "ERROR TypeError: Cannot read properties of undefined (reading 'amount')",
      '    at voucherOf (/var/task/src/voucher.js:12:18)',
    ),
    aLambdaDeployment({ deployedAt: '2026-11-21T11:52:00.000Z' }),
    {
      status: 'resolved',
      outcome: 'The alarm is OK since 2026-11-21T12:04:00.000Z.',
      actions: [acted('rollback-lambda-alias', 'Pointed checkout:live from version 8 back to version 7.')],
    },
  ),
  rang(
    'search-cpu',
    '3 datapoints were greater than the threshold (85.0).',
    at(5, 'WARN cpu utilization at 96% for 3 minutes', 'WARN request queue is 120 long'),
    anEcsDeployment({ deployedAt: '2026-11-14T09:00:00.000Z' }),
    {
      status: 'resolved',
      outcome: 'The alarm is OK since 2026-11-21T12:06:00.000Z.',
      actions: [acted('scale-ecs-service', 'Raised the desired count of search from 4 to 6.')],
    },
  ),
  rang(
    'payments-5xx',
    '5 datapoints were greater than the threshold (1.0).',
    at(
      1,
      '10.0.3.7 - - [21/Nov/2026:11:56:00 +0000] "POST /pay HTTP/1.1" 502 157 "-" "okhttp/4.9"',
      '10.0.3.8 - - [21/Nov/2026:11:56:01 +0000] "POST /pay HTTP/1.1" 502 157 "-" "okhttp/4.9"',
      '10.0.3.8 - - [21/Nov/2026:11:56:02 +0000] "GET /health HTTP/1.1" 200 2',
    ),
  ),
  rang(
    'cart-redis',
    '1 datapoint [12.0] was greater than the threshold (0.0).',
    at(
      3,
      'ERROR Redis not responding',
      'ERROR Redis connection to cache-1:6379 failed - connect ECONNREFUSED 10.0.4.2:6379',
      'ERROR GET /cart 503',
    ),
  ),
  rang(
    'worker-memory',
    '1 datapoint [96.1] was greater than the threshold (90.0).',
    at(
      6,
      'INFO heap is nearly full (471/512)',
      'INFO heap is nearly full (489/512)',
      'INFO heap is nearly full (505/512)',
    ),
  ),
  rang(
    'invoice-disk',
    '1 datapoint [99.0] was greater than the threshold (95.0).',
    at(4, 'ERROR could not write invoice 8812: No space left on device', 'ERROR disk full on volume /var/lib/invoices'),
  ),
  rang(
    'import-throttle',
    '1 datapoint [40.0] was greater than the threshold (10.0).',
    at(
      2,
      'WARN ThrottlingException: Rate exceeded',
      'WARN ThrottlingException: Rate exceeded',
      'ERROR batch 7 given up after 5 tries',
    ),
  ),
  rang(
    'mail-denied',
    '1 datapoint [3.0] was greater than the threshold (0.0).',
    at(
      2,
      'ERROR AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/mailer/mailer is not authorized to perform: ses:SendEmail on resource: arn:aws:ses:eu-west-1:123456789012:identity/example.com',
    ),
  ),
  rang(
    'tls-expiry',
    '1 datapoint [1.0] was greater than the threshold (0.0).',
    at(2, 'ERROR request to https://partner.example.com/rates failed: certificate has expired'),
  ),
  rang(
    'upstream-timeouts',
    '4 datapoints were greater than the threshold (2.0).',
    at(
      7,
      'ERROR call to inventory timed out after 5000 ms',
      'ERROR GET /orders 504',
      'ERROR call to inventory timed out after 5000 ms',
    ),
  ),
  rang(
    'quiet-alarm',
    '1 datapoint [1.0] was greater than the threshold (0.0).',
    at(5, 'INFO batch 7 began', 'INFO batch 7 ended'),
  ),
];

export const PLOTS: readonly StoryPlot[] = [...TOOLS, ...MIXTURES, ...ALARMS];
