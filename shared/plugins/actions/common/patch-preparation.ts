import type { Preparation } from '../contract.ts';
import type { PreparedPatch } from './prepared-patch.ts';

/**
 * Prepares the first proposed patch that the policy accepts, for a regression in the newest run of a branch of the repository itself, unless
 * such a fix is already open or was rejected. Shared by the actions that test it in a sandbox, test it on a branch, and open its pull request.
 * Loaded when a plan asks for it: most functions that know these actions never do.
 */
export const PATCH: Preparation<PreparedPatch> = {
  prepare: async (inputs, ports) => await (await import('./prepare-patch.ts')).preparePatch(inputs, ports),
};
