import { Refused } from '@selfheal/kernel/errors.ts';
import { correlationIdOf, SANDBOX_TEST_STEP, sandboxInputs, sandboxTitle } from '@selfheal/patch-guard/sandbox-run.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { Run } from '#shared/ports/code-host.ts';
import { FAILURE_STEPS, observeFailure } from '../common/failed-run.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { PATCH } from '../common/patch-preparation.ts';
import { PatchParameters, patchParameters, readFix, SAMPLE_PATCH, testablePatch } from '../common/proposed-patch.ts';
import { readSandbox, sandboxBlobAt } from '../common/sandbox-reading.ts';
import {
  type ActionPorts,
  defineAction,
  type Observation,
  type ProposalContext,
  type Verification,
} from '../contract.ts';

const Parameters = PatchParameters.extend({
  /** Name of the file in `.github/workflows`. */
  workflow: z.string(),
  /** Git object of the judged workflow; no other version is used. */
  workflowBlob: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  correlationId: z.string().regex(/^[0-9a-f]{32}$/),
});
type Parameters = z.infer<typeof Parameters>;

/** Only runner minutes are at risk. A model can only lower it. */
const CONFIDENCE = 0.95;
/** GitHub lists a dispatched run only some seconds later. */
const SHOWS_WITHIN_SECONDS = 60;
/** After this many polls without a run, the dispatch will not start one. */
const PATIENCE = 10;

function propose(context: ProposalContext) {
  const found = testablePatch(context);
  const sandbox = found?.fix.sandbox ?? null;
  if (found === null || sandbox === null) return [];
  if (context.past?.some(({ actionId }) => actionId === 'sandbox-fix')) return [];
  const { run, fix } = found;
  return [
    {
      parameters: {
        ...patchParameters(run, fix),
        workflow: sandbox.workflow,
        workflowBlob: sandbox.blob,
        correlationId: correlationIdOf(fix.digest, run.facts.attempt),
      },
      confidence: CONFIDENCE,
      reason:
        'A run without permissions, secrets and network shows first whether the tests pass with a proposed change.',
    },
  ];
}

function receiptOf({ workflow, workflowBlob, baseSha, fixDigest }: Parameters, at: Date) {
  const summary = `Ran the tests with the proposed change on commit ${baseSha.slice(0, 12)} in the sandbox ${workflow}; nothing was written to the repository.`;
  return makeReceipt(summary, at, { workflow, workflowBlob, fix: fixDigest });
}

async function runOf(
  { repository, workflow, correlationId }: Parameters,
  { codeHost }: ActionPorts,
): Promise<Run | null> {
  const { name } = await codeHost.defaultBranch(repository);
  return await codeHost.findDispatchedRun(repository, workflow, name, sandboxTitle(correlationId));
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  return (await runOf(parameters, ports)) === null
    ? await observeFailure(parameters, ports)
    : { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
}

/** Reads and judges the workflow again right before it is dispatched. */
async function execute(parameters: Parameters, ports: ActionPorts) {
  const { repository, baseSha, workflow, workflowBlob, correlationId } = parameters;
  const fix = await readFix(parameters, ports);
  const inputs = sandboxInputs(baseSha, fix.diff, correlationId);
  if (inputs === null) throw new Refused('The change is larger than GitHub accepts as an input of a workflow.');
  const found = await readSandbox(repository, workflow, ports);
  if (found.kind === 'refused') throw new Refused(found.reason);
  if (found.blob !== workflowBlob) throw new Refused(`The workflow ${workflow} has changed since the plan was made.`);
  await ports.codeHost.dispatchWorkflow(repository, workflow, found.branch, { ...inputs });
  return receiptOf(parameters, ports.clock.now());
}

async function verify(parameters: Parameters, poll: number, ports: ActionPorts): Promise<Verification> {
  const { repository, workflow, workflowBlob, baseSha, fixDigest } = parameters;
  const run = await runOf(parameters, ports);
  const known = { fix: fixDigest, workflow, workflowBlob, commit: baseSha, ...(run === null ? {} : { url: run.url }) };
  const facts = { ...known, tried: 'unclear' };
  const unclear = (summary: string): Verification => ({ state: 'failed', summary, inconclusive: true, facts });
  if (run === null) {
    return poll + 1 < PATIENCE
      ? { state: 'pending', summary: redactOutgoing(`No run of ${workflow} is visible yet.`), facts }
      : unclear(`No run of ${workflow} started, so the effect of the change is unknown.`);
  }
  if ((await sandboxBlobAt(repository, run.headSha, workflow, ports)) !== workflowBlob) {
    return unclear(`${workflow} changed while it was being started, so its run does not count.`);
  }
  if (run.status !== 'completed') {
    return { state: 'pending', summary: 'The proposed change runs in the sandbox.', facts };
  }
  if (run.conclusion === 'success') {
    const summary = 'The tests pass with the proposed change in the sandbox.';
    return { state: 'advanced', summary, facts: { ...known, tried: 'passed' } };
  }
  const jobs = await ports.codeHost.listJobs(repository, run.id, run.attempt);
  const step = jobs.find(({ failedStep }) => failedStep !== null)?.failedStep ?? null;
  // A failure in a step before the tests says nothing about the change.
  if (run.conclusion !== 'failure' || step !== SANDBOX_TEST_STEP) {
    return unclear(`The run in the sandbox ended with ${run.conclusion ?? 'no conclusion'} before the tests did.`);
  }
  const summary = 'The tests fail with the proposed change in the sandbox.';
  return { state: 'advanced', summary, facts: { ...known, tried: 'failed' } };
}

/**
 * Tests a proposed patch before anybody has approved it: as an input of a workflow of the default branch that has no permissions, no secrets and
 * no network for the code. The person who approves the branch is shown the result.
 * https://docs.github.com/en/rest/actions/workflows
 */
export const sandboxFix = defineAction<Parameters>({
  id: 'sandbox-fix',
  title: 'Run a proposed change in a sandbox',
  family: 'github',
  risk: 'low',
  impact: NO_IMPACT,
  switch: 'sandboxWorkflow',
  repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
  parameters: Parameters,
  sample: {
    ...SAMPLE_PATCH,
    workflow: 'selfheal-try.yml',
    workflowBlob: 'b'.repeat(40),
    correlationId: 'c'.repeat(32),
  },
  prepare: PATCH,
  propose,
  describe: ({ repository, workflow, baseSha, fixDigest }) =>
    `Runs the tests of ${repository} with the proposed change ${fixDigest.slice(0, 12)} on top of commit ${baseSha.slice(0, 12)}, in the workflow ${workflow} of the default branch, without permissions, secrets and network.`,
  ...FAILURE_STEPS,
  describeUndo: () => 'Nothing is written to the repository; the run ends by itself.',
  observe,
  execute,
  verify: (parameters, _receipt, { ports, poll }) => verify(parameters, poll, ports),
});
