import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import type { World } from '#apps/local/world/world.ts';

export const FAILURES = ['regression', 'transient', 'checkout', 'orders'] as const;
export type FailureName = (typeof FAILURES)[number];

/** When a drill strikes, counted from the failure it started. */
export type Moment =
  | { readonly kind: 'time'; readonly afterMs: number }
  /** So long after the workflow entered the state. */
  | { readonly kind: 'state'; readonly state: string; readonly afterMs: number }
  /** The outside world has done it, and nobody has its answer yet. */
  | { readonly kind: 'answer'; readonly operation: string }
  /** While the runtime, killed right away, starts again. */
  | { readonly kind: 'start'; readonly afterMs: number };

const COMMON_STATES = ['Gather', 'Classify', 'Knowledge', 'Analyze', 'Plan', 'Record', 'Notify'];
const ACTING_STATES = ['Guard', 'Announce', 'VerifyWait', 'Verify'];
const ON_GITHUB = ['issues/create-comment', 'issues/list-comments', 'actions/get-workflow-run'];

const PLACES: Readonly<Record<FailureName, { states: readonly string[]; answers: readonly string[] }>> = {
  regression: { states: COMMON_STATES, answers: ON_GITHUB },
  transient: {
    states: [...COMMON_STATES, ...ACTING_STATES, 'ActGithub'],
    answers: [...ON_GITHUB, 'issues/update-comment', 'actions/re-run-workflow-failed-jobs'],
  },
  checkout: {
    states: [...COMMON_STATES, ...ACTING_STATES, 'ActLambda'],
    answers: ['lambda:UpdateAlias', 'lambda:GetAlias', 'cloudwatch:DescribeAlarms'],
  },
  orders: {
    states: [...COMMON_STATES, ...ACTING_STATES, 'ActEcs'],
    answers: ['ecs:UpdateService', 'ecs:DescribeServices', 'cloudwatch:DescribeAlarms'],
  },
};
/** Most of a healing, cold start included. */
const LIFE_MS = 4000;
/** A step of the workflow takes about so long. */
const STEP_MS = 60;
/** From the spawn of the process until it serves. */
const START_MS = 500;

/** Spread over the whole life of a failure; every place where it can be is as likely as any other. */
export function randomMoment(failure: FailureName, next: () => number): Moment {
  const { states, answers } = PLACES[failure];
  const kinds = ['time', 'time', 'state', 'state', 'state', 'answer', 'answer', 'start'] as const;
  const kind = oneOf(kinds, next);
  switch (kind) {
    case 'time':
      return { kind, afterMs: Math.round(next() * LIFE_MS) };
    case 'state':
      return { kind, state: oneOf(states, next), afterMs: Math.round(next() * STEP_MS) };
    case 'answer':
      return { kind, operation: oneOf(answers, next) };
    case 'start':
      return { kind, afterMs: Math.round(next() * START_MS) };
    default:
      return kind satisfies never;
  }
}

export function describeMoment(moment: Moment): string {
  switch (moment.kind) {
    case 'state':
      return `in ${moment.state}`;
    case 'answer':
      return `after ${moment.operation}`;
    default:
      return moment.kind;
  }
}

/** A failure that ends before its moment came is hit then. */
const MAX_WAIT_MS = 8000;

/**
 * Calls `strike` at the moment, in the same turn of the event loop; at the latest some seconds later. Listens to `events` and to
 * the world meanwhile. Resolves with whether the moment came.
 */
export function atMoment(moment: Moment, events: EventFeed, world: World, strike: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const forget: (() => void)[] = [];
    const hit = (came: boolean) => {
      for (const each of forget.splice(0)) each();
      strike();
      resolve(came);
    };
    const later = (ms: number, came: boolean) => {
      const timer = setTimeout(() => hit(came), ms);
      forget.push(() => clearTimeout(timer));
    };
    if (moment.kind === 'time' || moment.kind === 'start')
      return later(moment.kind === 'time' ? moment.afterMs : 0, true);
    later(MAX_WAIT_MS, false);
    if (moment.kind === 'answer') {
      forget.push(world.onExchange(({ operation }) => operation === moment.operation && hit(true)));
    } else {
      forget.push(events.listen((event) => entered(event) === moment.state && later(moment.afterMs, true)));
    }
  });
}

function entered(event: RuntimeEvent): string | null {
  return event.type === 'workflow' && event.event.type === 'StateEntered' ? (event.event.state ?? null) : null;
}

/** Hands the events of a runtime to whoever listens now. */
export interface EventFeed {
  tell(event: RuntimeEvent): void;
  /** Returns how to stop. */
  listen(listener: (event: RuntimeEvent) => void): () => void;
}

export function makeEventFeed(): EventFeed {
  const listeners = new Set<(event: RuntimeEvent) => void>();
  return {
    tell(event) {
      for (const listener of [...listeners]) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One of them, chosen by `next`. Throws for an empty list. */
export function oneOf<T>(choices: readonly T[], next: () => number): T {
  const chosen = choices[Math.floor(next() * choices.length)];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}
