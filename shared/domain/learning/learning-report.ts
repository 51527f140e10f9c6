import { type Proportion, proportionOf } from '../../kernel/numbers/proportion.ts';
import { FAMILY_OF, type FailureClass } from '../incident/failure-class.ts';
import type { PastIncident } from '../knowledge/search/past-incident.ts';
import { type LearnedPattern, PatternStage } from './learned-pattern.ts';
import type { LearningNote } from './learning-note.ts';
import { pastCaseOf, type ResolvedCase } from './propose-patterns.ts';
import { caseOfPastIncident, makeCaseTest, type PastCase } from './replay.ts';
import { minutesOf } from './resolution.ts';

/** An incident that ended, as far as a report counts it. */
export interface EndedCase extends PastCase {
  readonly endedAt: string;
  /** Selfheal's own verified action ended it, it ended by itself, or people had to. */
  readonly ended: 'healed' | 'alone' | 'people';
  readonly minutes: number | null;
  readonly service: string | null;
}

export function endedCaseOf(past: PastIncident): EndedCase {
  const ended = past.outcome !== 'resolved' ? 'people' : past.helped === true ? 'healed' : 'alone';
  return { ...caseOfPastIncident(past), endedAt: past.endedAt, ended, minutes: null, service: null };
}

/** A record of a file: what names a listed action was Selfheal's, the rest was done by people. */
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

export interface LearningMaterial {
  readonly patterns: readonly LearnedPattern[];
  readonly incidents: readonly EndedCase[];
  readonly notes: readonly LearningNote[];
  readonly from: Date;
  readonly to: Date;
}

/** How a pattern's confidence moved within the period. */
export interface Movement {
  readonly patternId: string;
  readonly title: string;
  readonly before: number;
  readonly after: number;
}

export interface LearningReport {
  readonly from: string;
  readonly to: string;
  readonly patterns: {
    readonly standing: number;
    readonly atStart: number;
    readonly learned: number;
    readonly takenBack: number;
    readonly perWeek: number;
    readonly byStage: Readonly<Record<PatternStage, number>>;
    /** From other places; and made of several. */
    readonly imported: number;
    readonly merged: number;
    /** Recognised incidents of more than one service. */
    readonly acrossServices: number;
    /** Shannon's evenness of the classes, 0 (all of one) to 1 (as many of each); null of none. */
    readonly diversity: number | null;
    readonly topClasses: readonly {
      readonly class: FailureClass;
      readonly family: string;
      readonly patterns: number;
    }[];
  };
  readonly movements: readonly Movement[];
  /** Of the incidents that ended in the period. */
  readonly incidents: {
    readonly ended: number;
    readonly healed: Proportion | null;
    readonly byPeople: Proportion | null;
    /** Recognised by a pattern at all. */
    readonly covered: Proportion | null;
    /** Of those that were recognised: as what they were, and as something else. */
    readonly recognisedRight: Proportion | null;
    readonly falsePositives: Proportion | null;
    readonly meanMinutes: number | null;
  };
  /** Of the outcomes of patterns in the period. */
  readonly outcomes: {
    readonly cases: number;
    readonly helped: Proportion | null;
    readonly byPeople: Proportion | null;
  };
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_MOVEMENTS = 20;
const TOP = 5;

/** What was learned within a period, and what it was worth. */
export function learningReportOf(material: LearningMaterial): LearningReport {
  const { from, to } = material;
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    patterns: patternFigures(material),
    movements: movementsOf(material),
    incidents: incidentFigures(material),
    outcomes: outcomeFigures(material),
  };
}

const within = (at: string, { from, to }: Pick<LearningMaterial, 'from' | 'to'>): boolean =>
  Date.parse(at) > from.getTime() && Date.parse(at) <= to.getTime();

const share = <T>(all: readonly T[], is: (one: T) => boolean): Proportion | null =>
  proportionOf(all.filter(is).length, all.length);

function patternFigures(material: LearningMaterial): LearningReport['patterns'] {
  const { patterns, notes, from, to } = material;
  const standing = patterns.filter(({ retired }) => retired === null);
  const learned = patterns.filter(({ provenance }) => within(provenance.at, material)).length;
  const start = from.toISOString();
  const stoodAtStart = ({ provenance, retired }: LearnedPattern): boolean =>
    provenance.at <= start && (retired === null || retired.at > start);
  const counts = countBy(standing.map((pattern) => pattern.class));
  return {
    standing: standing.length,
    atStart: patterns.filter(stoodAtStart).length,
    learned,
    takenBack: patterns.filter(({ retired }) => retired !== null && within(retired.at, material)).length,
    perWeek: learned / Math.max(1, (to.getTime() - from.getTime()) / WEEK_MS),
    byStage: Object.fromEntries(
      PatternStage.options.map((stage) => [stage, standing.filter((pattern) => pattern.stage === stage).length]),
    ) as Record<PatternStage, number>,
    imported: standing.filter(({ provenance }) => provenance.source === 'imported').length,
    merged: notes.filter(
      ({ event, at, reason }) => event === 'pattern.merged' && within(at, material) && reason.includes('takes them in'),
    ).length,
    acrossServices: acrossServices(material),
    diversity: evennessOf([...counts.values()]),
    topClasses: [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, TOP)
      .map(([name, count]) => ({ class: name, family: FAMILY_OF[name], patterns: count })),
  };
}

/** Patterns whose own service is not the only one that they have helped. */
function acrossServices({ patterns, incidents }: LearningMaterial): number {
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

/** Pielou's evenness: Shannon's entropy over the largest it could be (E. C. Pielou, 1966). */
function evennessOf(counts: readonly number[]): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  if (counts.length === 1) return 0;
  const entropy = counts.reduce((sum, count) => sum - (count / all) * Math.log(count / all), 0);
  return entropy / Math.log(counts.length);
}

function movementsOf(material: LearningMaterial): Movement[] {
  const start = material.from.toISOString();
  const end = material.to.toISOString();
  const moved = material.patterns.flatMap(({ id, title, history }) => {
    const before = history.findLast(({ at }) => at <= start) ?? history[0];
    const after = history.findLast(({ at }) => at <= end);
    if (before === undefined || after === undefined || before.confidence === after.confidence) return [];
    return [{ patternId: id, title, before: before.confidence, after: after.confidence }];
  });
  return moved.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)).slice(0, MOST_MOVEMENTS);
}

function incidentFigures(material: LearningMaterial): LearningReport['incidents'] {
  const ended = material.incidents.filter(({ endedAt }) => within(endedAt, material));
  const tests = material.patterns
    .filter(({ retired }) => retired === null)
    .map((pattern) => ({ pattern, recognises: makeCaseTest(pattern) }));
  const recognised = ended.map((one) => {
    const by = tests.filter(({ recognises }) => recognises(one)).map(({ pattern }) => pattern.class);
    return { covered: by.length > 0, known: one.class !== 'unknown', right: by.includes(one.class) };
  });
  const judged = recognised.filter(({ covered, known }) => covered && known);
  const minutes = [
    ...ended.flatMap((one) => one.minutes ?? []),
    ...unlisted(material, ended).flatMap((outcome) => outcome.minutes ?? []),
  ];
  return {
    ended: ended.length,
    healed: share(ended, (one) => one.ended === 'healed'),
    byPeople: share(ended, (one) => one.ended === 'people'),
    covered: share(recognised, ({ covered }) => covered),
    recognisedRight: share(judged, ({ right }) => right),
    falsePositives: share(judged, ({ right }) => !right),
    meanMinutes: minutes.length === 0 ? null : minutes.reduce((sum, one) => sum + one, 0) / minutes.length,
  };
}

const outcomesIn = (material: LearningMaterial) =>
  material.patterns.flatMap(({ outcomes }) => outcomes.filter(({ at }) => within(at, material)));

/** Outcomes of incidents that are not listed themselves with the time they took. */
function unlisted(material: LearningMaterial, ended: readonly EndedCase[]) {
  const timed = new Set(ended.flatMap(({ id, minutes }) => (minutes === null ? [] : [id])));
  return outcomesIn(material).filter(({ incident }) => !timed.has(incident));
}

function outcomeFigures(material: LearningMaterial): LearningReport['outcomes'] {
  const outcomes = outcomesIn(material);
  return {
    cases: outcomes.length,
    helped: share(outcomes, ({ helped }) => helped),
    byPeople: share(outcomes, ({ by }) => by === 'human'),
  };
}
