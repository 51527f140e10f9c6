import type { Sign } from './evidence.ts';

export interface Strategy {
  readonly id: string;
  readonly area: 'database' | 'api' | 'infrastructure';
  readonly title: string;
  readonly advice: string;
  /** Usual gain where it applies, 0 to 1: a judgement, not a measurement. */
  readonly effect: number;
  /** Evidence for it, and the weight of clear evidence, 0 to 1. */
  readonly signs: Readonly<Partial<Record<Sign, number>>>;
}

/** All suggestions for making a service faster. None is made without evidence. */
export const STRATEGIES: readonly Strategy[] = [
  {
    id: 'add_index_suggestions',
    area: 'database',
    title: 'Add an index',
    advice: 'Explain the slow statements and index the columns they filter, join and sort by.',
    effect: 0.9,
    signs: {
      'full-scan': 0.8,
      'rows-examined': 0.8,
      'slow-query': 0.4,
      'query-time-over-limit': 0.3,
      'leading-wildcard': 0.3,
    },
  },
  {
    id: 'query_optimization',
    area: 'database',
    title: 'Run fewer and smaller database queries',
    advice: 'Fetch related rows in one statement (a join or a list of keys), and only the columns that are used.',
    effect: 0.85,
    signs: {
      'repeated-statement': 0.8,
      'query-in-loop': 0.6,
      'query-time-over-limit': 0.5,
      'slow-query': 0.5,
      'leading-wildcard': 0.3,
      'select-star': 0.15,
    },
  },
  {
    id: 'connection_pooling',
    area: 'database',
    title: 'Share connections through a pool of the right size',
    advice: 'Open connections once and take them from a pool; return them before waiting for anything else.',
    effect: 0.8,
    signs: { 'pool-exhausted': 0.8, 'pool-wait': 0.8, 'connect-per-call': 0.6 },
  },
  {
    id: 'caching_strategies',
    area: 'api',
    title: 'Cache repeated responses',
    advice: 'Cache responses that do not change between requests, with ETag or Cache-Control and a time to live.',
    effect: 0.6,
    signs: { 'same-request-again': 0.7, 'cache-misses': 0.4 },
  },
  {
    id: 'async_optimization',
    area: 'api',
    title: 'Run independent calls in parallel',
    advice:
      'Start independent calls together and wait for all of them; move blocking work off the thread that answers.',
    effect: 0.7,
    signs: { 'event-loop-blocked': 0.8, 'event-loop-lag': 0.8, 'blocking-call': 0.5, 'await-in-loop': 0.5 },
  },
  {
    id: 'batch_processing',
    area: 'api',
    title: 'Send many items at once',
    advice: 'Use the batch form of the call that is made for each item, or collect items and send them together.',
    effect: 0.65,
    signs: { 'one-by-one-requests': 0.7, 'await-in-loop': 0.3, 'query-in-loop': 0.2 },
  },
  {
    id: 'resource_scaling',
    area: 'infrastructure',
    title: 'Add the resource that runs short',
    advice: 'Raise memory or CPU, or add instances, after looking whether the use is a leak or a wasteful statement.',
    effect: 0.7,
    signs: { 'memory-over-limit': 0.7, 'cpu-over-limit': 0.7, 'out-of-resources': 0.7 },
  },
  {
    id: 'load_balancing',
    area: 'infrastructure',
    title: 'Spread the load evenly',
    advice:
      'Balance by outstanding requests, without sticky sessions where they are not needed, and check health often.',
    effect: 0.6,
    signs: { 'uneven-load': 0.8, 'overloaded-upstream': 0.6 },
  },
  {
    id: 'caching_layers',
    area: 'infrastructure',
    title: 'Put a cache before the database',
    advice:
      'Keep rows that are read again and again in a cache in memory; if there is one, correct its keys, size and time to live.',
    effect: 0.65,
    signs: { 'same-read-again': 0.7, 'cache-misses': 0.7 },
  },
];
