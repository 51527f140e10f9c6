import * as z from 'zod';
import { isWithin, wallClockAt } from '../policy/circumstances/wall-clock.ts';
import type { Contact, Level, OnCall } from './on-call-settings.ts';

export const CallWay = z.enum(['phone', 'email']);
export type CallWay = z.infer<typeof CallWay>;

/** One person who was told on one way. */
const Call = z.strictObject({
  /** From 1. */
  level: z.number().int().positive(),
  person: z.string().max(200),
  way: CallWay,
  at: z.iso.datetime(),
  /** Why they were not reached; null when the message was taken. */
  problem: z.string().max(300).nullable(),
});
export type Call = z.infer<typeof Call>;

/** The calls about one attempt of an incident. */
export const EscalationChain = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  attempt: z.number().int().positive(),
  startedAt: z.iso.datetime(),
  /** Levels that were called completely. */
  level: z.number().int().nonnegative(),
  /** When the next level is called, or the chain ends. */
  nextAt: z.iso.datetime(),
  /** `unanswered`: everybody was called and nobody acknowledged; `ended`: nobody is needed any more. */
  state: z.enum(['calling', 'acknowledged', 'unanswered', 'ended']),
  calls: z.array(Call).max(500),
});
export type EscalationChain = z.infer<typeof EscalationChain>;

/** Who is called on a level, and why them. */
export interface OnDuty {
  readonly people: readonly Contact[];
  /** Why the last level stands in for this one; null where it does not. */
  readonly gap: string | null;
}

/**
 * Who is on a level at an instant. `scheduled`: whom its schedule names; null where it has none, a text where it could not be read. A level without anybody
 * falls to the last one. Pure.
 */
export function onDuty(
  { people, levels }: OnCall,
  level: number,
  scheduled: readonly Contact[] | string | null,
  at: { readonly now: Date; readonly timeZone: string },
): OnDuty {
  const listed = peopleOf(levels[level - 1], people, at);
  const named = Array.isArray(scheduled) ? (scheduled as readonly Contact[]) : [];
  const found = uniqueByName([...named, ...listed]);
  if (found.length > 0) return { people: found, gap: null };
  const why = typeof scheduled === 'string' ? scheduled : `nobody is on call on level ${level} now`;
  return { people: peopleOf(levels.at(-1), people, at), gap: `${why}, so the last level is called` };
}

function peopleOf(
  level: Level | undefined,
  people: readonly Contact[],
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): readonly Contact[] {
  const clock = wallClockAt(now, timeZone);
  const names = (level?.people ?? [])
    .filter(({ hours }) => hours.length === 0 || hours.some((one) => isWithin(clock, one, one.days)))
    .map(({ name }) => name);
  return people.filter(({ name }) => names.includes(name));
}

const uniqueByName = (people: readonly Contact[]): readonly Contact[] => [
  ...new Map(people.map((one) => [one.name, one])).values(),
];

/** The ways on which a person can be told. */
export const waysOf = ({ phone, email }: Contact): readonly CallWay[] => [
  ...(phone === undefined ? [] : (['phone'] as const)),
  ...(email === undefined ? [] : (['email'] as const)),
];

/**
 * The calls that a level still needs: nobody is told twice in a chain, whatever level named them before, but a level that was interrupted goes on with the
 * people it had not told. A call that failed is tried `tries` times. Pure.
 */
export function missingCalls(
  { calls }: Pick<EscalationChain, 'calls'>,
  level: number,
  people: readonly Contact[],
  tries: number,
): readonly { readonly person: Contact; readonly way: CallWay }[] {
  const isMissing = ({ name }: Contact, way: CallWay): boolean => {
    const own = calls.filter(({ person }) => person === name);
    const isTold = own.some((one) => one.problem === null && (one.way === way || one.level < level));
    const failed = own.filter((one) => one.level === level && one.way === way && one.problem !== null).length;
    return !isTold && failed < tries;
  };
  return people.flatMap((person) =>
    waysOf(person)
      .filter((way) => isMissing(person, way))
      .map((way) => ({ person, way })),
  );
}

/** When the level after this one is called: by the clock of the chain; from now on where the round came late. */
export function nextLevelAt({ nextAt }: Pick<EscalationChain, 'nextAt'>, { minutes }: Level, now: Date): Date {
  const isLate = now.getTime() - Date.parse(nextAt) > LATE_MILLISECONDS;
  return new Date((isLate ? now.getTime() : Date.parse(nextAt)) + minutes * 60_000);
}
/** Rounds come each minute; after an outage people get their whole time. */
const LATE_MILLISECONDS = 90_000;
