import { Refused } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { BranchHead } from '#shared/ports/code-writer.ts';
import { type ActionPorts, type ProposalContext, preparedBy } from '../contract.ts';
import {
  type FailedRun,
  Fingerprint,
  FixBranch,
  failsStill,
  parametersOf,
  RunParameters,
  runIn,
  Sha,
} from './failed-run.ts';
import { PATCH } from './patch-preparation.ts';
import type { PreparedPatch } from './prepared-patch.ts';

/** A stored patch for a failed run. */
export const PatchParameters = RunParameters.extend({
  incidentId: z.string(),
  /** The commit that failed. */
  baseSha: Sha,
  /** Digest of the stored patch; exactly this patch is tested. */
  fixDigest: z.string().regex(/^[0-9a-f]{64}$/),
  fingerprint: Fingerprint,
});
type PatchParameters = z.infer<typeof PatchParameters>;

/** A stored patch on its own branch. */
export const FixParameters = PatchParameters.extend({
  workflowId: z.number().int().nonnegative(),
  branch: FixBranch,
  /** Number of places where the code does something that its file did not do before. */
  newUses: z.number().int().nonnegative(),
});
export type FixParameters = z.infer<typeof FixParameters>;

/** Valid parameters for the samples of the actions. */
export const SAMPLE_PATCH: PatchParameters = {
  incidentId: 'gh-000000000000000000000000',
  repository: 'acme/shop',
  runId: 1001,
  attempt: 1,
  baseSha: 'a'.repeat(40),
  fixDigest: 'd'.repeat(64),
  fingerprint: '0123456789abcdef',
};
export const SAMPLE_FIX: FixParameters = {
  ...SAMPLE_PATCH,
  workflowId: 77,
  branch: 'autofix-20261121-120000',
  newUses: 0,
};

export function patchParameters(run: FailedRun, { incidentId, digest, fingerprint }: PreparedPatch): PatchParameters {
  return { ...parametersOf(run), incidentId, baseSha: run.target.headSha, fixDigest: digest, fingerprint };
}

export function fixParameters(run: FailedRun, fix: PreparedPatch, branch: string): FixParameters {
  return { ...patchParameters(run, fix), workflowId: run.target.workflowId, branch, newUses: fix.newUses };
}

/**
 * The prepared patch and the regression that it is for. Null unless GitHub still shows the run at the analysed attempt, and the patch was not
 * put on a branch before.
 */
export function testablePatch(context: ProposalContext): { run: FailedRun; fix: PreparedPatch } | null {
  const run = runIn(context);
  const fix = preparedBy(PATCH, context);
  if (run === null || fix === null || !failsStill(run.facts)) return null;
  if (context.classification.verdict !== 'regression' || run.facts.attempt !== run.target.runAttempt) return null;
  return context.past?.some(({ actionId }) => actionId === 'try-fix') ? null : { run, fix };
}

const MAX_TITLE = 120;

/** `autofix: ...` on one line: title of the pull request and subject of the commit. */
export function fixTitle({ title }: Pick<ProposedFix, 'title'>): RedactedText {
  const clean = cleanText(title, MAX_TITLE);
  return redactOutgoing(
    `autofix: ${clean === '' ? 'proposed fix' : clean.replace(/@(?=\w)/g, '@ ').replace(/#(?=\d)/g, '# ')}`,
  );
}

/** Commit trailer that names the patch. */
export const trailerOf = (fixDigest: string): string => `Selfheal-Fix: ${fixDigest}`;

/** Whether a branch's head is the commit that the parameters describe. */
export function isFixCommit(head: BranchHead, { baseSha, fixDigest }: FixParameters): boolean {
  return head.parents.length === 1 && head.parents[0] === baseSha && head.message.includes(trailerOf(fixDigest));
}

/** Reads the stored patch. Throws `Refused` when it is missing or differs from the planned one. */
export async function readFix(
  { incidentId, fixDigest, baseSha, fingerprint }: PatchParameters,
  { fixes }: Pick<ActionPorts, 'fixes'>,
): Promise<ProposedFix> {
  const fix = await fixes.getFix(incidentId, fixDigest);
  if (fix === null) throw new Refused('The patch of the plan is no longer stored.');
  if (fix.baseSha !== baseSha || fix.fingerprint !== fingerprint || fix.incidentId !== incidentId) {
    throw new Refused('The stored patch differs from the planned one.');
  }
  return fix;
}
