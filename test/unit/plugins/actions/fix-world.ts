import { createHash } from 'node:crypto';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { digestOfFix, ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import { sandboxWorkflow } from '@selfheal/patch-guard/sandbox-workflow.ts';
import {
  digestOfQuarantine,
  QuarantinedTest,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { PATCH } from '#shared/plugins/actions/common/patch-preparation.ts';
import type { PreparedPatch } from '#shared/plugins/actions/common/prepared-patch.ts';
import type { ActionPorts, Preparation } from '#shared/plugins/actions/contract.ts';
import { type PreparedQuarantine, QUARANTINE } from '#shared/plugins/actions/quarantine-flaky-test/prepare.ts';
import { type PreparedRevert, REVERT } from '#shared/plugins/actions/revert-pull-request/prepare.ts';
import type { Job, Run } from '#shared/ports/code-host.ts';
import { aClassification, anActionRecord, redactedText } from '#test/builders/index.ts';
import { makeMemoryRepository } from '#test/fakes/index.ts';

const COMMIT = 'c'.repeat(40);
const BASE = 'a'.repeat(40);
const BRANCH = 'autofix-20261121-120000';

/** A patch that passed the policy. */
function aProposedFix(change: Partial<ProposedFix> = {}): ProposedFix {
  return ProposedFix.parse({
    version: 2,
    incidentId: `gh-${'0'.repeat(24)}`,
    source: 'model',
    baseSha: BASE,
    fingerprint: '0123456789abcdef',
    patchDigest: 'e'.repeat(64),
    files: [{ path: 'src/cart.js', previousPath: 'src/cart.js', content: 'export const total = 3;\n' }],
    changes: [{ path: 'src/cart.js', isNew: false, added: 1, removed: 1 }],
    findings: [],
    diff: '--- a/src/cart.js\n+++ b/src/cart.js\n@@ -1,1 +1,1 @@\n-export const total = 2;\n+export const total = 3;\n',
    inspection: { reasons: [] },
    title: 'Count every line',
    explanation: 'The total leaves out a line.',
    evidence: ['AssertionError: expected 2 to be 3'],
    confidence: 0.85,
    ...change,
  });
}

const FIX = aProposedFix();
const PREPARED: PreparedPatch = {
  incidentId: FIX.incidentId,
  repository: 'acme/shop',
  digest: digestOfFix(FIX),
  fingerprint: FIX.fingerprint,
  newUses: 0,
  sandbox: null,
};
const TRIED = anActionRecord({
  actionId: 'try-fix',
  state: 'done',
  verified: 'advanced',
  receipt: {
    summary: redactedText('Tried.'),
    at: '2026-11-21T12:00:00.000Z',
    facts: { branch: BRANCH, commit: COMMIT, fix: PREPARED.digest },
  },
});
const OFF = { patches: false, sandboxWorkflow: null as string | null, reverts: false, issues: false };
const SWITCHES: Readonly<Record<string, Partial<typeof OFF>>> = {
  'sandbox-fix': { patches: true, sandboxWorkflow: 'selfheal-try.yml' },
  'try-fix': { patches: true },
  'fix-pull-request': { patches: true },
  'revert-pull-request': { reverts: true },
  'open-issue': { issues: true },
  'quarantine-flaky-test': { issues: true },
};
/** The workflow of the user guide. */
const SANDBOX_WORKFLOW = sandboxWorkflow({
  runner: 'ubuntu-24.04',
  minutes: '30',
  image: 'node:24',
  version: `${'1'.repeat(40)} # v4.2.2`,
  prepare: 'npm ci --ignore-scripts',
  test: 'npm test',
});
const SANDBOX_FILE = '.github/workflows/selfheal-try.yml';
const aSandbox = () => ({
  workflow: 'selfheal-try.yml',
  blob: createHash('sha1').update(SANDBOX_WORKFLOW).digest('hex'),
});
const MERGED: PreparedRevert = { pullRequest: 7, beforeSha: 'b'.repeat(40) };
/** A test that fails by chance, as it is kept for its issue. */
export function aQuarantinedTest(change: Partial<QuarantinedTest> = {}): QuarantinedTest {
  return QuarantinedTest.parse({
    version: 1,
    incidentId: FIX.incidentId,
    testKey: 'feedfeedfeedfeed',
    name: 'test/cart.test.js > adds up',
    file: 'test/cart.test.js',
    owner: { kind: 'code-owners', names: ['@acme/basket'] },
    runs: 20,
    failures: 4,
    rate: [0.07, 0.4],
    score: 0.97,
    commits: ['abcdefabcdef'],
    until: '2026-12-05',
    ...change,
  });
}
const FLAKY = aQuarantinedTest();
const FLAKY_TEST: PreparedQuarantine = {
  step: 'open',
  incidentId: FLAKY.incidentId,
  digest: digestOfQuarantine(FLAKY),
  testKey: FLAKY.testKey,
  until: FLAKY.until,
};
const passed = (runId: number) => ({ runId, attempt: 1, passed: true });

/** Run so often that it is not run again. */
const REPEATED: Partial<RunFacts> = { attempt: 3 };

/** What makes an action fit that writes into the repository; null for every other one. */
export function writingContext(id = '') {
  const on = SWITCHES[id];
  if (on === undefined) return null;
  const onDefaultBranch = id === 'revert-pull-request' || id === 'open-issue';
  const isFlaky = id === 'quarantine-flaky-test';
  const history = { jobId: 501, sameCommit: [], defaultBranch: [passed(900), passed(899), passed(898)] };
  return {
    target: { onDefaultBranch, event: onDefaultBranch ? 'push' : 'pull_request' },
    facts: { jobHistories: [history], ...(isFlaky ? REPEATED : {}) } satisfies Partial<RunFacts>,
    prepared: new Map<Preparation, unknown>([
      ...(on.patches === true
        ? [[PATCH, { ...PREPARED, sandbox: id === 'sandbox-fix' ? aSandbox() : null }] as const]
        : []),
      ...(on.reverts === true ? [[REVERT, MERGED] as const] : []),
      ...(isFlaky ? [[QUARANTINE, FLAKY_TEST] as const] : []),
    ]),
    past: id === 'fix-pull-request' ? [TRIED] : [],
    classification: aClassification({
      class: 'test_failure',
      verdict: isFlaky ? 'flaky' : 'regression',
      fingerprint: FIX.fingerprint,
    }),
    fixes: {
      repositories: [{ name: 'acme/shop', ...OFF, ...on }],
      maxPerDay: 3,
      quarantine: { days: 14, minRate: 0.01 },
    },
  };
}

const failedJob = (conclusion: string): Job => ({
  id: 1,
  name: jobNameOf('unit tests'),
  conclusion,
  url: null,
  failedStep: null,
});

/** The repository of the failed run. Pushes to it start no run until `passes` is told. */
export function aRepositoryWorld(id: string | undefined, effects: string[], aRun: (change: Partial<Run>) => Run) {
  const files = { 'src/cart.js': 'export const total = 2;\n', [SANDBOX_FILE]: SANDBOX_WORKFLOW };
  const repository = makeMemoryRepository(files, (one) => effects.push(one));
  if (id === 'sandbox-fix') repository.branches.set('main', { sha: BASE, parents: [], message: 'Add the sandbox' });
  let dispatched: Run | null = null;
  if (id === 'revert-pull-request') {
    repository.branches.set('main', { sha: BASE, parents: [MERGED.beforeSha], message: 'Merge pull request #7' });
  }
  const pushRuns: Run[] = [];
  const passes = () => {
    pushRuns.push(aRun({ id: 2002, headSha: COMMIT, conclusion: 'success' }));
    if (dispatched !== null) dispatched = { ...dispatched, status: 'completed', conclusion: 'success' };
  };
  if (id === 'fix-pull-request') {
    const message = `autofix: ${FIX.title}\n\nSelfheal-Fix: ${PREPARED.digest}\n`;
    repository.branches.set(BRANCH, { sha: COMMIT, parents: [BASE], message });
    passes();
  }
  return {
    repository,
    passes,
    reads: {
      listPushRuns: async () => pushRuns,
      defaultBranch: async () => ({ name: new RawRef('main'), isPublic: true }),
      dispatchWorkflow: async () => {
        effects.push('dispatch');
        dispatched = aRun({ id: 3003, headSha: BASE, status: 'in_progress', conclusion: null });
      },
      findDispatchedRun: async () => dispatched,
      listJobs: async (_repository: string, runId: number) => [failedJob(runId === 2002 ? 'success' : 'failure')],
    },
    ports: {
      code: repository.code,
      proposals: repository.proposals,
      fixes: { getFix: async (_incidentId, digest) => (digest === PREPARED.digest ? FIX : null) },
      quarantines: {
        getQuarantine: async (_incidentId, digest) => (digest === digestOfQuarantine(FLAKY) ? FLAKY : null),
      },
    } satisfies Partial<ActionPorts>,
  };
}
