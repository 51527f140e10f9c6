import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { fixesOf } from '#shared/domain/policy/fix-settings.ts';
import type { PreparedRevert } from '#shared/plugins/actions/contract.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import { unlessRefused } from '../common/unless-refused.ts';

export interface RevertDeps {
  readonly codeHost: Pick<CodeHost, 'getRun'>;
  readonly code: Pick<CodeWriter, 'readTree' | 'branchHead'>;
  readonly proposals: Pick<Proposals, 'mergedAs'>;
  readonly configuration: Configuration;
}

export interface RevertMaterial {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly telemetry: Telemetry;
  readonly records: readonly Pick<ActionRecord, 'actionId'>[];
}

/**
 * The one pull request that the newest commit of the default branch merged, where reverts are switched on; null when there is none, or it
 * touches workflows. A refused read gives null; a passing failure is thrown.
 */
export async function prepareRevert(material: RevertMaterial, deps: RevertDeps): Promise<PreparedRevert | null> {
  const { incident, classification, telemetry, records } = material;
  const { target } = incident;
  if (target.kind !== 'github-run' || fixesOf(deps.configuration, target.repository)?.reverts !== true) return null;
  if (!target.onDefaultBranch || classification.verdict !== 'regression' || target.event !== 'push') return null;
  if (telemetry.facts.kind !== 'github-run' || telemetry.facts.newerRun) return null;
  if (records.some(({ actionId }) => actionId === 'revert-pull-request')) return null;
  return await unlessRefused(() => readRevert(target.repository, target.runId, target.headSha, deps));
}

async function readRevert(
  repository: string,
  runId: number,
  mergedSha: string,
  { codeHost, code, proposals }: RevertDeps,
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

/** What workflows are made of is changed by people alone, also back. */
const isGithubs = (path: string): boolean => /^\.github(?:\/|$)/i.test(path);
