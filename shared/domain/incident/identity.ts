import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { CommentCommand } from './comment-command.ts';
import { alarmNameIn, type Home, isForeign } from './home.ts';
import { identityOf, repositoryKeyOf } from './repository-identity.ts';
import type { Signal } from './signal.ts';
import { type AlarmTarget, FIRST_HOST, type RunTarget, type TargetContext } from './target-context.ts';

export interface IncidentIds {
  /** Hash of the place of a failure; equal for failures that belong together. */
  readonly intakeKey: string;
  readonly incidentId: string;
}

const ID_LENGTH = 24;
const KEY_LENGTH = 40;

/**
 * Keys of the incident that a signal belongs to. The same report always gives the same ids, so repeats are harmless.
 */
export function identify(signal: Signal): IncidentIds {
  const intakeKey = intakeKeyOf(signal);
  const { target, request } = signal;
  // It shares the lock of what it is about, and is an incident of its own.
  if (request !== undefined) return { intakeKey, incidentId: `rq-${request.id.slice(0, ID_LENGTH)}` };
  switch (target.kind) {
    case 'run':
      return {
        intakeKey,
        incidentId: `${target.host === FIRST_HOST ? 'gh' : 'run'}-${digestOf(canonicalJson([intakeKey, target.runId]), ID_LENGTH)}`,
      };
    case 'alarm':
      return { intakeKey, incidentId: `cw-${digestOf(canonicalJson([intakeKey, target.changedAt]), ID_LENGTH)}` };
    case 'alert':
      return { intakeKey, incidentId: `al-${digestOf(canonicalJson([intakeKey, target.changedAt]), ID_LENGTH)}` };
    case 'storm':
      return { intakeKey, incidentId: stormIdOf(target.startedAt) };
    case 'report':
      return { intakeKey, incidentId: `${target.simulated ? 'sim' : 'rp'}-${target.reportId.slice(0, ID_LENGTH)}` };
    default:
      return target satisfies never;
  }
}

/**
 * Hash of the place of a failure: source, repository, workflow and pull request or branch; or the alarm. Anybody with a
 * fork can choose a branch name, so the run's event and whether it is the default branch are part of the key: a fork
 * cannot hide failures of main.
 */
function intakeKeyOf(signal: Signal): string {
  const { target } = signal;
  switch (target.kind) {
    case 'run':
      return digestOf(
        canonicalJson([signal.source, repositoryKeyOf(identityOf(target)), target.workflowId, placeOf(target, signal)]),
        KEY_LENGTH,
      );
    case 'alarm':
      return digestOf(canonicalJson([signal.source, target.alarmArn]), KEY_LENGTH);
    case 'alert':
      return digestOf(canonicalJson([target.provider, target.connection, target.key]), KEY_LENGTH);
    case 'storm':
      return digestOf(canonicalJson(['storm', target.startedAt]), KEY_LENGTH);
    // Two reports are two incidents until their failures prove to be the same.
    case 'report':
      return digestOf(canonicalJson([signal.source, target.reportId]), KEY_LENGTH);
    default:
      return target satisfies never;
  }
}

function placeOf(target: RunTarget, signal: Signal): unknown {
  if (target.pullRequest !== null) return { pullRequest: target.pullRequest };
  const author = target.event.startsWith('pull_request') ? target.actor : null;
  return { branch: signal.tainted.branchKey, event: target.event, onDefaultBranch: target.onDefaultBranch, author };
}

/** ISO 8601 instant of the minute, in UTC. */
export function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16)}:00.000Z`;
}

/** ISO 8601 instant of the hour, in UTC. */
export function hourOf(at: Date): string {
  return `${at.toISOString().slice(0, 13)}:00:00.000Z`;
}

/** Events that only people with access to the repository can cause. */
const TRUSTED_EVENTS = new Set([
  'push',
  'schedule',
  'workflow_dispatch',
  'repository_dispatch',
  'release',
  'deployment',
]);

/** Scope of alarms of other accounts and regions, whose storms are counted by the hour. */
export const FOREIGN_ALARMS = 'foreign-alarms';

/**
 * Storms are counted separately by who can cause them, so that a flood of pull requests or of alarms of other accounts
 * does not hide failures on main or in production, nor the flood of one connection what others report.
 */
export function stormScopeOf(target: TargetContext, home?: Home): string {
  if (isForeign(target, home)) return FOREIGN_ALARMS;
  if (target.kind === 'alert') return `alert-${target.connection}`;
  if (target.kind !== 'run') return target.kind;
  return target.pullRequest === null && TRUSTED_EVENTS.has(target.event) ? 'own-runs' : 'contributed-runs';
}

/** Id of the parent incident of a storm of `scope` that began in `minute`. */
export function stormIdOf(minute: string, scope = 'storm'): string {
  return `storm-${digestOf(canonicalJson([scope, minute]), ID_LENGTH)}`;
}

/** Whether a text has the form of an incident's id of ours, such as another tool was given as a key. */
export const isIncidentId = (text: string): boolean => /^(?:gh|run|cw|al|rq|rp|sim|storm)-[0-9a-f]{24}$/.test(text);

/** For display, and to find the alarm in the configuration once it is known to be at home (see `serviceOf`). */
export function alarmNameOf(target: AlarmTarget): string {
  return alarmNameIn(target.alarmArn);
}

/**
 * Key by which a delivery counts as processed. The delivery id is a header that no signature covers; the key includes
 * the repository, so that reusing the id of another repository's delivery cannot mark that one as processed.
 */
export function deliveryKeyOf(delivery: Pick<Signal, 'deliveryId' | 'target'> | CommentCommand): string {
  if (!('target' in delivery)) return keyOf(repositoryKeyOf(identityOf(delivery)), delivery.deliveryId);
  const { target, deliveryId } = delivery;
  return target.kind === 'run' ? keyOf(repositoryKeyOf(identityOf(target)), deliveryId) : deliveryId;
}

const keyOf = (...parts: readonly string[]): string => `delivery#${digestOf(canonicalJson(parts), KEY_LENGTH)}`;
