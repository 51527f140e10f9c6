import { digestOf } from '@selfheal/kernel/digest.ts';
import type * as z from 'zod';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal, type TaintedText } from '#shared/domain/incident/signal.ts';
import type { AlarmTarget, RunPeople, RunTarget } from '#shared/domain/incident/target-context.ts';

/** What outsiders worded, as plain strings. */
export interface TaintedChange {
  readonly tainted?: z.input<typeof TaintedText>;
}

/** A failed run of a pull request of `acme/shop`. */
export function aGithubTarget(change: Partial<RunTarget> = {}): RunTarget {
  return {
    kind: 'run',
    host: 'github',
    installationId: null,
    repository: 'acme/shop',
    repositoryId: 4711,
    workflowId: 77,
    runId: 1001,
    runAttempt: 1,
    headSha: 'a'.repeat(40),
    event: 'pull_request',
    pullRequest: 12,
    onDefaultBranch: false,
    actor: 'octo-dev',
    ...change,
  };
}

/** One person is behind the run of `aGithubTarget`. */
export function somePeople(change: Partial<RunPeople> = {}): RunPeople {
  const login = 'octo-dev';
  return { author: login, lastPusher: login, requester: login, triggeredBy: login, ...change };
}

/** The alarm `checkout-errors` that has just been raised. */
export function anAlarmTarget(change: Partial<AlarmTarget> & { alarmName?: string } = {}): AlarmTarget {
  const { alarmName = 'checkout-errors', ...fields } = change;
  return {
    kind: 'alarm',
    provider: 'cloudwatch',
    alarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${alarmName}`,
    account: '123456789012',
    region: 'eu-west-1',
    changedAt: '2026-11-21T11:58:00.000Z',
    ...fields,
  };
}

/** Texts as a test words them; without a key of its own, a branch gets one that is equal for equal branches. */
export function taintedText({ branchKey, ...texts }: z.input<typeof TaintedText>): z.input<typeof TaintedText> {
  const { branch } = texts;
  return { ...texts, branchKey: branchKey ?? (branch === null ? null : digestOf(branch, 40)) };
}

/** A failed run unless its target says otherwise. */
export function aSignal({ tainted, ...change }: Omit<Partial<Signal>, 'tainted'> & TaintedChange = {}): Signal {
  const target = change.target ?? aGithubTarget();
  const alarm = target.kind === 'alarm';
  return Signal.parse({
    version: 1,
    deliveryId: 'delivery-1',
    source: alarm ? 'cloudwatch' : 'github',
    kind: alarm ? 'alarm-raised' : 'run-failed',
    occurredAt: '2026-11-21T11:59:00.000Z',
    target,
    tainted: taintedText(tainted ?? { title: 'CI', branch: alarm ? null : 'feature/basket', reason: null }),
    ...change,
  });
}

/** `/selfheal approve` by somebody who has nothing to do with the run. */
export function aCommentCommand(change: Partial<CommentCommand> = {}): CommentCommand {
  return CommentCommand.parse({
    version: 1,
    kind: 'comment-command',
    deliveryId: 'comment-delivery-1',
    repository: 'acme/shop',
    repositoryId: aGithubTarget().repositoryId,
    pullRequest: 12,
    commentId: 501,
    by: 'octo-lead',
    request: { kind: 'decide', decision: 'approved', digest: 'd'.repeat(12) },
    ...change,
  });
}
