import { type AwsBuild, buildResourceOf } from '../incident/aws-build.ts';
import { alarmNameOf } from '../incident/identity.ts';
import { jobKey } from '../incident/job.ts';
import {
  type AlarmTarget,
  hostOfRepository,
  pathOfRepository,
  type TargetContext,
} from '../incident/target-context.ts';
import type { ManagedService } from './managed-service.ts';
import { ecsServiceKey, resourceKey, resourcesOf } from './resource-ref.ts';

/** `github:acme/shop`, `gitlab:group/project`. */
const placeOf = (repository: string): string =>
  `${hostOfRepository(repository)}:${pathOfRepository(repository).toLowerCase()}`;

/** Key of a run, for leases, limits and the blast radius. */
export function runKey(repository: string, runId: number): string {
  return `${placeOf(repository)}/run/${runId}`;
}

/** Key of what is written into a repository because of one failure: a branch, a pull request, an issue. */
export function fixKey(repository: string, fingerprint: string): string {
  return `${placeOf(repository)}/fix/${fingerprint}`;
}

/**
 * Key of what is written into a repository about one test, whichever failure shows it. `testKey`: the digest of its
 * name.
 */
export function testIssueKey(repository: string, testKey: string): string {
  return `${placeOf(repository)}/test/${testKey}`;
}

/** The key of a Lambda function's alias. */
export function aliasKey(functionName: string, alias: string): string {
  return `lambda:${functionName}/${alias}`;
}

/** Key of what a playbook changes for a service. */
export function playbookKey(serviceId: string, playbookId: string): string {
  return `playbook:${serviceId}/${playbookId}`;
}

/**
 * What an incident's actions may change: its own run; its own job, where that belongs to a service; its own build of AWS, where the
 * service's owner allows a retry; or its service's deployment, the remedies that the
 * owner listed for this alarm, and the service's playbooks. Each action changes one of them. `fingerprint`: of a failure whose
 * repository may be written into.
 */
export function changeableKeys(
  target: TargetContext,
  service: ManagedService | null,
  fingerprint: string | null = null,
): readonly string[] {
  switch (target.kind) {
    case 'run':
      return [
        runKey(target.repository, target.runId),
        ...(fingerprint === null ? [] : [fixKey(target.repository, fingerprint)]),
      ];
    case 'alarm':
      return service === null
        ? []
        : [...new Set([...deploymentKeys(service), ...remedyKeys(service, target), ...playbookKeys(service)])];
    case 'report':
      return target.job === undefined || service === null ? [] : [jobKey(target.job)];
    case 'alert':
      return target.build === undefined || !mayRetry(target.build, service) ? [] : [buildResourceOf(target.build)];
    case 'storm':
      return [];
    default:
      return target satisfies never;
  }
}

/**
 * Whether an incident's action may change the key: one of `changeableKeys`, or what is written about a test of its own
 * repository, where that is allowed.
 */
export function isChangeable(
  key: string,
  target: TargetContext,
  service: ManagedService | null,
  fingerprint: string | null = null,
): boolean {
  const isTest = target.kind === 'run' && key.startsWith(testIssueKey(target.repository, ''));
  return (isTest && fingerprint !== null) || changeableKeys(target, service, fingerprint).includes(key);
}

/** Whether the owner of a service allows that a build of AWS is retried. */
export function mayRetry(build: AwsBuild, service: Pick<ManagedService, 'retries'> | null): boolean {
  return service?.retries.includes(buildResourceOf(build)) === true;
}

function deploymentKeys({ deployment }: ManagedService): string[] {
  if (deployment === null) return [];
  return deployment.kind === 'lambda-alias'
    ? [aliasKey(deployment.functionName, deployment.alias)]
    : [ecsServiceKey(deployment.cluster, deployment.service)];
}

/** Only playbooks that this service allows. */
function playbookKeys({ id, playbooks }: ManagedService): string[] {
  return playbooks.map((playbook) => playbookKey(id, playbook.id));
}

function remedyKeys(service: ManagedService, target: AlarmTarget): string[] {
  return resourcesOf(service, alarmNameOf(target)).map(resourceKey);
}
