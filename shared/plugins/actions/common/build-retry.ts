import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type AwsBuild, buildResourceOf, namesOfBuilds } from '#shared/domain/incident/aws-build.ts';
import { mayRetry } from '#shared/domain/plan/target-key.ts';
import { isAdvised, type ProposalContext } from '../contract.ts';

interface RetryCase {
  readonly build: AwsBuild;
  readonly service: string;
  /** When AWS says that it failed, ISO 8601. */
  readonly since: string;
  readonly confidence: number;
  readonly reason: string;
}

/** The failed build of an event that may be retried: a failure that may pass, once in an incident, where the owner of the service allows it. Null otherwise. */
export function retryCase(actionId: string, context: ProposalContext): RetryCase | null {
  const { target, service, classification, requested, past = [] } = context;
  if (target.kind !== 'alert' || target.build === undefined || service === null) return null;
  if (!mayRetry(target.build, service) || past.some((one) => one.actionId === actionId && one.state === 'done'))
    return null;
  const found = { build: target.build, service: service.id, since: target.changedAt };
  const allowed = `the owner of ${service.id} allows a retry of ${buildResourceOf(target.build)}`;
  if (requested?.actionId === actionId)
    return { ...found, confidence: 1, reason: `Somebody asked for it, and ${allowed}.` };
  if (isAdvised(actionId, context)) return { ...found, confidence: 0, reason: 'A pattern of this place advises it.' };
  const { verdict, confidence } = classification;
  if (chanceOf(classification) === 'lasts' || (verdict !== 'flaky' && verdict !== 'infrastructure')) return null;
  const because = verdict === 'flaky' ? 'a flaky test' : 'the infrastructure';
  return {
    ...found,
    confidence,
    reason: `The failure was attributed to ${because}, not to the change, and ${allowed}.`,
  };
}

/** Names of the projects or pipelines that may be retried. */
export const retriedNames = (
  { services }: Pick<Configuration, 'services'>,
  kind: 'codebuild' | 'codepipeline',
): string[] =>
  namesOfBuilds(
    services.flatMap(({ retries }) => retries),
    kind,
  );
