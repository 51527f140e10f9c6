import { unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Preparation, PreparationPorts } from '../contract.ts';

/** A pull request that was merged as the newest commit of the default branch. */
export interface PreparedRevert {
  readonly pullRequest: number;
  readonly beforeSha: string;
}

/**
 * Finds the one pull request that the newest commit of the default branch merged; nothing when there is none, or when it touches workflows.
 */
export const REVERT: Preparation<PreparedRevert> = {
  async prepare({ incident, classification, telemetry, records }, ports) {
    const { target } = incident;
    const nothing = { value: null };
    if (target.kind !== 'run' || !target.onDefaultBranch || target.event !== 'push') return nothing;
    if (classification.verdict !== 'regression') return nothing;
    if (telemetry.facts.kind !== 'run' || telemetry.facts.newerRun) return nothing;
    if (records.some(({ actionId }) => actionId === 'revert-pull-request')) return nothing;
    return { value: await unlessRefused(() => readRevert(target.repository, target.runId, target.headSha, ports)) };
  },
};

async function readRevert(
  repository: string,
  runId: number,
  mergedSha: string,
  { codeHost, code, proposals }: PreparationPorts,
): Promise<PreparedRevert | null> {
  const { baseBranch } = await codeHost.getRun(repository, runId);
  const [pullRequest, ...more] = await proposals.mergedAs(repository, mergedSha);
  if (baseBranch === null || pullRequest === undefined || more.length > 0) return null;
  const tip = await code.branchHead(repository, baseBranch);
  const beforeSha = tip?.parents[0];
  if (tip?.sha !== mergedSha || beforeSha === undefined) return null;
  const [before, after] = await Promise.all([
    code.readTree(repository, beforeSha),
    code.readTree(repository, mergedSha),
  ]);
  if (before === null || after === null) return null;
  const workflows = [...new Set([...before.entries.keys(), ...after.entries.keys()])].filter(isGithubs);
  const same = workflows.every((path) => before.entries.get(path)?.sha === after.entries.get(path)?.sha);
  return same ? { beforeSha, pullRequest } : null;
}

/** Only people change workflow files, reverts included. */
const isGithubs = (path: string): boolean => /^\.github(?:\/|$)/i.test(path);
