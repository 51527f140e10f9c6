/** Kinds of evidence for making a service faster. */
export type Sign =
  | 'cpu-over-limit'
  | 'memory-over-limit'
  | 'query-time-over-limit'
  | 'pool-wait'
  | 'event-loop-lag'
  | 'rows-examined'
  | 'cache-misses'
  | 'uneven-load'
  | 'slow-query'
  | 'full-scan'
  | 'repeated-statement'
  | 'same-read-again'
  | 'pool-exhausted'
  | 'same-request-again'
  | 'one-by-one-requests'
  | 'event-loop-blocked'
  | 'out-of-resources'
  | 'overloaded-upstream'
  | 'query-in-loop'
  | 'await-in-loop'
  | 'blocking-call'
  | 'connect-per-call'
  | 'leading-wildcard'
  | 'select-star';

/** Observed evidence and its place. From logs and sources only places and counts are reported, never text. */
export interface Evidence {
  readonly sign: Sign;
  readonly source: 'metric' | 'log' | 'code';
  /** 0 to 1: how clear it is. */
  readonly strength: number;
  /** The metric or the file, with the first line. */
  readonly where: string;
  readonly text: string;
}

/** Clearness of evidence seen this often: one half at `half`, never quite 1. */
export const clearness = (count: number, half: number): number => 1 - 0.5 ** (count / half);
