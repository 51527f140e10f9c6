import type { Event } from './event.ts';
import { linkBetween, sharedName } from './links.ts';
import { leadsTo } from './stage.ts';
import { innermostOf } from './wrapping.ts';

/** An event with its score as the first cause, and the reasons. */
export interface Suspect {
  readonly event: Event;
  readonly score: number;
  /** Weightiest first. */
  readonly reasons: readonly string[];
}

/** Evidence for or against an event: `share` from 0 to 1, and its wording. */
interface Sign {
  readonly name: keyof typeof WEIGHTS;
  readonly share: number;
  readonly words: string;
}

/**
 * Weights of the signs. Those that CI logs show often are fitted: a conditional logit over the events of failing logs
 * whose failing lines people had marked, regularised towards weights chosen by hand. Those for services are chosen by
 * hand.
 */
const WEIGHTS = {
  relevance: 4.7,
  cited: 1.6,
  placed: 2.6,
  test: 1.8,
  cascade: 1.6,
  named: 1.5,
  critical: 0.9,
  innermost: 0.6,
  block: 0.4,
  code: 0.5,
  precedes: 0.3,
  stated: 3,
  change: 9,
  warning: -1.5,
  quiet: -0.3,
  vague: -0.7,
  summary: -4.8,
  recovered: -3,
} as const;

/** A sign below this is not worth mentioning. */
const MIN_CONFIDENCE = 0.3;
/** Wording of a line when the thing it names works again. */
const RECOVERED =
  /\b(?:connected|connection established|ready|healthy|recovered|reconnected|succeeded|is up|accepting connections)\b/i;
const FRESH_MILLISECONDS = 2 * 3_600_000;
/** Equal errors in a row: how far apart they may be, and how much lower the first of them may score. */
const ROW_LINES = 15;
const ROW_SCORE = 1.5;

/** Events with the same wording count as one; the first of them represents all. */
function different(events: readonly Event[]): Event[] {
  const seen = new Set<string>();
  return events.filter(({ template }) => !seen.has(template) && seen.add(template));
}

function times(number: number, one: string, many: string): string {
  return number === 1 ? `1 later error ${one}` : `${number} later errors ${many}`;
}

/** Whether the event names a line of a file, as compilers and linters do. */
function isPlaced({ entities }: Event): boolean {
  return entities.some(({ line }) => line !== undefined);
}

/** Signs from the event itself. */
function ownSigns(event: Event, cited: ReadonlySet<string>): Sign[] {
  const is = (name: Sign['name'], holds: boolean, words: string): Sign => ({ name, share: holds ? 1 : 0, words });
  const names = (kind: string): boolean =>
    event.entities.some((one) => one.kind === kind && !one.value.startsWith('exit'));
  return [
    { name: 'relevance', share: event.relevance, words: 'it stands out in the log' },
    { name: 'block', share: Math.min(1, (event.block.length - 1) / 10), words: 'it comes with a report' },
    is(
      'cited',
      event.block.some(({ ref }) => cited.has(ref)),
      'the failure was recognised by it',
    ),
    is('placed', isPlaced(event), 'it names a line of a file'),
    is('test', event.isTest, 'it is a failed test'),
    is('critical', event.severity === 'critical', 'it is critical'),
    is('innermost', innermostOf(event) !== null, 'it names its own cause'),
    is('code', names('error-code') || names('exception'), 'it names an error code or exception'),
    is('warning', event.severity === 'warning', 'it is a warning'),
    is('quiet', event.severity === 'info' || event.severity === 'debug', 'it does not read like an error'),
    is('vague', event.stage === null, 'its text does not show what kind of failure it is'),
    is('summary', event.stage === 'summary', 'it only summarises'),
  ];
}

/** A change is suspected while it is recent: fully within two hours before the next failure, then less, up to a day. */
function changeShare({ stage, at }: Event, real: readonly Event[]): number {
  const next = real.find((other) => other.stage !== 'change');
  if (stage !== 'change' || next === undefined) return 0;
  const isFresh = at !== null && next.at !== null && next.at - at <= FRESH_MILLISECONDS;
  return isFresh ? 1 : 0.3;
}

/** Signs from the event's position among later events. */
function placeSigns(
  event: Event,
  { later, all, recoveries }: { later: readonly Event[]; all: number; recoveries: ReadonlySet<Event> },
): Sign[] {
  const real = different(later.filter(({ stage }) => stage !== 'summary'));
  const naming = real.filter((other) => sharedName(event, other) !== null).length;
  const following = real.filter((other) => leadsTo(event.stage, other.stage) && linkBetween(event, other) !== null);
  const next = later.find(({ source }) => source === event.source);
  const recovered = later.some((other) => recoveries.has(other) && sharedName(event, other) !== null);
  return [
    { name: 'precedes', share: real.length / Math.max(1, all), words: times(real.length, 'follows', 'follow') },
    {
      name: 'named',
      share: Math.min(1, naming / 3),
      words: times(naming, 'names the same thing', 'name the same thing'),
    },
    {
      name: 'cascade',
      share: Math.min(1, following.length / 4),
      words: times(following.length, 'is a typical consequence', 'are typical consequences'),
    },
    { name: 'stated', share: next?.follows === true ? 1 : 0, words: 'the log says that it caused the next error' },
    { name: 'change', share: changeShare(event, real), words: 'it is the last change before the failures' },
    { name: 'recovered', share: recovered ? 1 : 0, words: 'it recovered' },
  ];
}

function suspectOf(event: Event, signs: readonly Sign[]): Suspect {
  const weighed = signs.map(({ name, share, words }) => ({ weight: WEIGHTS[name] * share, words }));
  return {
    event,
    score: weighed.reduce((sum, { weight }) => sum + weight, 0),
    reasons: weighed
      .filter(({ weight }) => weight >= MIN_CONFIDENCE)
      .sort((a, b) => b.weight - a.weight)
      .map(({ words }) => words),
  };
}

/**
 * Of several errors of one kind in a row, prefers the first: the others often follow from it, as after a compiler's
 * first error.
 */
function firstOfRow(best: Suspect, suspects: readonly Suspect[]): Suspect {
  let first = best;
  for (const one of [...suspects].reverse()) {
    const { event } = one;
    const isAlike =
      event.source === first.event.source &&
      event.stage === best.event.stage &&
      event.severity === best.event.severity &&
      event.isTest === best.event.isTest &&
      (event.isTest || (isPlaced(event) && isPlaced(first.event)));
    const isBefore = event.number < first.event.number && first.event.number - event.number <= ROW_LINES;
    if (isAlike && isBefore && one.score >= best.score - ROW_SCORE) first = one;
  }
  return first === best ? best : { ...first, reasons: ['it is the first of several of its kind', ...first.reasons] };
}

/**
 * The most likely first cause among ordered events, or null when there are none. The score adds up what log-based
 * root-cause ranking rests on: precedence in time and other errors that name the same component (Orca, Bhagwan et al.,
 * OSDI 2018), the usual order of a cascade, what the log itself says about causes, and how much the line stands out.
 * `cited`: refs of the lines that decided the class.
 */
export function firstCause(events: readonly Event[], cited: ReadonlySet<string>): Suspect | null {
  const all = different(events).length;
  const recoveries = new Set(events.filter(({ text }) => RECOVERED.test(text)));
  const suspects = events.map((event, at) => {
    const later = events.slice(at + 1);
    return suspectOf(event, [...ownSigns(event, cited), ...placeSigns(event, { later, all, recoveries })]);
  });
  const best = suspects.reduce<Suspect | null>(
    (most, one) => (most === null || one.score > most.score ? one : most),
    null,
  );
  return best === null ? null : firstOfRow(best, suspects);
}
