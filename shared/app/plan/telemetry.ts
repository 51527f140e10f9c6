import { unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import type { AlarmFacts, Deployment, RunFacts, Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { isForeign } from '#shared/domain/incident/home.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { AlarmTarget, RunTarget, TargetContext } from '#shared/domain/incident/target-context.ts';
import { resourcesOf } from '#shared/domain/plan/resource-ref.ts';
import type { AlarmReader, DeploymentReader, ResourceReader } from '#shared/ports/cloud.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { foreignFacts, readSince } from '../common/alarm-since.ts';
import { inParallel } from '../gather/part.ts';

export interface FreshTelemetryDeps {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'hasNewerRun' | 'pullRequestState'>;
  readonly alarms: AlarmReader;
  readonly deployments: DeploymentReader;
  readonly resources: ResourceReader;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/**
 * Reads the target's current state. History (failed jobs, results on the default branch) is kept from `gathered`. What actions are bound to is
 * read again, because minutes of verification and an undo may have passed. A refused read becomes a value that no action fits; a transient
 * failure is thrown (`Retryable`).
 */
export async function readTelemetryAgain(
  target: TargetContext,
  gathered: Telemetry,
  deps: FreshTelemetryDeps,
): Promise<Telemetry> {
  const { facts } = gathered;
  const readAt = deps.clock.now().toISOString();
  if (target.kind === 'run' && facts.kind === 'run') {
    return { version: 1, readAt, facts: { ...facts, ...(await readRunAgain(target, deps)) } };
  }
  if (target.kind === 'alarm' && facts.kind === 'alarm') {
    return { version: 1, readAt, facts: await readAlarmAgain(target, deps) };
  }
  return gathered;
}

async function readRunAgain(
  { repository, runId, pullRequest: number }: RunTarget,
  { codeHost }: FreshTelemetryDeps,
): Promise<Pick<RunFacts, 'status' | 'conclusion'> & Partial<RunFacts>> {
  const run = await unlessRefused(() => codeHost.getRun(repository, runId));
  if (run === null) return { status: 'unknown', conclusion: null };
  const { attempt, status, conclusion, startedAt } = run;
  const newerRun = (await unlessRefused(() => codeHost.hasNewerRun(repository, runId))) ?? true;
  const pullRequest = number === null ? null : await unlessRefused(() => codeHost.pullRequestState(repository, number));
  return { attempt, status, conclusion, startedAt, newerRun, pullRequest };
}

/** The state of an alarm's service: alarm, deployment and what its remedies change. */
export async function readAlarmAgain(
  target: AlarmTarget,
  deps: Omit<FreshTelemetryDeps, 'codeHost'>,
): Promise<AlarmFacts> {
  if (isForeign(target, deps.configuration.home)) return foreignFacts(target);
  const service = serviceOf(deps.configuration, target);
  const state = await unlessRefused(() => readSince(target, deps.alarms));
  return {
    kind: 'alarm',
    state: state?.state ?? 'INSUFFICIENT_DATA',
    stateSince: state?.since ?? null,
    serviceId: service?.id ?? null,
    deployment: await readDeployment(service?.deployment ?? null, deps),
    resources: service === null ? [] : await readResources(service, alarmNameOf(target), deps),
  };
}

async function readDeployment(
  ref: Parameters<DeploymentReader['read']>[0] | null,
  { deployments }: Pick<FreshTelemetryDeps, 'deployments'>,
): Promise<Deployment | null> {
  return ref === null ? null : await unlessRefused(() => deployments.read(ref));
}

async function readResources(
  service: Service,
  alarmName: string,
  { resources }: Pick<FreshTelemetryDeps, 'resources'>,
): Promise<ResourceState[]> {
  const read = resourcesOf(service, alarmName).map((ref) => unlessRefused(() => resources.read(ref)));
  return (await inParallel(read)).filter((state) => state !== null);
}
