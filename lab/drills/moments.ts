import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import type { World } from '#apps/local/world/world.ts';

export const FAILURES = ['regression', 'transient', 'checkout', 'orders'] as const;
export type FailureName = (typeof FAILURES)[number];

/** When a drill kills the runtime, relative to the start of a failure. Times are in milliseconds. */
export type Moment =
  | { readonly kind: 'time'; readonly afterMs: number }
  /** `afterMs` after the workflow entered the state. */
  | { readonly kind: 'state'; readonly state: string; readonly afterMs: number }
  /** The outside world has performed the operation, but its answer has not arrived. */
  | { readonly kind: 'answer'; readonly operation: string }
  /** While the runtime restarts after an immediate kill. */
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
/** Typical duration of an incident, including cold starts. */
const LIFE_MS = 4000;
/** Typical duration of a step. */
const STEP_MS = 60;
/** Typical duration of a start of the runtime. */
const START_MS = 500;

/** A random moment in the lifetime of an incident; all states and operations are equally likely. */
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

/** The runtime is killed after this time if the moment has not come. */
const MAX_WAIT_MS = 8000;

/**
 * Calls `strike` at the moment, in the same turn of the event loop, or after eight seconds if the moment does not come. Resolves with whether it
 * came.
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

/** Passes the events of a runtime to the current listeners. */
export interface EventFeed {
  emit(event: RuntimeEvent): void;
  /** Returns a function that removes the listener. */
  listen(listener: (event: RuntimeEvent) => void): () => void;
}

export function makeEventFeed(): EventFeed {
  const listeners = new Set<(event: RuntimeEvent) => void>();
  return {
    emit(event) {
      for (const listener of [...listeners]) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One of the choices, drawn with `next`. Throws for an empty list. */
export function oneOf<T>(choices: readonly T[], next: () => number): T {
  const chosen = choices[Math.floor(next() * choices.length)];
  if (chosen === undefined) throw new Error('The list of choices is empty.');
  return chosen;
}
