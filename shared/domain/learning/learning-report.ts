import { FAMILY_OF, FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import { isOfSimulation, type PastIncident } from '../knowledge/search/past-incident.ts';
import { type LearnedPattern, PatternStage } from './learned-pattern.ts';
import type { LearningNote } from './learning-note.ts';
import { pastCaseOf, type ResolvedCase } from './propose-patterns.ts';
import { caseOfPastIncident, makeCaseTest, type PastCase } from './replay.ts';
import { minutesOf } from './resolution.ts';

/** An ended incident in the form that a report counts. */
export interface EndedCase extends PastCase {
  readonly endedAt: string;
  /** Ended by Selfheal's own verified action, by itself, or by people. */
  readonly ended: 'healed' | 'alone' | 'people';
  readonly minutes: number | null;
  readonly service: string | null;
}

export function endedCaseOf(past: PastIncident): EndedCase {
  const ended =
    past.outcome !== 'resolved' || past.reportedBy !== undefined ? 'people' : past.helped === true ? 'healed' : 'alone';
  return {
    ...caseOfPastIncident(past),
    endedAt: past.endedAt,
    ended,
    minutes: past.workedMinutes ?? null,
    service: null,
  };
}

/** Each incident once, by its newest end: of one that was opened again, or that a person ended after Selfheal had, there are several. */
export function endedCasesOf(past: readonly PastIncident[]): EndedCase[] {
  const oldestFirst = past.filter((one) => !isOfSimulation(one)).sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
  return [...new Map(oldestFirst.map((one) => [one.id, one])).values()].map(endedCaseOf);
}

/** A record of a file: with a listed action it was Selfheal's, otherwise people's. */
export function endedCaseOfRecord(record: ResolvedCase): EndedCase {
  const { timestamp, action, success } = record.resolution;
  return {
    ...pastCaseOf(record),
    endedAt: timestamp,
    ended: action !== null && success ? 'healed' : 'people',
    minutes: minutesOf(record.resolution),
    service: record.resolution.service,
  };
}

/** What the programme is to reach: relative changes against the period of the same length before. */
const GOALS = { healed: 0.4, byPeople: -0.6 } as const;
/** Fewer ended incidents on either side show nothing. */
const MIN_COMPARED = 20;

/** A goal, what was measured, and whether that shows it. */
const Goal = z
  .object({
    now: Proportion.nullable(),
    before: Proportion.nullable(),
    /** Null without a baseline, or where that was zero. */
    change: z.number().nullable(),
    target: z.number(),
    /** `unknown`: too few incidents, or no baseline. `unclear`: the shares' 95 % intervals overlap. */
    state: z.enum(['reached', 'missed', 'unclear', 'unknown']),
  })
  .meta({
    id: 'Goal',
    description:
      'A share of the ended incidents against the period of the same length before; `change` and `target` are relative.',
  });
export type Goal = z.infer<typeof Goal>;

/** A mean of so many incidents; null without any. */
const MeanTime = z.object({ incidents: z.number().int(), meanMinutes: z.number().nullable() }).meta({ id: 'MeanTime' });
type MeanTime = z.infer<typeof MeanTime>;

export interface LearningInputs {
  readonly patterns: readonly LearnedPattern[];
  readonly incidents: readonly EndedCase[];
  readonly notes: readonly LearningNote[];
  readonly from: Date;
  readonly to: Date;
}

/** Change of a pattern's confidence within the period. */
const Movement = z.object({ patternId: z.string(), title: z.string(), before: z.number(), after: z.number() });
type Movement = z.infer<typeof Movement>;

export const LearningReport = z
  .object({
    from: z.string(),
    to: z.string(),
    patterns: z.object({
      active: z.number(),
      atStart: z.number(),
      learned: z.number(),
      takenBack: z.number(),
      perWeek: z.number(),
      byStage: z.record(PatternStage, z.number().int()),
      imported: z.number(),
      merged: z.number(),
      /** Recognised incidents of more than one service. */
      acrossServices: z.number(),
      /** Shannon's evenness of the classes, 0 (all of one) to 1 (equally many of each); null without any. */
      diversity: z.number().nullable(),
      topClasses: z.array(z.object({ class: FailureClass, family: z.string(), patterns: z.number().int() })).readonly(),
    }),
    movements: z.array(Movement).readonly(),
    /** Of the incidents that ended in the period. */
    incidents: z.object({
      ended: z.number(),
      healed: Proportion.nullable(),
      byPeople: Proportion.nullable(),
      /** Recognised by any pattern. */
      covered: Proportion.nullable(),
      /** Recognised correctly, and as something else. */
      recognisedRight: Proportion.nullable(),
      falsePositives: Proportion.nullable(),
      /** Of the incidents whose time is known, each counted once. */
      meanMinutes: z.number().nullable(),
      /** The mean of the times that Selfheal measured. */
      measured: MeanTime,
      /** The mean of the times that people or records state, of incidents without a measured one. */
      stated: MeanTime,
    }),
    /** Incidents healed by Selfheal, and left to people (resolved by them, or escalated), against the period of the same length before. */
    goals: z.object({ baselineFrom: z.string(), healed: Goal, byPeople: Goal }),
    /** Of the outcomes of patterns in the period. */
    outcomes: z.object({ cases: z.number(), helped: Proportion.nullable(), byPeople: Proportion.nullable() }),
    /** Where most would be won, and what to do: sentences; empty when nothing stands out or too little is known. */
    improvements: z.array(z.string()).readonly(),
  })
  .meta({ id: 'LearningReport' });
export type LearningReport = z.infer<typeof LearningReport>;

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_MOVEMENTS = 20;
const TOP = 5;

/** What was learned within a period, and how much it helped. */
export function learningReportOf(inputs: LearningInputs): LearningReport {
  const { from, to } = inputs;
  const figures = {
    patterns: patternFigures(inputs),
    incidents: incidentFigures(inputs),
    outcomes: outcomeFigures(inputs),
  };
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    ...figures,
    movements: movementsOf(inputs),
    goals: goalsOf(inputs),
    improvements: improvementsOf(inputs, figures),
  };
}

/** Below these shares, or above, something is to be improved; fewer cases show nothing. */
const IMPROVE = { minCases: 5, covered: 0.5, falsePositives: 0.1, helped: 0.7, byPeople: 0.6, maxClasses: 3 } as const;

function improvementsOf(
  inputs: LearningInputs,
  { patterns, incidents, outcomes }: Pick<LearningReport, 'patterns' | 'incidents' | 'outcomes'>,
): string[] {
  const { covered, falsePositives } = incidents;
  const isLow = (share: Proportion | null, least: number): share is Proportion =>
    share !== null && share.cases >= IMPROVE.minCases && share.value < least;
  const isHigh = (share: Proportion | null, most: number): share is Proportion =>
    share !== null && share.cases >= IMPROVE.minCases && share.value > most;
  return [
    ...(isLow(covered, IMPROVE.covered)
      ? [
          `Only ${covered.hits} of ${covered.cases} incidents match a pattern: record how the others were solved ("selfheal knowledge learn").`,
        ]
      : []),
    ...(isHigh(falsePositives, IMPROVE.falsePositives)
      ? [
          `${falsePositives.hits} of ${falsePositives.cases} recognised incidents got the wrong class: narrow the patterns that "selfheal learning check" calls weak.`,
        ]
      : []),
    ...(isLow(outcomes.helped, IMPROVE.helped)
      ? [
          `The advice of patterns helped in ${outcomes.helped.hits} of ${outcomes.helped.cases} cases: correct what it says, or retire them.`,
        ]
      : []),
    ...classesOfPeople(inputs),
    ...(patterns.active >= IMPROVE.minCases && patterns.acrossServices === 0 && outcomes.cases >= IMPROVE.minCases
      ? [
          'No pattern has helped another service than its own: word them without names of services, or import them there.',
        ]
      : []),
  ];
}

/** Classes of failures that people still solve themselves, most incidents first. */
function classesOfPeople(inputs: LearningInputs): string[] {
  const ended = inputs.incidents.filter(({ endedAt }) => within(endedAt, inputs));
  return [...Map.groupBy(ended, (one) => one.class)]
    .map(([name, members]) => ({
      name,
      all: members.length,
      people: members.filter((one) => one.ended === 'people').length,
    }))
    .filter(({ all, people }) => all >= IMPROVE.minCases && people / all > IMPROVE.byPeople)
    .sort((a, b) => b.people - a.people)
    .slice(0, IMPROVE.maxClasses)
    .map(
      ({ name, all, people }) =>
        `People solved ${people} of ${all} incidents of the class ${name}: allow an action for it, or teach a pattern.`,
    );
}

const within = (at: string, { from, to }: Pick<LearningInputs, 'from' | 'to'>): boolean =>
  Date.parse(at) > from.getTime() && Date.parse(at) <= to.getTime();

const share = <T>(all: readonly T[], is: (one: T) => boolean): Proportion | null =>
  proportionOf(all.filter(is).length, all.length);

function patternFigures(inputs: LearningInputs): LearningReport['patterns'] {
  const { patterns, notes, from, to } = inputs;
  const active = patterns.filter(({ retired }) => retired === null);
  const learned = patterns.filter(({ provenance }) => within(provenance.at, inputs)).length;
  const start = from.toISOString();
  const stoodAtStart = ({ provenance, retired }: LearnedPattern): boolean =>
    provenance.at <= start && (retired === null || retired.at > start);
  const counts = countBy(active.map((pattern) => pattern.class));
  return {
    active: active.length,
    atStart: patterns.filter(stoodAtStart).length,
    learned,
    takenBack: patterns.filter(({ retired }) => retired !== null && within(retired.at, inputs)).length,
    perWeek: learned / Math.max(1, (to.getTime() - from.getTime()) / WEEK_MS),
    byStage: Object.fromEntries(
      PatternStage.options.map((stage) => [stage, active.filter((pattern) => pattern.stage === stage).length]),
    ) as Record<PatternStage, number>,
    imported: active.filter(({ provenance }) => provenance.source === 'imported').length,
    merged: notes.filter(({ event, at }) => event === 'pattern.merged' && within(at, inputs)).length,
    acrossServices: acrossServices(inputs),
    diversity: evennessOf([...counts.values()]),
    topClasses: [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, TOP)
      .map(([name, count]) => ({ class: name, family: FAMILY_OF[name], patterns: count })),
  };
}

/** Patterns that helped services other than their own. */
function acrossServices({ patterns, incidents }: LearningInputs): number {
  const serviceOf = new Map(incidents.flatMap(({ id, service }) => (service ? [[id, service] as const] : [])));
  return patterns.filter(({ retired, service, outcomes }) => {
    const services = new Set(outcomes.flatMap(({ incident }) => serviceOf.get(incident) ?? []));
    return retired === null && [...services].some((other) => other !== service);
  }).length;
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Pielou's evenness: Shannon's entropy over its maximum (E. C. Pielou, 1966). */
function evennessOf(counts: readonly number[]): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  if (counts.length === 1) return 0;
  const entropy = counts.reduce((sum, count) => sum - (count / all) * Math.log(count / all), 0);
  return entropy / Math.log(counts.length);
}

function movementsOf(inputs: LearningInputs): Movement[] {
  const start = inputs.from.toISOString();
  const end = inputs.to.toISOString();
  const moved = inputs.patterns.flatMap(({ id, title, history }) => {
    const before = history.findLast(({ at }) => at <= start) ?? history[0];
    const after = history.findLast(({ at }) => at <= end);
    if (before === undefined || after === undefined || before.confidence === after.confidence) return [];
    return [{ patternId: id, title, before: before.confidence, after: after.confidence }];
  });
  return moved.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)).slice(0, MAX_MOVEMENTS);
}

function incidentFigures(inputs: LearningInputs): LearningReport['incidents'] {
  const ended = inputs.incidents.filter(({ endedAt }) => within(endedAt, inputs));
  const tests = inputs.patterns
    .filter(({ retired }) => retired === null)
    .map((pattern) => ({ pattern, recognises: makeCaseTest(pattern) }));
  const recognised = ended.map((one) => {
    const by = tests.filter(({ recognises }) => recognises(one)).map(({ pattern }) => pattern.class);
    return { covered: by.length > 0, known: one.class !== 'unknown', right: by.includes(one.class) };
  });
  const judged = recognised.filter(({ covered, known }) => covered && known);
  return {
    ended: ended.length,
    healed: share(ended, (one) => one.ended === 'healed'),
    byPeople: share(ended, (one) => one.ended === 'people'),
    covered: share(recognised, ({ covered }) => covered),
    recognisedRight: share(judged, ({ right }) => right),
    falsePositives: share(judged, ({ right }) => !right),
    ...timesOf(inputs, ended),
  };
}

/** How long incidents took, each counted once: what was measured counts before what was stated. */
function timesOf(
  inputs: LearningInputs,
  ended: readonly EndedCase[],
): Pick<LearningReport['incidents'], 'meanMinutes' | 'measured' | 'stated'> {
  const measured = new Map<string, number>();
  const stated = new Map<string, number>();
  for (const { id, minutes } of ended) if (minutes !== null) stated.set(id, minutes);
  for (const { incident, by, minutes } of outcomesIn(inputs)) {
    if (minutes === null) continue;
    if (by === 'verified') measured.set(incident, minutes);
    else if (!stated.has(incident)) stated.set(incident, minutes);
  }
  for (const id of measured.keys()) stated.delete(id);
  const all = [...measured.values(), ...stated.values()];
  return {
    meanMinutes: meanTime(all).meanMinutes,
    measured: meanTime([...measured.values()]),
    stated: meanTime([...stated.values()]),
  };
}

const meanTime = (minutes: readonly number[]): MeanTime => ({
  incidents: minutes.length,
  meanMinutes: minutes.length === 0 ? null : minutes.reduce((sum, one) => sum + one, 0) / minutes.length,
});

const outcomesIn = (inputs: LearningInputs) =>
  inputs.patterns.flatMap(({ outcomes }) => outcomes.filter(({ at }) => within(at, inputs)));

function outcomeFigures(inputs: LearningInputs): LearningReport['outcomes'] {
  const outcomes = outcomesIn(inputs);
  return {
    cases: outcomes.length,
    helped: share(outcomes, ({ helped }) => helped),
    byPeople: share(outcomes, ({ by }) => by === 'human'),
  };
}

/** The goals, measured on all ended incidents of both periods. */
function goalsOf({ incidents, from, to }: LearningInputs): LearningReport['goals'] {
  const baseline = { from: new Date(2 * from.getTime() - to.getTime()), to: from };
  const now = incidents.filter(({ endedAt }) => within(endedAt, { from, to }));
  const before = incidents.filter(({ endedAt }) => within(endedAt, baseline));
  const goal = (kind: EndedCase['ended'], target: number): Goal => {
    const is = ({ ended }: EndedCase): boolean => ended === kind;
    return judgedGoal(share(now, is), share(before, is), target);
  };
  return {
    baselineFrom: baseline.from.toISOString(),
    healed: goal('healed', GOALS.healed),
    byPeople: goal('people', GOALS.byPeople),
  };
}

function judgedGoal(now: Proportion | null, before: Proportion | null, target: number): Goal {
  const change = now === null || before === null || before.value === 0 ? null : now.value / before.value - 1;
  const isEnough = now !== null && before !== null && Math.min(now.cases, before.cases) >= MIN_COMPARED;
  if (!isEnough || change === null) return { now, before, change, target, state: 'unknown' };
  if (target > 0 ? change < target : change > target) return { now, before, change, target, state: 'missed' };
  const differ = target > 0 ? now.interval[0] > before.interval[1] : now.interval[1] < before.interval[0];
  return { now, before, change, target, state: differ ? 'reached' : 'unclear' };
}
