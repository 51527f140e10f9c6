import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { quantileOf } from '@selfheal/kernel/numbers/sample.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { costOf } from '#shared/domain/answers/cost.ts';
import {
  FIGURE_DAYS,
  FIGURE_DEFINITIONS,
  type FigureDefinition,
  type FigureId,
  type FigureValue,
} from '#shared/domain/answers/figures.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { courseOf, type IncidentCourse } from '#shared/domain/audit/incident-course.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { isForeign } from '#shared/domain/incident/home.ts';
import type { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import { isSimulated } from '#shared/domain/incident/target-context.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import { type IncidentLists, type IncidentQuery, MAX_PAGE_SIZE } from '#shared/ports/incident-lists.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';

/** Newest incidents that are looked at. */
const MAX_INCIDENTS = 500;
/** Pages of a list may be short. */
const MAX_PAGES = 12;
const MAX_PREDICTIONS = 1000;
const TRAILS_AT_ONCE = 16;
const WEEK = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_CLASSES = 6;
/** Trails of incidents that ended so long ago do not grow unless the incident itself changes. Milliseconds. */
const QUIET = 10 * 60 * 1000;
/** In progress, or with a person. */
const UNFINISHED: readonly IncidentStatus[] = ['open', 'suggested', 'escalated'];

/** One day in the deployment's time zone: `2026-11-23`. */
interface DayCount {
  readonly day: string;
  readonly opened: number;
  /** Resolved after an action of Selfheal, as verified. */
  readonly healed: number;
  /** Ended with a proposal, was handed over, or was ended by a person. */
  readonly human: number;
}

/** Seconds from the opening: half of the incidents took at most `p50`, nine of ten at most `p90`. */
interface Spread {
  readonly p50: number;
  readonly p90: number;
}

/** Of the incidents that were opened in some days. Shares and spreads are null while there is nothing to count. */
interface Figures {
  readonly opened: number;
  readonly ended: number;
  /** Ended because an action helped, as verified. */
  readonly healed: number;
  /** Share of ended incidents that were healed for good without a person. */
  readonly automaticShare: number | null;
  /** `answer`: until it ended in any way; `commented`: until the first comment on the pull request. */
  readonly seconds: {
    readonly classified: Spread | null;
    readonly commented: Spread | null;
    readonly answer: Spread | null;
    readonly healed: Spread | null;
  };
  /** See `FIGURE_DEFINITIONS`; of `everHealed`. */
  readonly falseFixes: number;
  /** An action healed them in some attempt. */
  readonly everHealed: number;
  /** Actions that helped and lasted, of those whose outcome is known. */
  readonly accuracy: { readonly right: number; readonly of: number };
  /** Incidents whose failure was recognised, of all; and how many classes those have. */
  readonly analysed: { readonly recognised: number; readonly of: number; readonly classes: number };
  /** Failures that were found to be by chance. */
  readonly flaky: number;
  /** Use of language models in all attempts. Millionths of a US dollar; null when a model has no price. */
  readonly model: { readonly asked: number; readonly microdollars: number | null };
}

/** A figure with its definition, and its values of all days, of the last seven, and of the seven before. */
interface Figure extends FigureDefinition, FigureValue {
  readonly id: FigureId;
  readonly latest: number | null;
  readonly before: number | null;
}

/** How the last two weeks went, and each of the two. An incident that was opened again counts once. */
export interface Overview extends Figures {
  readonly at: string;
  /** Incidents in progress, or with a person (also those that ask for a decision), opened since `from`. `more`: there are more than were counted. */
  readonly open: {
    readonly count: number;
    readonly more: boolean;
    readonly inProgress: number;
    readonly withPerson: number;
    readonly from: string;
  };
  readonly figures: readonly Figure[];
  /** Oldest first, today last. */
  readonly days: readonly DayCount[];
  /** The last seven days, and the seven before them. */
  readonly weeks: { readonly latest: Figures; readonly before: Figures };
  /** Classes that a person corrected. */
  readonly corrected: number;
  /** Most frequent first. */
  readonly classes: readonly { readonly class: FailureClass; readonly count: number }[];
  /** False when there were more incidents than are looked at: the older days are not whole. */
  readonly complete: boolean;
}

export interface OverviewDeps {
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly trail: AuditReader;
  readonly predictions: Pick<PredictionStore, 'recentPredictions'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Courses that were read before, by incident. */
export type KnownCourses = Map<string, { readonly updatedAt: string; readonly course: IncidentCourse }>;

/** One incident with what its trail and its predictions say. */
interface Case {
  readonly openedAt: string;
  readonly course: IncidentCourse;
  /** The first attempt first. */
  readonly predictions: readonly Prediction[];
}

/**
 * Counts the newest incidents of two weeks from their audit trails; the cost does not grow with the history. `known` keeps the trails' meaning
 * from one call to the next, so that only incidents that may have changed are read again.
 */
export async function readOverview(deps: OverviewDeps, known: KnownCourses = new Map()): Promise<Overview> {
  const { configuration, clock } = deps;
  const now = clock.now();
  const dayOf = daysIn(configuration.policy.circumstances.timeZone);
  const days = Array.from({ length: FIGURE_DAYS }, (_, ago) => dayOf(daysBefore(now, FIGURE_DAYS - 1 - ago)));
  const [firstDay = ''] = days;
  // A day of a time zone begins at another time than one of UTC.
  const openedFrom = daysBefore(now, FIGURE_DAYS);
  const [unfinished, newest, recent] = await Promise.all([
    listed({ statuses: UNFINISHED, openedFrom }, deps),
    listed({ openedFrom }, deps),
    deps.predictions.recentPredictions(MAX_PREDICTIONS),
  ]);
  const counted = newest.incidents.filter(
    ({ openedAt, target, request }) =>
      dayOf(new Date(openedAt)) >= firstDay && request === undefined && isOwnFailure(target, configuration),
  );
  const open = unfinished.incidents.filter(({ status }) => status === 'open');
  const courses = await coursesOf([...counted, ...open], known, deps);
  const cases = casesOf(counted, courses, recent).filter(({ course }) => course.end?.how !== 'duplicate');
  const [firstOfWeek = ''] = days.slice(-WEEK);
  const isLate = ({ openedAt }: Case) => dayOf(new Date(openedAt)) >= firstOfWeek;
  const inProgress = open.filter(({ id }) => courses.get(id)?.isAsking !== true).length;
  const counts = {
    at: now.toISOString(),
    open: {
      count: unfinished.incidents.length,
      more: unfinished.more,
      inProgress,
      withPerson: unfinished.incidents.length - inProgress,
      from: openedFrom.toISOString(),
    },
    days: days.map((day) => dayCount(day, cases, dayOf)),
    ...figuresOf(cases),
    weeks: { latest: figuresOf(cases.filter(isLate)), before: figuresOf(cases.filter((each) => !isLate(each))) },
    corrected: cases.filter(({ predictions }) => predictions.at(-1)?.correction !== undefined).length,
    classes: mostFrequent(cases),
    complete: !newest.more,
  };
  return { ...counts, figures: namedFigures(counts) };
}

const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * DAY_MS);

/** A failure of the deployment's own, and no rehearsal. */
function isOwnFailure(target: Incident['target'], { home }: Configuration): boolean {
  if (isSimulated(target) || isForeign(target, home)) return false;
  return !(target.kind === 'storm' && target.of === 'foreign-alarms');
}

async function listed(query: IncidentQuery, { lists }: Pick<OverviewDeps, 'lists'>) {
  const incidents = new Map<string, Incident>();
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && incidents.size < MAX_INCIDENTS; pages += 1) {
    const page = await lists.list(query, {
      limit: MAX_PAGE_SIZE,
      order: 'newest',
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const each of page.incidents) incidents.set(each.id, each);
    if (page.next === null) return { incidents: [...incidents.values()], more: false };
    cursor = page.next;
  }
  return { incidents: [...incidents.values()].slice(0, MAX_INCIDENTS), more: true };
}

/** Read side by side, each once. */
async function coursesOf(
  incidents: readonly Incident[],
  known: KnownCourses,
  deps: OverviewDeps,
): Promise<Map<string, IncidentCourse>> {
  const queue = [...new Map(incidents.map((one) => [one.id, one])).values()];
  const courses = new Map<string, IncidentCourse>();
  const reader = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      courses.set(next.id, await readCourse(next, known, deps));
  };
  await Promise.all(Array.from({ length: TRAILS_AT_ONCE }, reader));
  for (const id of known.keys()) if (!courses.has(id)) known.delete(id);
  return courses;
}

function casesOf(
  incidents: readonly Incident[],
  courses: ReadonlyMap<string, IncidentCourse>,
  recent: readonly Prediction[],
): Case[] {
  const predicted = Map.groupBy(recent, ({ incidentId }) => incidentId);
  return incidents.map(({ id, openedAt }) => ({
    openedAt,
    course: courses.get(id) ?? courseOf([]),
    predictions: (predicted.get(id) ?? []).toSorted((a, b) => a.attempt - b.attempt),
  }));
}

async function readCourse(
  { id, status, updatedAt }: Incident,
  known: KnownCourses,
  { trail, clock }: OverviewDeps,
): Promise<IncidentCourse> {
  const before = known.get(id);
  if (before?.updatedAt === updatedAt) return before.course;
  const course = courseOf(await trail.auditTrail(id));
  const isQuiet = status !== 'open' && clock.now().getTime() - Date.parse(updatedAt) > QUIET;
  if (isQuiet) known.set(id, { updatedAt, course });
  return course;
}

function figuresOf(cases: readonly Case[]): Figures {
  const ended = cases.filter(({ course }) => course.end !== null);
  const healed = cases.filter(isHealed);
  const everHealed = cases.filter(({ course }) => course.wasHealed);
  const alone = healed.filter(({ course }) => !course.isFalseFix && !course.hasPerson);
  const cost = costOf(cases.flatMap(({ predictions }) => predictions));
  return {
    opened: cases.length,
    ended: ended.length,
    healed: healed.length,
    automaticShare: ended.length === 0 ? null : alone.length / ended.length,
    seconds: {
      classified: spreadOf(cases, ({ predictions }) => predictions[0]?.at),
      commented: spreadOf(cases, ({ course }) => course.firstCommentAt),
      answer: spreadOf(ended, ({ course }) => course.end?.at),
      healed: spreadOf(healed, ({ course }) => course.end?.at),
    },
    falseFixes: everHealed.filter(({ course }) => course.isFalseFix).length,
    everHealed: everHealed.length,
    accuracy: {
      right: everHealed.filter(({ course }) => !course.isFalseFix).length,
      of: cases.filter(({ course }) => course.hasOutcome).length,
    },
    analysed: analysedOf(cases),
    flaky: cases.filter(({ predictions }) => predictions.at(-1)?.verdict === 'flaky').length,
    model: { asked: cost.asked, microdollars: cost.unpriced > 0 ? null : cost.microdollars },
  };
}

const isHealed = ({ course }: Case): boolean => course.end?.how === 'healed';
const WITH_PEOPLE: readonly unknown[] = ['person', 'suggested', 'escalated'];

function dayCount(day: string, cases: readonly Case[], dayOf: (at: Date) => string): DayCount {
  const ended = cases.filter(({ course }) => course.end !== null && dayOf(new Date(course.end.at)) === day);
  return {
    day,
    opened: cases.filter(({ openedAt }) => dayOf(new Date(openedAt)) === day).length,
    healed: ended.filter(isHealed).length,
    human: ended.filter(({ course }) => WITH_PEOPLE.includes(course.end?.how)).length,
  };
}

function analysedOf(cases: readonly Case[]): Figures['analysed'] {
  const latest = cases.flatMap(({ predictions }) => predictions.at(-1) ?? []);
  const known = latest
    .map(({ class: found, correction }) => correction?.class ?? found)
    .filter((one) => one !== 'unknown');
  // What a person had to name was not recognised.
  const recognised = latest.filter(({ class: found }) => found !== 'unknown').length;
  return { recognised, of: cases.length, classes: new Set(known).size };
}

/** Names days in a time zone; the names sort by time. */
function daysIn(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (at) => format.format(at);
}

/** Seconds from the opening to a time; cases without it are left out. Clocks differ a little: not less than nothing. */
function spreadOf(cases: readonly Case[], until: (one: Case) => string | null | undefined): Spread | null {
  const seconds = cases.flatMap((one) => {
    const at = until(one);
    return at == null ? [] : [Math.max(0, (Date.parse(at) - Date.parse(one.openedAt)) / 1000)];
  });
  return seconds.length === 0 ? null : { p50: quantileOf(seconds, 0.5), p90: quantileOf(seconds, 0.9) };
}

function mostFrequent(cases: readonly Case[]): Overview['classes'] {
  const counts = new Map<FailureClass, number>();
  for (const { predictions } of cases) {
    const latest = predictions.at(-1);
    if (latest === undefined) continue;
    const name = latest.correction?.class ?? latest.class;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ class: name, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_CLASSES);
}

type Value = (of: Figures) => FigureValue;
const whole = (value: number | null, of: number | null = null): FigureValue => ({ value, of, p90: null });
const time = (spread: Spread | null): FigureValue => ({
  value: spread?.p50 ?? null,
  of: null,
  p90: spread?.p90 ?? null,
});

/** Figures of a number of days. The others are of this moment. */
const VALUES: Readonly<Record<Exclude<FigureId, 'open' | 'healedToday'>, Value>> = {
  withoutHuman: ({ automaticShare, ended }) => whole(automaticShare, ended),
  falseFixes: ({ falseFixes, everHealed }) => whole(falseFixes, everHealed),
  timeToComment: ({ seconds }) => time(seconds.commented),
  timeToHeal: ({ seconds }) => time(seconds.healed),
  flaky: ({ flaky, opened }) => whole(flaky, opened),
  modelCost: ({ model }) => whole(model.microdollars, model.asked),
};

function namedFigures(counts: Omit<Overview, 'figures'>): Figure[] {
  const { weeks, open, days } = counts;
  return FIGURE_DEFINITIONS.map((definition) => {
    const { id } = definition;
    if (id === 'open') return { ...definition, ...whole(open.count), latest: null, before: null };
    if (id === 'healedToday') return { ...definition, ...whole(days.at(-1)?.healed ?? 0), latest: null, before: null };
    const figure = VALUES[id];
    // Without an incident in the week before there is nothing to compare with.
    const before = weeks.before.opened === 0 ? null : figure(weeks.before).value;
    return { ...definition, ...figure(counts), latest: figure(weeks.latest).value, before };
  });
}
