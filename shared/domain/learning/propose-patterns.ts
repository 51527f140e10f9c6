import { problemOfWording, wordingOf } from '@selfheal/diagnosis/failure/wording.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { messageDigestOf } from '../knowledge/search/terms.ts';
import type { PatternContent, PatternOutcome } from './learned-pattern.ts';
import { type PastCase, type Replay, reasonAgainst, replay } from './replay.ts';
import { linesOf, minutesOf, type Resolution, resolutionKeyOf } from './resolution.ts';

/** A record of how an incident was resolved, with its position in the file, its classification and its tags. */
export interface ResolvedCase {
  readonly line: number;
  readonly resolution: Resolution;
  readonly class: FailureClass;
  readonly tags: readonly string[];
  /** Who judged whether it helped; a person where nothing is said. */
  readonly by?: PatternOutcome['by'];
}

/** A pattern supported by records, not yet checked against the limits. */
export interface Proposal extends PatternContent {
  readonly by: string | null;
  readonly outcomes: readonly PatternOutcome[];
  /** Line numbers of its records. */
  readonly lines: readonly number[];
  readonly replay: Replay;
  /** Why it must not be learned, or null. */
  readonly problem: string | null;
  /** What its records contradict each other in. */
  readonly conflicts: readonly string[];
}

const MAX_LINES_TRIED = 20;
const MAX_TAGS = 20;
const MAX_MESSAGES = 20;

/** A record in the form of a past case. */
export function pastCaseOf({ resolution, class: failureClass }: ResolvedCase): PastCase {
  return { id: resolutionKeyOf(resolution), class: failureClass, lines: linesOf(resolution), messages: new Set() };
}

interface TriedWording {
  readonly wording: string;
  readonly isTitle: boolean;
  readonly replay: Replay;
}

/**
 * The patterns that the records support: each record is recognised by the wording of one of its lines, the one that
 * matches most of its class in the past and nothing else; records with the same wording form one pattern. `unplaced`
 * are line numbers of records with too little text.
 */
export function proposePatterns(
  cases: readonly ResolvedCase[],
  past: readonly PastCase[],
): { proposals: Proposal[]; unplaced: number[] } {
  const known = new Map<string, Replay>();
  const tryWording = (wording: string, failureClass: FailureClass): Replay => {
    const key = `${failureClass}\n${wording.toLowerCase()}`;
    const result = known.get(key) ?? replay({ wording, messages: [], class: failureClass }, past);
    known.set(key, result);
    return result;
  };
  const groups = new Map<string, { wording: string; members: ResolvedCase[] }>();
  const unplaced: number[] = [];
  for (const one of cases) {
    const best = wordingsOf(one.resolution)
      .map(
        (wording): TriedWording => ({
          wording,
          isTitle: wording === wordingOf(one.resolution.title),
          replay: tryWording(wording, one.class),
        }),
      )
      .sort(bestFirst)[0];
    if (best === undefined) {
      unplaced.push(one.line);
      continue;
    }
    const key = best.wording.toLowerCase();
    const group = groups.get(key) ?? { wording: best.wording, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  return {
    proposals: [...groups.values()].map(({ wording, members }) => proposalOf(wording, members, past)),
    unplaced,
  };
}

function wordingsOf(resolution: Resolution): string[] {
  if (resolution.pattern !== null) return [resolution.pattern];
  const wordings = linesOf(resolution).slice(0, MAX_LINES_TRIED).map(wordingOf);
  return [...new Set(wordings)].filter((wording) => problemOfWording(wording) === null);
}

/**
 * First those without a mistake; then those that match more than their own incident; then the log's text before a
 * person's words, because only that recurs in logs; then those that cover most and say most.
 */
function bestFirst(a: TriedWording, b: TriedWording): number {
  const covered = ({ replay: { coverage, matched } }: TriedWording): number => coverage?.hits ?? matched;
  return (
    Number(a.replay.others.length > 0) - Number(b.replay.others.length > 0) ||
    Number(covered(b) > 1) - Number(covered(a) > 1) ||
    Number(a.isTitle) - Number(b.isTitle) ||
    covered(b) - covered(a) ||
    b.wording.length - a.wording.length
  );
}

function proposalOf(wording: string, members: readonly ResolvedCase[], past: readonly PastCase[]): Proposal {
  const helped = members.filter(({ resolution }) => resolution.success);
  const failureClass = mostOf(members.map((one) => one.class).filter((one) => one !== 'unknown')) ?? 'unknown';
  const messages = messagesOf(wording, members);
  const result = replay({ wording, messages, class: failureClass }, past);
  const chosen = chosenSolution(helped.length > 0 ? helped : members);
  const { title, service, action, by } = chosen.resolution;
  const tags = [...new Set(members.flatMap((one) => one.tags))].slice(0, MAX_TAGS);
  const problem =
    helped.length === 0
      ? 'no recorded solution helped: a pattern needs one that did'
      : reasonAgainst({ wording, messages, class: failureClass }, result);
  return {
    wording,
    messages,
    title: redactOutgoing(title).slice(0, 200),
    class: failureClass,
    tags,
    service,
    solution: redactOutgoing(chosen.resolution.solution).slice(0, 2000),
    actionId: action,
    by,
    outcomes: members.map(outcomeOf),
    lines: members.map(({ line }) => line),
    replay: result,
    problem,
    conflicts: conflictsOf(helped),
  };
}

/** Digests of the whole messages with this wording: past incidents store these of their logs. */
function messagesOf(wording: string, members: readonly ResolvedCase[]): string[] {
  const worded = members
    .flatMap(({ resolution }) => linesOf(resolution))
    .filter((line) => wordingOf(line).toLowerCase() === wording.toLowerCase());
  return [...new Set(worded.map(messageDigestOf))].slice(0, MAX_MESSAGES);
}

/** A record's outcome for its pattern. */
export function outcomeOf({ resolution, by = 'human' }: ResolvedCase): PatternOutcome {
  const { timestamp: at, success: helped, tainted } = resolution;
  const minutes = minutesOf(resolution);
  return { incident: resolutionKeyOf(resolution), at, by, helped, trusted: !tainted, minutes };
}

const sameSolution = ({ resolution }: ResolvedCase): string => resolution.solution.toLowerCase();

/** The solution that helped most often; of equals the newest. */
function chosenSolution(members: readonly ResolvedCase[]): ResolvedCase {
  const often = mostOf([...members].sort(newestFirst).map(sameSolution));
  const chosen = members.filter((one) => sameSolution(one) === often).sort(newestFirst)[0];
  // A group is never empty: it was created with its first member.
  return chosen as ResolvedCase;
}

function newestFirst(a: ResolvedCase, b: ResolvedCase): number {
  return a.resolution.timestamp < b.resolution.timestamp ? 1 : -1;
}

function conflictsOf(helped: readonly ResolvedCase[]): string[] {
  const bySolution = new Map<string, number[]>();
  for (const one of helped) {
    const key = digestOf(sameSolution(one), 16);
    bySolution.set(key, [...(bySolution.get(key) ?? []), one.line]);
  }
  if (bySolution.size < 2) return [];
  const lines = [...bySolution.values()].map(([first]) => first).join(', ');
  return [`lines ${lines}: the same failure was resolved in different ways; what helped most often is kept`];
}

/** The most frequent value, the first of equals. */
function mostOf<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
