import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { costOf } from '#shared/domain/quality/cost.ts';
import type { Prediction } from '#shared/domain/quality/prediction.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import type { Clock } from '#shared/ports/time.ts';

/** Newest attempts that are looked at. */
const MAX_PREDICTIONS = 500;
const MAX_OPEN = 100;
const DAYS = 14;
const WEEK = 7;
/** The notifier whose announcement is a comment. */
const COMMENT = 'github-comment';
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_CLASSES = 6;

/** One day in the deployment's time zone: `2026-11-23`. */
export interface DayCount {
  readonly day: string;
  readonly opened: number;
  /** Resolved after an action of Selfheal, as verified. */
  readonly healed: number;
  /** Ended with a proposal or with a human. */
  readonly human: number;
}

/** Seconds from the opening: half of the incidents took at most `p50`, nine of ten at most `p90`. */
export interface Spread {
  readonly p50: number;
  readonly p90: number;
}

/** Of the incidents that were opened in some days. Shares and spreads are null while there is nothing to count. */
export interface Figures {
  readonly opened: number;
  readonly ended: number;
  /** Resolved by an action of Selfheal, as verified. */
  readonly healed: number;
  /** Share of ended incidents that Selfheal healed without a human. */
  readonly automaticShare: number | null;
  /** `answer`: until it ended in any way; `commented`: until the first comment on the pull request. */
  readonly seconds: {
    readonly classified: Spread | null;
    readonly commented: Spread | null;
    readonly answer: Spread | null;
    readonly healed: Spread | null;
  };
  /** Of the healed ones: the failure came back before it counted as healed, or a person called the action wrong. */
  readonly falseFixes: number;
  /** Actions that helped and lasted, of those whose outcome an ended incident shows. */
  readonly accuracy: { readonly right: number; readonly of: number };
  /** Incidents whose failure was recognised, of all; and how many classes those have. */
  readonly analysed: { readonly recognised: number; readonly of: number; readonly classes: number };
  /** Failures that were found to be by chance. */
  readonly flaky: number;
  /** Use of language models. Millionths of a US dollar; null when a model has no price. */
  readonly model: { readonly asked: number; readonly microdollars: number | null };
}

/** How the last two weeks went, and each of the two. An incident that was opened again counts once, with its latest attempt. */
export interface Overview extends Figures {
  readonly at: string;
  /** `more`: there are more open incidents than were counted. */
  readonly open: { readonly count: number; readonly more: boolean };
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
  readonly predictions: Pick<PredictionStore, 'recentPredictions'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Reads one page of open incidents and the newest predictions; the cost does not grow with the history. */
export async function readOverview({ lists, predictions, configuration, clock }: OverviewDeps): Promise<Overview> {
  const now = clock.now();
  const [open, recent] = await Promise.all([
    lists.list({ statuses: ['open'] }, { limit: MAX_OPEN, order: 'newest' }),
    predictions.recentPredictions(MAX_PREDICTIONS),
  ]);
  const dayOf = daysIn(configuration.policy.circumstances.timeZone);
  const days = Array.from({ length: DAYS }, (_, ago) => dayOf(new Date(now.getTime() - (DAYS - 1 - ago) * DAY_MS)));
  const [firstDay = ''] = days;
  const shown = latestAttempts(recent).filter(({ openedAt }) => dayOf(new Date(openedAt)) >= firstDay);
  const ended = shown.filter(isEnded);
  const [firstOfWeek = ''] = days.slice(-WEEK);
  const isLate = ({ openedAt }: Prediction) => dayOf(new Date(openedAt)) >= firstOfWeek;
  const oldest = recent.at(-1);
  return {
    at: now.toISOString(),
    open: { count: open.incidents.length, more: open.next !== null },
    days: days.map((day) => ({
      day,
      opened: shown.filter(({ openedAt }) => dayOf(new Date(openedAt)) === day).length,
      healed: ended.filter((each) => isHealed(each) && endedOn(each, day, dayOf)).length,
      human: ended.filter((each) => !isResolved(each) && endedOn(each, day, dayOf)).length,
    })),
    ...figuresOf(shown),
    weeks: { latest: figuresOf(shown.filter(isLate)), before: figuresOf(shown.filter((each) => !isLate(each))) },
    corrected: shown.filter(({ correction }) => correction !== undefined).length,
    classes: mostFrequent(shown),
    complete: recent.length < MAX_PREDICTIONS || oldest === undefined || dayOf(new Date(oldest.openedAt)) < firstDay,
  };
}

function figuresOf(shown: readonly Prediction[]): Figures {
  const ended = shown.filter(isEnded);
  const healed = ended.filter(isHealed);
  const cost = costOf(shown);
  const commented = shown.filter(({ announced }) => announced?.channel === COMMENT);
  return {
    opened: shown.length,
    ended: ended.length,
    healed: healed.length,
    automaticShare: ended.length === 0 ? null : healed.length / ended.length,
    seconds: {
      classified: spreadOf(shown.map((each) => secondsUntil(each, each.at))),
      commented: spreadOf(commented.map((each) => secondsUntil(each, each.announced?.at ?? each.at))),
      answer: spreadOf(ended.map((each) => secondsUntil(each, each.ending?.at ?? each.at))),
      healed: spreadOf(healed.map((each) => secondsUntil(each, each.ending?.at ?? each.at))),
    },
    falseFixes: healed.filter(({ setback }) => setback !== undefined).length,
    accuracy: {
      right: healed.filter(({ setback }) => setback === undefined).length,
      of: ended.filter(({ ending }) => ending?.by != null).length,
    },
    analysed: analysedOf(shown),
    flaky: shown.filter(({ verdict }) => verdict === 'flaky').length,
    model: { asked: cost.asked, microdollars: cost.unpriced > 0 ? null : cost.microdollars },
  };
}

function analysedOf(shown: readonly Prediction[]): Figures['analysed'] {
  const known = shown
    .map(({ class: found, correction }) => correction?.class ?? found)
    .filter((one) => one !== 'unknown');
  // What a person had to name was not recognised.
  const recognised = shown.filter(({ class: found }) => found !== 'unknown').length;
  return { recognised, of: shown.length, classes: new Set(known).size };
}

const isEnded = ({ ending }: Prediction): boolean => ending !== undefined && ending.status !== 'linked';
const isResolved = ({ ending }: Prediction): boolean => ending?.status === 'resolved';
/** Not what got well by itself. */
const isHealed = ({ ending }: Prediction): boolean => ending?.status === 'resolved' && ending.by !== null;

function latestAttempts(predictions: readonly Prediction[]): Prediction[] {
  const latest = new Map<string, Prediction>();
  for (const each of predictions) {
    if ((latest.get(each.incidentId)?.attempt ?? 0) < each.attempt) latest.set(each.incidentId, each);
  }
  return [...latest.values()];
}

/** Names days in a time zone; the names sort by time. */
function daysIn(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (at) => format.format(at);
}

function endedOn({ ending }: Prediction, day: string, dayOf: (at: Date) => string): boolean {
  return ending !== undefined && dayOf(new Date(ending.at)) === day;
}

/** Clocks of those who wrote may differ a little: not less than nothing. */
function secondsUntil({ openedAt }: Prediction, at: string): number {
  return Math.max(0, (Date.parse(at) - Date.parse(openedAt)) / 1000);
}

function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? null : { p50: at(0.5), p90: at(0.9) };
}

function mostFrequent(predictions: readonly Prediction[]): Overview['classes'] {
  const counts = new Map<FailureClass, number>();
  for (const { class: failureClass, correction } of predictions) {
    const name = correction?.class ?? failureClass;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ class: name, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_CLASSES);
}
