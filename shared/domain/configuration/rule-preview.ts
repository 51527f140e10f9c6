import { stormScopeOf } from '../incident/identity.ts';
import type { TargetContext } from '../incident/target-context.ts';
import { type Freeze, Mode } from '../policy/policy-settings.ts';
import type { Configuration } from './configuration.ts';
import { modeOf } from './scope.ts';

/** Days back that a change of rules is tried on. */
export const PREVIEW_DAYS = 7;

/** Something that came in. */
export interface PastEvent {
  readonly target: TargetContext;
  /** How often, within the hour of `at`. */
  readonly count: number;
  readonly at: string;
  /** Whether it opened an incident; all others joined one, or were kept out by a rule. */
  readonly opened: boolean;
}

export interface PastChange {
  readonly incidentId: string;
  readonly ofRun: boolean;
  readonly at: string;
}

/** What came in and was done in the last days. */
export interface PastWeek {
  readonly events: readonly PastEvent[];
  readonly actions: readonly PastChange[];
}

/** What one rule would have done: to `count` of all events, or of all actions. */
export interface RuleEffect {
  readonly rule: 'drop' | 'record-only' | 'suggest-only' | 'go-further' | 'group' | 'limit' | 'delay';
  /** Where the rule stands: a setting, or the part of the policy that modes are in. */
  readonly setting: string;
  readonly of: 'events' | 'actions';
  readonly count: number;
}

/**
 * What the rules of `after` would have done to the last week where they differ from those of `before`. An effect is listed when its rule differs,
 * also when it would have touched nothing.
 */
export function previewRules(before: Configuration, after: Configuration, week: PastWeek): RuleEffect[] {
  return [
    ...modeEffects(before, after, week),
    ...groupEffects(before, after, week),
    ...limitEffects(before, after, week),
    ...freezeEffects(before, after, week),
  ];
}

const rankOf = (mode: Mode): number => Mode.options.indexOf(mode);
const LOWERED = { off: 'drop', observe: 'record-only', suggest: 'suggest-only' } as const;

/** Of modes, mutes and the automation as a whole, by what becomes of an event. */
function modeEffects(before: Configuration, after: Configuration, { events }: PastWeek): RuleEffect[] {
  const counts = new Map<RuleEffect['rule'], number>();
  for (const { target, count } of events) {
    const [was, is] = [modeOf(before, target), modeOf(after, target)];
    if (was === is) continue;
    const rule = is === 'act' || rankOf(is) > rankOf(was) ? 'go-further' : LOWERED[is];
    counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  if (counts.size === 0 && isSame(modesOf(before), modesOf(after))) return [];
  const found = [...counts].map(([rule, count]) => effect(rule, 'modes', 'events', count));
  return found.length === 0 ? [effect('drop', 'modes', 'events', 0)] : found;
}

const modesOf = ({ github, services }: Configuration) => [
  github.defaultMode,
  github.repositories.map(({ name, mode }) => [name.toLowerCase(), mode]),
  services.map(({ id, mode }) => [id, mode]),
];

/** Incidents beyond what a minute and an hour have room for join a storm. */
function groupEffects(before: Configuration, after: Configuration, { events }: PastWeek): RuleEffect[] {
  const opened = events.filter((one) => one.opened).toSorted((a, b) => a.at.localeCompare(b.at));
  const grouped = ({ policy, home }: Configuration): number => {
    const seen = new Map<string, number>();
    const placeIn = (window: string): number => {
      seen.set(window, (seen.get(window) ?? 0) + 1);
      return seen.get(window) ?? 0;
    };
    return opened.filter(({ target, at }) => {
      const scope = stormScopeOf(target, home);
      if (placeIn(`${scope} ${at.slice(0, 16)}`) > policy.stormIncidentsPerMinute) return true;
      return placeIn(`${scope} ${at.slice(0, 13)}`) > policy.stormIncidentsPerHour;
    }).length;
  };
  return (['stormIncidentsPerMinute', 'stormIncidentsPerHour'] as const).flatMap((name) =>
    before.policy[name] === after.policy[name]
      ? []
      : [effect('group', `policy.${name}`, 'events', grouped(withOnly(before, name, after.policy[name])))],
  );
}

const withOnly = <K extends keyof Configuration['policy']>(
  configuration: Configuration,
  name: K,
  value: Configuration['policy'][K],
): Configuration => ({ ...configuration, policy: { ...configuration.policy, [name]: value } });

/** Actions beyond a limit are left to people. Windows are those of the guard: clock hours and days in UTC, and the incident. */
function limitEffects(before: Configuration, after: Configuration, { actions }: PastWeek): RuleEffect[] {
  const windows = {
    maxActionsPerIncident: ({ incidentId }: PastChange) => incidentId,
    maxActionsPerHour: ({ at }: PastChange) => at.slice(0, 13),
    maxActionsPerDay: ({ at }: PastChange) => at.slice(0, 10),
  } as const;
  return Object.entries(windows).flatMap(([key, windowOf]) => {
    const name = key as keyof typeof windows;
    const limit = after.policy[name];
    if (limit === before.policy[name]) return [];
    const inWindows = [...Map.groupBy(actions, windowOf).values()];
    const beyond = limit === null ? 0 : sum(inWindows.map(({ length }) => Math.max(0, length - limit)));
    return [effect('limit', `policy.${name}`, 'actions', beyond)];
  });
}

const WEEK_MILLISECONDS = PREVIEW_DAYS * 24 * 3600 * 1000;

/** A freeze that is new holds back what would be done in it: counted are the actions at the same times of the last week. */
function freezeEffects(before: Configuration, after: Configuration, { actions }: PastWeek): RuleEffect[] {
  const known = new Set(before.policy.freezes.map((freeze) => JSON.stringify(freeze)));
  const fresh = after.policy.freezes.filter((freeze) => !known.has(JSON.stringify(freeze)));
  return fresh.map((freeze) => {
    const held = actions.filter(({ at }) => fallsInto(Date.parse(at), freeze));
    return effect('delay', `freeze ${freeze.from} to ${freeze.to}`, 'actions', held.length);
  });
}

/** Whether an instant, moved by whole weeks, lies within the freeze. */
function fallsInto(at: number, { from, to }: Freeze): boolean {
  const weeks = Math.ceil((Date.parse(from) - at) / WEEK_MILLISECONDS);
  return at + weeks * WEEK_MILLISECONDS < Date.parse(to);
}

const effect = (rule: RuleEffect['rule'], setting: string, of: RuleEffect['of'], count: number): RuleEffect => ({
  rule,
  setting,
  of,
  count,
});
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const WOULD: Readonly<Record<RuleEffect['rule'], string>> = {
  drop: 'would have been dropped',
  'record-only': 'would only have been recorded',
  'suggest-only': 'would have led to suggestions alone, and to no action',
  'go-further': 'would have been handled further than now',
  group: 'would have been grouped into a storm',
  limit: 'would have been left to people by the limit',
  delay: 'were at the same times of the week, and would have waited or been left to people',
};

/** `modes: of 120 events of the last 7 days 14 would have been dropped.` */
export function effectWords(
  { rule, setting, of, count }: RuleEffect,
  totals: Readonly<Record<RuleEffect['of'], number>>,
): string {
  return `${setting}: of ${totals[of]} ${of} of the last ${PREVIEW_DAYS} days ${count} ${WOULD[rule]}.`;
}
