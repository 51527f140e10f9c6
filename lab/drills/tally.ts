import type { Effect, EffectKind } from '@selfheal/fake-server/journal.ts';
import type { Mail } from '@selfheal/local-cloud/runtime-contract.ts';
import type { FailureName } from './moments.ts';
import type { IncidentFacts } from './records.ts';

/** A failure that a drill started, and its expected effects. */
export interface StartedFailure {
  readonly failure: FailureName;
  readonly round: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The subject of its incident: `run 16000000027`, `alarm checkout-errors 2026-...`. */
  readonly subject: string;
  /** Effects that must happen at most once, as the world's journal names them. */
  readonly effects: readonly { readonly kind: EffectKind; readonly target: string }[];
}

export interface Tally {
  readonly started: number;
  readonly ended: number;
  /** Subjects without an ended incident. */
  readonly lost: readonly string[];
  /** Expected effects, without those whose outcome was unknown and about which a person was asked. */
  readonly effectsDue: number;
  readonly effectsSeen: number;
  /** Expected effects that did not happen although no person was asked. */
  readonly missing: readonly string[];
  /** Effects that happened more than once. */
  readonly repeated: readonly string[];
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Compares the started failures with the recorded incidents and the effects in the journal. */
export function tally(
  started: readonly StartedFailure[],
  incidents: readonly IncidentFacts[],
  journal: readonly Effect[],
): Tally {
  const bySubject = new Map(incidents.map((incident) => [subjectOf(incident), incident]));
  const isEnded = ({ subject }: StartedFailure) => (bySubject.get(subject)?.status ?? 'open') !== 'open';
  const counted = started.flatMap((each) =>
    each.effects.map((effect) => ({
      ...effect,
      name: `${effect.kind} ${effect.target} of round ${each.round}`,
      count: countOf(effect, each, started, journal),
      handedOver: bySubject.get(each.subject)?.status === 'escalated',
    })),
  );
  const due = counted.filter(({ count, handedOver }) => count > 0 || !handedOver);
  return {
    started: started.length,
    ended: started.filter(isEnded).length,
    lost: started.filter((each) => !isEnded(each)).map(({ subject, round }) => `${subject} of round ${round}`),
    effectsDue: due.length,
    effectsSeen: counted.reduce((sum, { count }) => sum + count, 0),
    missing: due.filter(({ count }) => count === 0).map(({ name }) => name),
    repeated: counted.filter(({ count }) => count > 1).map(({ name, count }) => `${name}: ${count} times`),
    outcomes: countBy(incidents.map(({ status }) => status)),
  };
}

function subjectOf({ target }: Pick<IncidentFacts, 'target'>): string {
  switch (target.kind) {
    case 'run':
      return `run ${target.runId}`;
    case 'alarm':
      return `alarm ${target.alarmArn.split(':').at(-1)} ${new Date(target.changedAt).toISOString()}`;
    case 'alert':
      return `alert ${target.connection} ${target.key} ${new Date(target.changedAt).toISOString()}`;
    case 'report':
      return `report ${target.reportId}`;
    case 'storm':
      return `storm ${target.startedAt}`;
    default:
      return target satisfies never;
  }
}

/** Counts an effect up to the next failure on the same target, which changes the target again. */
function countOf(
  effect: { kind: EffectKind; target: string },
  own: StartedFailure,
  all: readonly StartedFailure[],
  journal: readonly Effect[],
) {
  const later = all.filter((each) => each.at > own.at && each.effects.some(({ target }) => target === effect.target));
  const until = Math.min(...later.map(({ at }) => at), Number.POSITIVE_INFINITY);
  return journal.filter(({ kind, target, at }) => {
    const time = Date.parse(at);
    return kind === effect.kind && target === effect.target && time >= own.at && time < until;
  }).length;
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, own]) => [name, own.length]));
}

/** Number of mails that were sent more than once, by recipient, subject (which names the incident) and first line. */
export function mailedTwice(mails: readonly Mail[]): number {
  return mails.length - new Set(mails.map(({ to, subject, text }) => `${to}\n${subject}\n${text.split('\n')[0]}`)).size;
}
