import * as z from 'zod';
import type { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { BranchHead } from '#shared/ports/code-writer.ts';
import type { ActionPorts } from '../contract.ts';
import { Fingerprint, FixBranch, RunParameters, Sha } from './failed-run.ts';

export const FixParameters = RunParameters.extend({
  incidentId: z.string(),
  workflowId: z.number().int().nonnegative(),
  /** The commit that failed. */
  baseSha: Sha,
  branch: FixBranch,
  /** Digest of the stored patch: exactly this is tested. */
  fixDigest: z.string().regex(/^[0-9a-f]{64}$/),
  fingerprint: Fingerprint,
  /** How often the code does what its files did not do before. */
  newUses: z.number().int().nonnegative(),
});
export type FixParameters = z.infer<typeof FixParameters>;

/** Valid parameters, for the samples of the actions. */
export const SAMPLE_FIX: FixParameters = {
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
};

const MAX_TITLE = 120;

/** `autofix: ...`, one line, as title and as subject of the commit. */
export function fixTitle({ title }: Pick<ProposedFix, 'title'>): RedactedText {
  const clean = cleanText(title, MAX_TITLE);
  return redactOutgoing(
    `autofix: ${clean === '' ? 'proposed fix' : clean.replace(/@(?=\w)/g, '@ ').replace(/#(?=\d)/g, '# ')}`,
  );
}

/** Names the patch in a commit. */
export const trailerOf = (fixDigest: string): string => `Selfheal-Fix: ${fixDigest}`;

/** Whether a branch's head is the commit that the parameters describe. */
export function isFixCommit(head: BranchHead, { baseSha, fixDigest }: FixParameters): boolean {
  return head.parents.length === 1 && head.parents[0] === baseSha && head.message.includes(trailerOf(fixDigest));
}

/** The stored patch. Throws `Refused` when it is missing or differs from the planned one. */
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
