import * as z from 'zod';
import { fixBranch } from '#shared/domain/patch/fix-branch.ts';
import type { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';
import { fixKey } from '#shared/domain/plan/target-key.ts';
import { mayWrite } from '#shared/domain/policy/fix-settings.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { BranchHead } from '#shared/ports/code-writer.ts';
import {
  type ActionPorts,
  defineAction,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
  type Verification,
} from './contract.ts';
import { failsStill, observeFailure, parametersOf, runIn, runSchedule, superseded } from './failed-run.ts';
import { fixTitle } from './fix-pull-request-words.ts';
import { passesOn } from './fix-validation.ts';
import { Fingerprint, FixBranch, RunParameters, Sha } from './run-parameters.ts';

export const FixParameters = RunParameters.extend({
  incidentId: z.string(),
  workflowId: z.number().int().nonnegative(),
  /** The commit that failed. */
  baseSha: Sha,
  branch: FixBranch,
  /** Of the kept patch: what is tried is this, and nothing else. */
  fixDigest: z.string().regex(/^[0-9a-f]{64}$/),
  fingerprint: Fingerprint,
  /** How often the code does what its files did not do before. */
  newUses: z.number().int().nonnegative(),
});
export type FixParameters = z.infer<typeof FixParameters>;

/** A branch that nobody is told about and that is deleted again: what is risked is a run of the workflow. A model can only lower it. */
const CONFIDENCE = 0.9;
/** Polls after which a push that started no run will not start one. */
const PATIENCE = 10;

function propose(context: ProposalContext) {
  const run = runIn(context);
  const { fix, past = [], configuration, classification } = context;
  if (run === null || fix == null || !failsStill(run.facts) || classification.verdict !== 'regression') return [];
  const { target, facts } = run;
  if (!mayWrite(configuration, target.repository, 'try-fix') || facts.attempt !== target.runAttempt) return [];
  if (past.some(({ actionId }) => actionId === 'try-fix')) return [];
  // The person who is asked is told what came of it there.
  if (fix.sandbox != null) return [];
  return [
    {
      parameters: {
        ...parametersOf(run),
        incidentId: fix.incidentId,
        workflowId: target.workflowId,
        baseSha: target.headSha,
        branch: fixBranch(context.now),
        fixDigest: fix.digest,
        fingerprint: fix.fingerprint,
        newUses: fix.newUses,
      },
      confidence: CONFIDENCE,
      reason:
        'A change was proposed that the rules for patches allow; whether the failed jobs pass with it is tried first.',
    },
  ];
}

/** Pushing a branch starts workflows with the secrets of the repository: a person has read the code by then. */
function approvalReason({ newUses }: FixParameters): string {
  const places = newUses === 1 ? 'one place' : `${newUses} places`;
  return [
    'Nobody has read this code, and workflows run what is on a branch with the rights and secrets of a push: a person approves the change first.',
    ...(newUses === 0
      ? []
      : [`In ${places} it does what its file did not do before; they are listed with the change.`]),
  ].join(' ');
}

/** Says in a commit which patch it is. */
const trailerOf = (fixDigest: string): string => `Selfheal-Fix: ${fixDigest}`;

/** Whether a branch's head is the commit that the parameters describe. */
export function isFixCommit(head: BranchHead, { baseSha, fixDigest }: FixParameters): boolean {
  return head.parents.length === 1 && head.parents[0] === baseSha && head.message.includes(trailerOf(fixDigest));
}

/** The kept patch. Throws `Refused` when it is not there or is another one than was planned. */
export async function readFix(
  {
    incidentId,
    fixDigest,
    baseSha,
    fingerprint,
  }: Pick<FixParameters, 'incidentId' | 'fixDigest' | 'baseSha' | 'fingerprint'>,
  { fixes }: Pick<ActionPorts, 'fixes'>,
): Promise<ProposedFix> {
  const fix = await fixes.getFix(incidentId, fixDigest);
  if (fix === null) throw new Refused('The patch of the plan is not kept any more.');
  if (fix.baseSha !== baseSha || fix.fingerprint !== fingerprint || fix.incidentId !== incidentId) {
    throw new Refused('The kept patch is not the one that was planned.');
  }
  return fix;
}

function receiptOf({ branch, fixDigest }: FixParameters, commit: string, at: Date) {
  return {
    summary: redactOutgoing(`Tried a proposed change on the branch ${branch}.`),
    at: at.toISOString(),
    facts: { branch, commit, fix: fixDigest },
  };
}

async function execute(parameters: FixParameters, ports: ActionPorts) {
  const { repository, branch, baseSha, fixDigest } = parameters;
  const fix = await readFix(parameters, ports);
  const changes = fix.files.flatMap(({ path, previousPath, content }) => [
    ...(previousPath === null || previousPath === path ? [] : [{ path: previousPath, content: null }]),
    { path, content },
  ]);
  const message = redactOutgoing(`${fixTitle(fix)}\n\n${trailerOf(fixDigest)}\n`);
  const commit = await ports.code.writeCommit(repository, { parent: baseSha, filesOf: baseSha, changes, message });
  await ports.code.createBranch(repository, branch, commit);
  return receiptOf(parameters, commit, ports.clock.now());
}

async function observe(parameters: FixParameters, ports: ActionPorts): Promise<Observation> {
  const head = await ports.code.branchHead(parameters.repository, parameters.branch);
  if (head === null) return await observeFailure(parameters, ports);
  return isFixCommit(head, parameters)
    ? { kind: 'happened', receipt: receiptOf(parameters, head.sha, ports.clock.now()) }
    : superseded(`There is another branch ${parameters.branch} already.`);
}

async function verify(
  parameters: FixParameters,
  commit: string,
  poll: number,
  ports: ActionPorts,
): Promise<Verification> {
  const found = await passesOn(commit, parameters, ports);
  switch (found.kind) {
    case 'no-run':
      return poll + 1 < PATIENCE
        ? { state: 'pending', summary: 'No run of the workflow has started for the branch yet.' }
        : {
            state: 'failed',
            summary: 'No run of the workflow started for the branch: what the change does cannot be seen.',
            inconclusive: true,
          };
    case 'running':
      return { state: 'pending', summary: 'The workflow runs on the branch.' };
    case 'passed':
      return { state: 'advanced', summary: 'The failed jobs pass with the proposed change.' };
    case 'failed':
      return { state: 'failed', summary: `The workflow does not pass with the proposed change: ${found.reason}` };
    default:
      return found satisfies never;
  }
}

/**
 * Puts a proposed patch on a branch of its own once a person has approved it, so that the workflow shows whether the failed jobs pass with it. When
 * they do not, the branch is deleted again. https://docs.github.com/en/rest/git
 */
export const tryFix = defineAction<FixParameters>({
  id: 'try-fix',
  title: 'Try a proposed change on a branch',
  family: 'github',
  risk: 'medium',
  repeat: { kind: 'harmless', because: 'GitHub refuses a second branch of the same name' },
  parameters: FixParameters,
  sample: {
    incidentId: 'gh-000000000000000000000000',
    repository: 'acme/shop',
    runId: 1001,
    attempt: 1,
    workflowId: 77,
    baseSha: 'a'.repeat(40),
    branch: 'autofix-20261121-120000',
    fixDigest: 'd'.repeat(64),
    fingerprint: '0123456789abcdef',
    newUses: 0,
  },
  propose,
  approvalReason,
  describe: ({ repository, branch, baseSha, fixDigest }) =>
    `Puts the proposed change ${fixDigest.slice(0, 12)} on top of commit ${baseSha.slice(0, 12)} of ${repository}, on the new branch ${branch}, and lets the workflow run on it.`,
  describeUndo: () => 'If the jobs fail on it, the branch is deleted. Nothing is merged.',
  targetKey: ({ repository, fingerprint }) => fixKey(repository, fingerprint),
  grants: () => NO_GRANTS,
  schedule: runSchedule,
  observe,
  execute,
  verify: (parameters, receipt, { ports, poll }) => verify(parameters, String(receipt.facts.commit), poll, ports),
  undo: async (parameters, _receipt, { code }) => {
    const { repository, branch } = parameters;
    const head = await code.branchHead(repository, branch);
    if (head !== null && !isFixCommit(head, parameters)) {
      return `The branch ${branch} was kept: somebody else has committed to it.`;
    }
    if (head !== null) await code.deleteBranch(repository, branch);
    return `Deleted the branch ${branch}.`;
  },
});
