import * as z from 'zod';
import type { AlertTarget } from './target-context.ts';

/** AWS services whose events open alerts, by the ids of their sources. */
export const AWS_EVENT_SOURCES = [
  'codepipeline',
  'codebuild',
  'codedeploy',
  'ecs',
  'batch',
  'lambda',
  'rds',
  'health',
  'cloudformation',
] as const;
export const AwsEventSource = z.enum(AWS_EVENT_SOURCES);
export type AwsEventSource = z.infer<typeof AwsEventSource>;

/** A resource of AWS by the source that speaks of it and its name there: `codepipeline/shop-release`, `ecs/production/checkout`. */
export const AwsResource = z
  .string()
  .max(100)
  .regex(
    new RegExp(`^(?:${AWS_EVENT_SOURCES.join('|')})/[^/\\s][^\\s]*$`),
    `Must name a resource as source/name, such as codepipeline/shop-release; the sources are ${AWS_EVENT_SOURCES.join(', ')}`,
  );

/** Account and region that an event of AWS came from. */
export interface AwsPlace {
  readonly account: string;
  readonly region: string;
}

/** What stands in place of a connection in the alert of an event: `123456789012-eu-west-1`. */
export const connectionOfPlace = ({ account, region }: AwsPlace): string => `${account}-${region}`;

const PLACE = /^(\d{12})-([a-z0-9-]{5,25})$/;

/** Account and region of an alert that an event of AWS opened; null for alerts of connections. */
export function awsPlaceOf({ provider, connection }: Pick<AlertTarget, 'provider' | 'connection'>): AwsPlace | null {
  if (!AwsEventSource.safeParse(provider).success) return null;
  const [, account, region] = PLACE.exec(connection) ?? [];
  return account === undefined || region === undefined ? null : { account, region };
}

/** Who sent an alert, in words: `alertmanager, connection prometheus-eu` or `ecs of account 123456789012 in eu-west-1`. */
export function senderOf(target: Pick<AlertTarget, 'provider' | 'connection'>): string {
  const place = awsPlaceOf(target);
  return place === null
    ? `${target.provider}, connection ${target.connection}`
    : `${target.provider} of account ${place.account} in ${place.region}`;
}
