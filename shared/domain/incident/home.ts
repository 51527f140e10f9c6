import * as z from 'zod';
import { awsPlaceOf } from './aws-resource.ts';
import type { AlarmTarget, TargetContext } from './target-context.ts';

/**
 * Account and region that a deployment runs in. Names in its configuration are names there; the same name in another
 * account or region is another thing. Known from the deployment itself, never from an event or the configuration file.
 */
export const Home = z.strictObject({
  /** `aws`, `aws-cn`, `aws-us-gov` ... */
  partition: z.string().regex(/^aws[a-z-]*$/),
  region: z.string().regex(/^[a-z0-9-]{5,25}$/),
  account: z.string().regex(/^\d{12}$/),
});
export type Home = z.infer<typeof Home>;

/** Identity of an alarm. A name alone is none: every account and region may have an alarm of that name. */
export type AlarmArn = `arn:${string}:cloudwatch:${string}:${string}:alarm:${string}`;

/** ARN of the alarm that has this name at home. */
export function alarmArnAt({ partition, region, account }: Home, alarmName: string): AlarmArn {
  return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${alarmName}`;
}

/** `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx` is the alarm `checkout-5xx`. */
export function alarmNameIn(alarmArn: string): string {
  return alarmArn.split(':').slice(6).join(':');
}

export function alarmArnOf({ alarmArn }: AlarmTarget): AlarmArn {
  // The target's schema has checked it.
  return alarmArn as AlarmArn;
}

/**
 * Whether an alarm provably belongs to the deployment's account and region. Fails closed: without a known home no alarm
 * does, nor does one whose ARN contradicts its account or region.
 */
export function isAtHome({ alarmArn, account, region }: AlarmTarget, home: Home | undefined): boolean {
  if (home === undefined) return false;
  return account === home.account && region === home.region && alarmArn === alarmArnAt(home, alarmNameIn(alarmArn));
}

/** Whether an event of AWS came from another account or region. Fails closed: without a known home every one did. */
export function isForeignEvent(target: TargetContext, home: Home | undefined): boolean {
  const place = target.kind === 'alert' ? awsPlaceOf(target) : null;
  return place !== null && (home === undefined || place.account !== home.account || place.region !== home.region);
}

/** Whether a target is an alarm or an event of another account or region: nothing may be read or changed because of it. */
export function isForeign(target: TargetContext, home: Home | undefined): boolean {
  return (target.kind === 'alarm' && !isAtHome(target, home)) || isForeignEvent(target, home);
}

/** Whether the reason says that an alarm or event is of another account or region. */
export const saysForeign = (reason: string): boolean => /^The (?:alarm|event) is of account /.test(reason);

/** Why nothing may be done about a target, in words; null for whatever is not foreign. */
export function foreignReason(target: TargetContext, home: Home | undefined): string | null {
  if (!isForeign(target, home)) return null;
  const place = target.kind === 'alert' ? awsPlaceOf(target) : target.kind === 'alarm' ? target : null;
  const what = target.kind === 'alert' ? 'event' : 'alarm';
  const from = `The ${what} is of account ${place?.account} in ${place?.region}.`;
  return home === undefined
    ? `${from} This deployment does not know its own account and region, so it reads and changes nothing for any ${what}. Deploy the stack again.`
    : `${from} This deployment runs in account ${home.account} in ${home.region}: it reads and changes nothing for ${what}s of other accounts and regions, even where the names are equal.`;
}
