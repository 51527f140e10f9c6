import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { Severity } from '../incident/target-context.ts';
import { ChangeWindow } from './circumstances/circumstance-rules.ts';

/** What people are told about: incidents that need a person or ended, requests for approval, and how Selfheal itself is doing. */
export const TOPICS = ['incidents', 'approvals', 'upkeep'] as const;
export type Topic = (typeof TOPICS)[number];

const Name = z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be lower-case letters, digits and hyphens');
const Channels = z.array(z.string().min(1).max(60)).max(20);
/** `owner/name`, or `owner/*` for all repositories of an owner. */
const RepositoryPattern = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/(\*|[A-Za-z0-9._-]{1,100})$/, 'must be owner/name, or owner/*');

const Team = z.strictObject({
  name: Name,
  /** Ids of its services. */
  services: z.array(z.string().min(1).max(60)).max(200).default([]),
  repositories: z.array(RepositoryPattern).max(200).default([]),
});

/** All that are given must hold; of each list one is enough. */
const Conditions = z.strictObject({
  topics: z.array(z.enum(TOPICS)).min(1).optional(),
  severities: z.array(Severity).min(1).optional(),
  services: z.array(z.string().min(1).max(60)).min(1).max(200).optional(),
  repositories: z.array(RepositoryPattern).min(1).max(200).optional(),
  classes: z.array(FailureClass).min(1).optional(),
  teams: z.array(Name).min(1).max(50).optional(),
  hours: z.array(ChangeWindow).min(1).max(20).optional(),
});
export type Conditions = z.infer<typeof Conditions>;

const Rule = z.strictObject({
  name: z.string().min(1).max(100),
  /** Empty: always. */
  when: Conditions.default({}),
  /** Ids of the notifiers that are told, and no other. */
  tell: Channels.min(1, 'name at least one channel'),
});

const QuietHours = z.strictObject({
  hours: z.array(ChangeWindow).min(1, 'name the hours').max(20),
  /** The highest severity that waits; what is more severe is told at once. */
  upTo: z.enum(['low', 'medium', 'high']).default('medium'),
  /** Channels that are quiet; none: all of them. */
  channels: Channels.default([]),
});

/** Which channel is told of what, and when. Times are in `policy.circumstances.timeZone`. */
export const Routing = z
  .strictObject({
    teams: z.array(Team).max(100).default([]),
    /** The first rule that fits decides; without one every channel is told that takes the topic. */
    rules: z.array(Rule).max(100).default([]),
    /** What waits is told in one digest when they are over. */
    quietHours: z.array(QuietHours).max(20).default([]),
    /** Incidents of which one channel is told within an hour; the others follow in a digest. Null: no limit. */
    maxPerHour: z.number().int().min(1).max(1000).nullable().default(null),
  })
  .prefault({});
export type Routing = z.infer<typeof Routing>;

export interface RoutingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Names in the rules that nothing has: a rule that never fits would be noticed in an incident only. */
export function routingProblems(
  { rules, teams, quietHours }: Routing,
  known: { readonly services: readonly string[]; readonly channels: readonly string[] },
): readonly RoutingProblem[] {
  const unknown = (
    what: string,
    all: readonly string[],
    names: readonly string[],
    path: readonly (string | number)[],
  ): RoutingProblem[] =>
    names.flatMap((name, at) =>
      all.includes(name)
        ? []
        : [
            {
              path: [...path, at],
              message: `there is no ${what} ${name} (${all.length === 0 ? 'none is configured' : `there are: ${all.join(', ')}`})`,
            },
          ],
    );
  const teamNames = teams.map(({ name }) => name);
  return [
    ...teams.flatMap(({ name, services }, at) => [
      ...unknown('service', known.services, services, ['teams', at, 'services']),
      ...(teamNames.indexOf(name) === at ? [] : [{ path: ['teams', at, 'name'], message: `${name} is there twice` }]),
    ]),
    ...rules.flatMap(({ when, tell }, at) => [
      ...unknown('service', known.services, when.services ?? [], ['rules', at, 'when', 'services']),
      ...unknown('team', teamNames, when.teams ?? [], ['rules', at, 'when', 'teams']),
      ...unknown('configured channel', known.channels, tell, ['rules', at, 'tell']),
    ]),
    ...quietHours.flatMap(({ channels }, at) =>
      unknown('configured channel', known.channels, channels, ['quietHours', at, 'channels']),
    ),
  ];
}
