import { fixBranch } from '@selfheal/patch-guard/fix-branch.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { FAILURE_STEPS, observeFailure, superseded } from '../common/failed-run.ts';
import { passesOn } from '../common/fix-validation.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { PATCH } from '../common/patch-preparation.ts';
import {
  FixParameters,
  fixParameters,
  fixTitle,
  isFixCommit,
  readFix,
  SAMPLE_FIX,
  testablePatch,
  trailerOf,
} from '../common/proposed-patch.ts';
import {
  type ActionPorts,
  defineAction,
  type Observation,
  type ProposalContext,
  type Verification,
} from '../contract.ts';

/** Only a workflow run is at risk: the branch is deleted again, and nobody is notified of it. A model can only lower it. */
const CONFIDENCE = 0.9;
/** After this many polls without a run, the push will not start one. */
const PATIENCE = 10;

function propose(context: ProposalContext) {
  const found = testablePatch(context);
  // With a sandbox, the person who approves is shown its result first.
  if (found === null || found.fix.sandbox !== null) return [];
  return [
    {
      parameters: fixParameters(found.run, found.fix, fixBranch(context.now)),
      confidence: CONFIDENCE,
      reason: 'The rules for patches allow a proposed change; it is tested first whether the failed jobs pass with it.',
    },
  ];
}

/** Pushing a branch starts workflows with the repository's secrets, so a person must have read the code by then. */
function approvalReason({ newUses }: FixParameters): string {
  const places = newUses === 1 ? 'one place' : `${newUses} places`;
  return [
    'Nobody has read this code, and workflows run the code of a branch with the permissions and secrets of a push. A person must approve the change first.',
    ...(newUses === 0
      ? []
      : [
          `In ${places} the code does something that its file did not do before; these places are listed with the change.`,
        ]),
  ].join(' ');
}

function receiptOf({ branch, fixDigest }: FixParameters, commit: string, at: Date) {
  return makeReceipt(`Tested a proposed change on the branch ${branch}.`, at, { branch, commit, fix: fixDigest });
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
    : superseded(`A different branch ${parameters.branch} already exists.`);
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
            summary: 'No run of the workflow started for the branch, so the effect of the change is unknown.',
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
 * Puts an approved patch on its own branch, so that the workflow shows whether the failed jobs pass with it. If they do not, the branch is
 * deleted. https://docs.github.com/en/rest/git
 */
export const tryFix = defineAction<FixParameters>({
  id: 'try-fix',
  title: 'Test a proposed change on a branch',
  family: 'github',
  risk: 'medium',
  impact: NO_IMPACT,
  switch: 'patches',
  repeat: { kind: 'harmless', because: 'GitHub refuses a second branch with the same name' },
  parameters: FixParameters,
  sample: SAMPLE_FIX,
  prepare: PATCH,
  propose,
  approvalReason,
  describe: ({ repository, branch, baseSha, fixDigest }) =>
    `Puts the proposed change ${fixDigest.slice(0, 12)} on top of commit ${baseSha.slice(0, 12)} of ${repository}, on the new branch ${branch}, and lets the workflow run on it.`,
  ...FAILURE_STEPS,
  describeUndo: () => 'If the jobs fail on it, the branch is deleted. Nothing is merged.',
  observe,
  execute,
  verify: (parameters, receipt, { ports, poll }) => verify(parameters, String(receipt.facts.commit), poll, ports),
  undo: async (parameters, _receipt, { code }) => {
    const { repository, branch } = parameters;
    const head = await code.branchHead(repository, branch);
    if (head !== null && !isFixCommit(head, parameters)) {
      return `The branch ${branch} was kept, because somebody else has committed to it.`;
    }
    if (head !== null) await code.deleteBranch(repository, branch);
    return `Deleted the branch ${branch}.`;
  },
});
