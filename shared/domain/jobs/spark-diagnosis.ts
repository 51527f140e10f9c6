import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { Executor, SparkJob, Stage, TaskSummary } from './spark-wire.ts';

/** What a History Server says of one attempt of an application that has ended. */
export interface ApplicationRecord {
  readonly name: string;
  readonly jobs: readonly SparkJob[];
  readonly stages: readonly Stage[];
  readonly executors: readonly Executor[];
  /** Of the stage that failed, or else of the one that ran longest; null where it has none. */
  readonly slowest: { readonly stage: Stage; readonly summary: TaskSummary } | null;
}

export interface SparkDiagnosis {
  /** A job failed, so that the application did not do its work. */
  readonly hasFailed: boolean;
  /** Executors were lost because their memory was not enough. */
  readonly ranOutOfMemory: boolean;
  /** What happened, the cause first, a sentence each. */
  readonly findings: readonly string[];
  /** What the server wrote about failures, raw. */
  readonly lines: readonly string[];
}

/** Reasons for which an executor goes in peace: idle, or because the application ended. */
const USUAL_END = /killed by (?:the )?driver|idle|finished|shut ?down|decommission|stopp|^$/i;
/** A heap that is full, a container above its limit (YARN, Kubernetes), exit codes of both (52: Spark's own for OutOfMemoryError). */
const OUT_OF_MEMORY =
  /OutOfMemoryError|OOMKilled|exceeding (?:physical |virtual )?memory limits|memoryOverhead|exit(?:ed)?(?: with)?(?: exit)? (?:code|status):? ?(?:52|137|143)\b/i;
/** From so much on garbage collection is named: 10 % of the run time. */
const GC_SHARE = 0.1;
/** The longest task takes so many times as long as half of them, and at least a minute. */
const SKEW_RATIO = 5;
const MIN_SKEWED_MS = 60_000;
const MAX_LINES = 200;
const MAX_REASON = 300;

/** Reads what a History Server says into words. Pure. Thresholds are those above. */
export function diagnoseSpark(record: ApplicationRecord): SparkDiagnosis {
  const { jobs, stages, executors } = record;
  const failedJobs = jobs.filter(({ status }) => status === 'FAILED');
  const failedStages = stages.filter(({ status }) => status === 'FAILED');
  const lost = executors.filter(({ isActive, removeReason = '' }) => !isActive && !USUAL_END.test(removeReason));
  const full = lost.filter(({ removeReason = '' }) => OUT_OF_MEMORY.test(removeReason));
  const reasons = [
    ...failedStages.map(({ failureReason = '' }) => failureReason),
    ...lost.map(({ removeReason = '' }) => removeReason),
  ];
  const ranOutOfMemory = reasons.some((reason) => OUT_OF_MEMORY.test(reason));
  return {
    hasFailed: failedJobs.length > 0,
    ranOutOfMemory,
    findings: [
      ...(ranOutOfMemory ? [memoryWords(full.length)] : []),
      ...failedStages.slice(0, 3).map(stageWords),
      ...(failedJobs.length === 0 ? [] : [`${counted(failedJobs.length, 'job')} of ${jobs.length} failed.`]),
      ...lostWords(lost, full.length),
      ...skewWords(record.slowest),
      ...gcWords(executors),
    ],
    lines: reasons
      .flatMap((reason) => reason.split('\n'))
      .filter((line) => line.trim() !== '')
      .slice(0, MAX_LINES),
  };
}

const memoryWords = (full: number): string =>
  `Memory was not enough${full === 0 ? '' : `: ${counted(full, 'executor')} ended for that`}. Give executors more memory (spark.executor.memory, or its memoryOverhead), or more partitions.`;

function stageWords({ stageId, attemptId, name, failureReason = '', numFailedTasks, numTasks }: Stage): string {
  const [first = ''] = failureReason.split('\n');
  const why = first === '' ? '' : `: ${first.slice(0, MAX_REASON)}`;
  return `Stage ${stageId} (attempt ${attemptId}, ${name.slice(0, 100)}) failed with ${counted(numFailedTasks, 'failed task')} of ${numTasks}${why}${/[.!?]$/.test(why) ? '' : '.'}`;
}

function lostWords(lost: readonly Executor[], full: number): string[] {
  const others = lost.length - full;
  if (others === 0) return [];
  const [first] = lost.filter(({ removeReason = '' }) => !OUT_OF_MEMORY.test(removeReason));
  return [
    `${counted(others, 'executor')} ${others === 1 ? 'was' : 'were'} lost: ${(first?.removeReason ?? '').split('\n')[0]?.slice(0, MAX_REASON)}`,
  ];
}

function skewWords(slowest: ApplicationRecord['slowest']): string[] {
  if (slowest === null) return [];
  const { stage, summary } = slowest;
  const at = (quantile: number): number => summary.executorRunTime[summary.quantiles.indexOf(quantile)] ?? 0;
  const [half, longest] = [at(0.5), at(1)];
  if (longest < MIN_SKEWED_MS || longest < SKEW_RATIO * Math.max(half, 1)) return [];
  return [
    `Stage ${stage.stageId} is skewed: its longest task ran ${seconds(longest)}, half of them at most ${seconds(half)}. Spread the keys (salting, repartition), or switch spark.sql.adaptive.skewJoin.enabled on.`,
  ];
}

function gcWords(executors: readonly Executor[]): string[] {
  const sum = (of: (one: Executor) => number): number => executors.reduce((total, one) => total + of(one), 0);
  const [duration, collection] = [sum(({ totalDuration }) => totalDuration), sum(({ totalGCTime }) => totalGCTime)];
  if (duration === 0 || collection / duration < GC_SHARE) return [];
  return [
    `Garbage collection took ${percentOf(collection / duration)} % of the tasks' time: the heap of the executors is too small for what they hold.`,
  ];
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;
