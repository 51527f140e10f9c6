import type { Effect, EffectKind } from '@selfheal/fake-server/journal.ts';
import type { Mail } from '@selfheal/local-cloud/runtime-contract.ts';
import type { FailureName } from './moments.ts';
import type { IncidentFacts } from './records.ts';

/** A failure a drill started, and what must come of it. */
export interface Started {
  readonly failure: FailureName;
  readonly round: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What an incident of it is about: `run 16000000027`, `alarm checkout-errors 2026-...`. */
  readonly subject: string;
  /** What must be changed once at most, as the world's journal names it. */
  readonly effects: readonly { readonly kind: EffectKind; readonly target: string }[];
}

export interface Tally {
  readonly started: number;
  readonly ended: number;
  /** Subjects without an ended incident. */
  readonly lost: readonly string[];
  /** Effects that were due; one whose outcome was unknown and which a human was asked about instead is not. */
  readonly effectsDue: number;
  readonly effectsSeen: number;
  /** Due effects that are missing though no human was asked. */
  readonly missing: readonly string[];
  /** Effects there are more of than one. */
  readonly repeated: readonly string[];
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Compares what was started with what is recorded and what was really done. */
export function tally(
  started: readonly Started[],
  incidents: readonly IncidentFacts[],
  journal: readonly Effect[],
): Tally {
  const bySubject = new Map(incidents.map((incident) => [subjectOf(incident), incident]));
  const isEnded = ({ subject }: Started) => (bySubject.get(subject)?.status ?? 'open') !== 'open';
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

export function subjectOf({ target }: Pick<IncidentFacts, 'target'>): string {
  switch (target.kind) {
    case 'github-run':
      return `run ${target.runId}`;
    case 'alarm':
      return `alarm ${target.alarmArn.split(':').at(-1)} ${new Date(target.changedAt).toISOString()}`;
    case 'storm':
      return `storm ${target.startedAt}`;
    default:
      return target satisfies never;
  }
}

/** The same alias is changed again for a later alarm: only what came before that one counts. */
function countOf(
  effect: { kind: EffectKind; target: string },
  own: Started,
  all: readonly Started[],
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

/** Mails that went out more than once: the subject carries the incident. */
export function mailedTwice(mails: readonly Mail[]): number {
  return mails.length - new Set(mails.map(({ to, subject, text }) => `${to}\n${subject}\n${text.split('\n')[0]}`)).size;
}
