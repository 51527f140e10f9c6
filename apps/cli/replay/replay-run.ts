import { UsageError } from '@selfheal/cli-kit/command.ts';
import { firstSentence } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { Unreachable } from '@selfheal/kernel/errors.ts';
import { chanceOf, type FailureClass, type Verdict } from '@selfheal/kernel/failure-class.ts';
import { placeIn } from '@selfheal/kernel/text/place.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { type DiagnosedRun, diagnoseRun, type RunPorts, signalOf } from '#apps/workbench/analyze/analyze-run.ts';
import { withOneRead } from '#apps/workbench/analyze/run-reads.ts';
import { candidatesFor } from '#shared/app/plan/context.ts';
import { awsMicrodollarsOfOne } from '#shared/domain/answers/cost-series.ts';
import { chooseCandidate } from '#shared/domain/plan/candidates.ts';
import { circumstancesOf } from '#shared/domain/policy/circumstances/circumstances.ts';
import { decide } from '#shared/domain/policy/decide.ts';
import {
  type Advice,
  adviceOf,
  type Mark,
  markOf,
  type Outcome,
  outcomeOf,
} from '#shared/domain/replay/past-failure.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs/index.ts';
import { quotesOf } from '#shared/plugins/notifiers/common/quotes.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import type { PastRun, PastRuns } from '#shared/ports/past-runs.ts';
import type { PastFailure } from './find-failures.ts';
import { hostAt } from './host-at.ts';

export interface ReplayPorts extends Omit<RunPorts, 'finder' | 'warn'> {
  readonly pastRuns: PastRuns;
}

/** What Selfheal would have said about a failed run, and what it would have done. */
interface ReplayedAnswer {
  readonly class: FailureClass;
  readonly verdict: Verdict;
  /** 0 to 1, of class and verdict. */
  readonly confidence: number;
  readonly cause: string;
  readonly advice: Advice;
  /** The policy's reasons for or against running again. */
  readonly reasons: readonly string[];
  /** Files of the repository that its comment quotes. */
  readonly files: readonly string[];
}

export interface ReplayedRun {
  readonly run: number;
  readonly attempt: number;
  readonly url: string;
  /** Tainted, as `branch` and all texts of the answer. */
  readonly workflow: string;
  readonly branch: string | null;
  readonly event: string;
  readonly failedAt: string;
  /** How long the attempt ran. */
  readonly minutes: number;
  /** Null when no log could be read; `unread` says why. */
  readonly answer: ReplayedAnswer | null;
  readonly unread: string | null;
  readonly outcome: Outcome;
  /** Minutes until it was green again; null when it never was. */
  readonly greenAfterMinutes: number | null;
  readonly mark: Mark;
  /** Whether the change that ended the failure touched a file that was named. */
  readonly fileMark: Mark;
  /** Millionths of a US dollar. `model` null: its price is not known. */
  readonly cost: {
    readonly awsMicrodollars: number;
    readonly modelMicrodollars: number | null;
    readonly runnerMinutes: number;
  };
}

const MAX_FILES = 5;
const MAX_QUOTES = 12;
const MAX_CAUSE = 300;
const MINUTE = 60_000;

const minutesBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / MINUTE));

/**
 * Lets Selfheal explain one past failure from what was known when it failed, and compares that with what happened. Throws `RateLimited`; a log that cannot
 * be read is part of the answer.
 */
export async function replayRun(
  failure: PastFailure,
  all: readonly PastRun[],
  ports: ReplayPorts,
): Promise<ReplayedRun> {
  const { past, last, later } = failure;
  const { run, found } = past;
  const { outcome, touches } = await whatHappened(outcomeOf(last, run.attempt, later), past, ports);
  const codeHost = withOneRead(hostAt(ports.codeHost, past, all));
  const [answer, unread] = await answerTo(past, { ...ports, codeHost });
  const greenAt = 'at' in outcome ? outcome.at : null;
  const minutes = minutesBetween(run.startedAt, run.updatedAt);
  const advice = answer?.said.advice ?? 'nothing';
  const mark = markOf(advice, outcome);
  const isTouched =
    touches === null || answer === null || answer.said.files.length === 0 ? null : answer.said.files.some(touches);
  return {
    run: run.id,
    attempt: run.attempt,
    url: found.url,
    workflow: found.workflow,
    branch: past.branch,
    event: past.event,
    failedAt: run.updatedAt,
    minutes,
    answer: answer?.said ?? null,
    unread,
    outcome,
    greenAfterMinutes: greenAt === null ? null : minutesBetween(run.updatedAt, greenAt),
    mark,
    fileMark: isTouched === null ? 'unknown' : isTouched ? 'right' : 'wrong',
    cost: {
      awsMicrodollars: answer === null ? 0 : awsMicrodollarsOfOne(endingOf(advice, mark)),
      modelMicrodollars: answer === null ? 0 : answer.modelMicrodollars,
      runnerMinutes: advice === 'rerun' ? minutes : 0,
    },
  };
}

/** An asked person is taken to agree. */
function endingOf(advice: Advice, mark: Mark): Parameters<typeof awsMicrodollarsOfOne>[0] {
  if (advice !== 'rerun' && advice !== 'ask') return 'suggested';
  return mark === 'wrong' ? 'escalated' : 'resolved';
}

/** A commit without a change is a re-run by other means. */
async function whatHappened(
  seen: Outcome,
  { run: { headSha }, found }: PastRun,
  { pastRuns }: ReplayPorts,
): Promise<{ outcome: Outcome; touches: ((file: string) => boolean) | null }> {
  if (seen.kind !== 'changed') return { outcome: seen, touches: null };
  const { repository } = found.report as { repository: { full_name: string } };
  const changes = await pastRuns.changesBetween(repository.full_name, headSha, seen.headSha);
  if (changes === null) return { outcome: seen, touches: null };
  if (changes.files > 0) return { outcome: seen, touches: changes.touches };
  return { outcome: { kind: 'passed-again', how: 'empty-commit', runId: seen.runId, at: seen.at }, touches: null };
}

interface Answered {
  readonly said: ReplayedAnswer;
  readonly modelMicrodollars: number | null;
}

async function answerTo(past: PastRun, ports: ReplayPorts): Promise<[Answered, null] | [null, string]> {
  try {
    const diagnosed = await diagnoseRun(signalOf(past.found), ports, { acceptGaps: false });
    return [answerOf(past, diagnosed, ports), null];
  } catch (error) {
    if (error instanceof UsageError)
      return [null, cleanText(error.message.replace(/^No log of the failed jobs has a line\. (?=\S)/, ''), MAX_CAUSE)];
    if (error instanceof Unreachable) return [null, 'GitHub or its log storage could not be reached.'];
    throw error;
  }
}

function answerOf(past: PastRun, { story, telemetry }: DiagnosedRun, { configuration }: ReplayPorts): Answered {
  const { incident, diagnosis } = story;
  if (diagnosis === null) throw new Error(`Run ${past.run.id} was not diagnosed.`);
  const { classification } = diagnosis;
  const now = new Date(past.run.updatedAt);
  const facts = { target: incident.target, telemetry, classification, configuration, now, past: [] };
  const candidates = candidatesFor(facts, [rerunFailedJobs]);
  const { decision, reasons } = decide({
    targetKind: incident.target.kind,
    offLimits: null,
    recovery: { kind: 'none' },
    mode: 'act',
    service: null,
    policy: configuration.policy,
    choice: chooseCandidate(candidates, null),
    modelConfidence: diagnosis.source === 'model' ? diagnosis.confidence : null,
    actionsSoFar: 0,
    circumstances: circumstancesOf(
      { now, deployment: null, load: 'unknown', incidentsInDay: 0 },
      configuration.policy.circumstances,
    ),
    now,
  });
  const asked = decision === 'act' || decision === 'approve' ? decision : null;
  const { class: failureClass, verdict, confidence } = classification;
  return {
    said: {
      class: failureClass,
      verdict,
      confidence,
      cause: cleanText(diagnosis.summary ?? firstSentence(diagnosis.rootCause), MAX_CAUSE),
      advice: adviceOf(asked, { verdict, chance: chanceOf(classification) }),
      reasons,
      files: filesNamed(story),
    },
    modelMicrodollars: diagnosis.model === undefined ? 0 : diagnosis.model.microdollars,
  };
}

/** Files in the order in which the comment quotes them. */
function filesNamed({ evidence, diagnosis }: IncidentStory): string[] {
  const quoted = quotesOf(evidence, diagnosis, MAX_QUOTES).flatMap(({ quotes }) =>
    quotes.flatMap(({ lines }) => lines),
  );
  const files = quoted.flatMap(({ text }) => placeIn(text)?.file ?? []);
  return [...new Set(files)].slice(0, MAX_FILES).map((file) => redactName(file, MAX_CAUSE));
}
