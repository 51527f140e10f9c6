import * as z from 'zod';
import { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import { isFixBranch } from '#shared/domain/patch/fix-branch.ts';
import { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';

/** What an action on a workflow run is bound to. */
export const RunParameters = GithubRunTarget.pick({ repository: true, runId: true }).extend({
  /** The one at planning, which failed or hangs: a later one is the effect, or somebody else's. */
  attempt: GithubRunTarget.shape.runAttempt,
});
export type RunParameters = z.infer<typeof RunParameters>;

/** The id of a commit. */
export const Sha = GithubRunTarget.shape.headSha;
/** Of a failure. */
export const Fingerprint = ProposedFix.shape.fingerprint;
/** The name of a branch of ours. */
export const FixBranch = z.string().refine(isFixBranch, 'Must be named as the branch of a fix is');
