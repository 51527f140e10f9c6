import type { Entity } from './entities.ts';
import type { Event } from './event.ts';
import { leadsTo } from './stage.ts';

/** Kinds of entities that link two events naming them: a place where one may have broken the other. */
const TYING: ReadonlySet<string> = new Set([
  'host',
  'ip-address',
  'service',
  'file',
  'package',
  'request-id',
  'exception',
]);
/** Named everywhere and therefore not informative. */
const COMMON = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|::1|docker|dockerd|systemd|node|npm|github\.com)$/i;

/** Values by which an event may be linked to another: a host with and without its port, a file without its line. */
function namesOf(entities: readonly Entity[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, value } of entities) {
    if (!TYING.has(kind)) continue;
    const bare = kind === 'host' || kind === 'ip-address' ? value.replace(/:\d{1,5}$/, '') : value;
    if (COMMON.test(bare)) {
      if (bare !== value) names.add(value);
    } else {
      names.add(kind === 'service' ? bare.replace(/-[a-f0-9]{8,10}-\w{5}$|-\d{1,3}$/, '') : bare);
    }
  }
  return names;
}

/** Cached: names are requested repeatedly while events are compared. */
const known = new WeakMap<Event, ReadonlySet<string>>();

function namesOfEvent(event: Event): ReadonlySet<string> {
  const names = known.get(event) ?? namesOf(event.entities);
  known.set(event, names);
  return names;
}

/** What both events name, or null. */
export function sharedName(one: Event, other: Event): string | null {
  const names = namesOfEvent(one);
  for (const name of namesOfEvent(other)) if (names.has(name)) return name;
  return null;
}

/** Reasons for taking an event as a consequence of an earlier one, strongest first. */
export const LINK_KINDS = ['stated', 'same-name', 'cascade', 'order', 'summary'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface Link {
  readonly kind: LinkKind;
  /** As a sentence part. */
  readonly why: string;
}

/** A reader has to find the name in the line; what carried the line names its own service everywhere. */
const isShown = (name: string, { text }: Event): boolean => text.toLowerCase().includes(name.toLowerCase());

/** Events further apart are not linked by their order alone. */
const NEAR_LINES = 400;
const NEAR_MILLISECONDS = 15 * 60_000;

function isNear(cause: Event, event: Event): boolean {
  if (cause.source === event.source && Math.abs(event.number - cause.number) <= NEAR_LINES) return true;
  return cause.at !== null && event.at !== null && Math.abs(event.at - cause.at) <= NEAR_MILLISECONDS;
}

/**
 * Why `event` may be a consequence of the earlier `cause`; null when nothing links them. Naming the same thing after it
 * failed and the usual order of faults are what Orca (Bhagwan et al., OSDI 2018) and LogRCA (Wittkopp et al., 2024)
 * rank candidate causes by.
 */
export function linkBetween(cause: Event, event: Event): Link | null {
  if (event.stage === 'summary') {
    return cause.source === event.source || cause.at !== null
      ? { kind: 'summary', why: 'it only summarises what failed before' }
      : null;
  }
  const name = sharedName(cause, event);
  if (name !== null && isShown(name, cause) && isShown(name, event))
    return { kind: 'same-name', why: `it also mentions ${name}` };
  if (cause.stage === 'change' && cause.at !== null && event.at !== null) {
    return { kind: 'cascade', why: 'it began after the change' };
  }
  if (!isNear(cause, event)) return null;
  if (leadsTo(cause.stage, event.stage)) {
    const usual = CASCADE[`${cause.stage}-${event.stage}`];
    // Logs of two services tell of one failure only where something more than the hour links them.
    const isElsewhere = cause.source !== event.source && cause.ref !== null && event.ref !== null;
    if (usual !== undefined || !isElsewhere)
      return { kind: 'cascade', why: usual ?? 'such failures often follow from the first' };
  }
  return cause.source === event.source ? { kind: 'order', why: 'it comes after it in the same log' } : null;
}

const CASCADE: Readonly<Record<string, string>> = {
  'refused-timeout': 'a call that cannot connect times out',
  'crash-refused': 'a crashed process refuses connections',
  'fault-crash': 'the fault stops the process',
  'refused-degraded': 'a service that cannot connect becomes unhealthy',
  'timeout-degraded': 'a service that waits too long becomes unhealthy',
  'refused-check': 'the check fails without the connection',
  'timeout-check': 'the check fails when it waits too long',
};
