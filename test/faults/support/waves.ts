import type { AwsEvent } from '@selfheal/fake-aws/alarm-events.ts';
import type { Effect, EffectKind } from '@selfheal/fake-server/journal.ts';
import { DRILL_POLICY } from '#test/e2e/support/assemblies.ts';
import { expectClean, type Healer, openHealer, type Subject } from '#test/e2e/support/healer.ts';
import { makeStalled, trigger } from '#test/e2e/support/steering.ts';

/** Every kind of failure, and how it ends when nothing else goes wrong. */
const EXPECTED = {
  regression: 'suggested',
  transient: 'resolved',
  checkout: 'resolved',
  orders: 'resolved',
  ledger: 'escalated',
} as const;
export type FailureName = keyof typeof EXPECTED;
export const FAILURES = Object.keys(EXPECTED) as FailureName[];

/** A failure, and all that may be changed because of it, each once. */
export interface Begun {
  readonly name: FailureName;
  readonly subject: Subject;
  readonly pullRequest: number | null;
  readonly effects: readonly { readonly kind: EffectKind; readonly target: string }[];
}

/** A healer whose limits and brakes many failures do not reach. */
export const openForWaves = (): Promise<Healer> =>
  openHealer({
    timeScale: 0.02,
    configuration: { policy: DRILL_POLICY },
  });

export function begin({ world }: Healer, name: FailureName, rerunMs = 40): Begun {
  if (name === 'regression' || name === 'transient') {
    const { repository, runId, pullRequest } = world.samples.failRun(name, { rerunMs });
    const comment = { kind: 'github.comment.created', target: `${repository}/issues/${pullRequest}` } as const;
    const rerun = { kind: 'github.run.rerun', target: `${repository}/runs/${runId}` } as const;
    return { name, subject: runId, pullRequest, effects: name === 'transient' ? [comment, rerun] : [comment] };
  }
  const subject: AwsEvent = world.aws.fireAlarm(name, { okAfterMs: 40 });
  return { name, subject, pullRequest: null, effects: ROLLBACKS[name] };
}

const ROLLBACKS = {
  checkout: [{ kind: 'lambda.alias.updated', target: 'checkout-api:live' }],
  orders: [{ kind: 'ecs.service.updated', target: 'shop/orders' }],
  ledger: [],
} as const;

/** Rate limits of minutes, one after the other, take their time even in this fast world. */
const QUIET_SECONDS = 180;

/** Lets all that moves come to its end; then the faults end, and redelivery and reconciler help as they do in a deployment. */
export async function settle(healer: Healer, begun: readonly Begun[]): Promise<void> {
  await healer.quiet(QUIET_SECONDS);
  healer.world.faults.clear();
  healer.runtime.faults.clear();
  await trigger(healer, 'redeliver-webhooks');
  await healer.quiet(QUIET_SECONDS);
  for (const { subject } of begun) {
    const incident = await healer.incidents.get(healer.incidentId(subject));
    if (incident?.status !== 'open') continue;
    await makeStalled(healer, subject);
    await trigger(healer, 'reconciler');
    await healer.quiet(QUIET_SECONDS);
  }
}

/**
 * What is not as it must be after a wave, in words: incidents that did not end or were told to nobody, effects that came twice and
 * effects that a day without faults would not have seen. `exact`: it must have ended as on a day without faults. Throws when a call was denied.
 */
export async function problemsAfter(
  healer: Healer,
  begun: readonly Begun[],
  effects: readonly Effect[],
  exact: boolean,
): Promise<string[]> {
  expectClean(healer);
  const allowed = new Set(begun.flatMap((one) => one.effects.map(keyOf)));
  const changes = effects.filter(({ kind }) => kind !== 'github.comment.updated' && !kind.includes('redelivered'));
  const riskier = changes
    .filter((effect) => !allowed.has(keyOf(effect)))
    .map((effect) => `unforeseen: ${keyOf(effect)}`);
  return [...riskier, ...(await Promise.all(begun.map((one) => problemsOf(healer, one, changes, exact)))).flat()];
}

async function problemsOf(healer: Healer, one: Begun, changes: readonly Effect[], exact: boolean): Promise<string[]> {
  const incident = await healer.incidents.get(healer.incidentId(one.subject));
  const name = `${one.name} ${incident?.id ?? 'without incident'}`;
  const status = incident?.status ?? 'missing';
  const counts = one.effects.map(
    (effect) => [effect, changes.filter((each) => keyOf(each) === keyOf(effect)).length] as const,
  );
  const told =
    healer.mailsAbout(one.subject).length +
    counts.filter(([{ kind }]) => kind.includes('comment')).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...(['resolved', 'suggested', 'escalated'].includes(status) ? [] : [`${name} ended as ${status}`]),
    ...(exact && status !== EXPECTED[one.name] ? [`${name} ended as ${status}: ${incident?.outcomeReason}`] : []),
    ...(told > 0 ? [] : [`${name} was told to nobody`]),
    ...counts.flatMap(([effect, count]) =>
      count > 1 || (exact && count !== 1) ? [`${name}: ${keyOf(effect)} ${count} times`] : [],
    ),
  ];
}

const keyOf = ({ kind, target }: { kind: EffectKind; target: string }): string => `${kind} ${target}`;

/** How the incidents of a wave ended, by status. */
export async function endsOf(healer: Healer, begun: readonly Begun[]): Promise<string[]> {
  const incidents = await Promise.all(begun.map(({ subject }) => healer.incidents.get(healer.incidentId(subject))));
  return incidents.map((incident) => incident?.status ?? 'missing');
}
