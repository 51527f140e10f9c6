import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { Severity } from '#shared/domain/incident/target-context.ts';
import { Routing, TOPICS } from '#shared/domain/policy/routing-settings.ts';
import { incidentSeverity, matterOf, quietReason, type RoutedMatter, routeOf } from '#shared/domain/routing/route.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, anIncident, aService } from '#test/builders/index.ts';

const NOON_MONDAY = new Date('2026-11-23T12:00:00.000Z');
const NIGHT_MONDAY = new Date('2026-11-23T23:30:00.000Z');
const TEAMS = [{ name: 'payments', services: ['checkout'], repositories: ['acme/*'] }];

const withRouting = (routing: z.input<typeof Routing>) => aConfiguration({ routing });
const matter = (change: Partial<RoutedMatter> = {}): RoutedMatter => ({
  topic: 'incidents',
  severity: 'high',
  service: 'checkout',
  repository: null,
  class: 'network_connectivity',
  ...change,
});

describe('rules of routing', () => {
  const one = (when: object) => withRouting({ teams: TEAMS, rules: [{ name: 'first', when, tell: ['slack'] }] });
  const chosen = (when: object, of: RoutedMatter, at = NOON_MONDAY) => routeOf(of, one(when), at).channels;

  it.each([
    ['a severity', { severities: ['high', 'critical'] }, matter(), matter({ severity: 'low' })],
    ['a service', { services: ['checkout'] }, matter(), matter({ service: 'orders' })],
    ['a class', { classes: ['network_connectivity'] }, matter(), matter({ class: 'unknown' })],
    ['a topic', { topics: ['incidents'] }, matter(), matter({ topic: 'approvals' })],
    ['a team by its service', { teams: ['payments'] }, matter(), matter({ service: 'orders' })],
    [
      'a team by its repositories',
      { teams: ['payments'] },
      matter({ service: null, repository: 'Acme/Shop' }),
      matter({ service: null, repository: 'acme-labs/shop' }),
    ],
    [
      'a repository',
      { repositories: ['acme/shop'] },
      matter({ service: null, repository: 'acme/Shop' }),
      matter({ service: null, repository: 'acme/shop2' }),
    ],
  ])('fit by %s', (_what, when, fitting, other) => {
    expect(chosen(when, fitting)).toEqual(['slack']);
    expect(chosen(when, other)).toBeNull();
    // What is about no incident has nothing that such a rule asks for.
    const about = { severity: null, service: null, repository: null, class: null, topic: 'upkeep' } as const;
    expect(chosen(when, matter(about))).toBeNull();
  });

  it('fit by hours in the time zone of the policy, also past midnight', () => {
    const when = { hours: [{ days: ['mon' as const], from: '22:00', to: '06:00' }] };
    expect(chosen(when, matter(), NIGHT_MONDAY)).toEqual(['slack']);
    expect(chosen(when, matter(), new Date('2026-11-24T05:59:00.000Z'))).toEqual(['slack']);
    expect(chosen(when, matter(), new Date('2026-11-24T06:00:00.000Z'))).toBeNull();
    const inTokyo = aConfiguration({
      policy: { circumstances: { timeZone: 'Asia/Tokyo' } },
      routing: { rules: [{ name: 'night', when, tell: ['slack'] }] },
    });
    expect(routeOf(matter(), inTokyo, new Date('2026-11-23T13:00:00.000Z')).channels).toEqual(['slack']);
    expect(routeOf(matter(), inTokyo, NIGHT_MONDAY).channels).toBeNull();
  });

  it('decide by the first that fits, whatever stands behind it, and every condition of it holds', () => {
    const conditions = fc.record(
      {
        topics: fc.subarray([...TOPICS], { minLength: 1 }),
        severities: fc.subarray(Severity.options, { minLength: 1 }),
        services: fc.subarray(['checkout', 'orders', 'ledger'], { minLength: 1 }),
        classes: fc.subarray(FailureClass.options.slice(0, 4), { minLength: 1 }),
      },
      { requiredKeys: [] },
    );
    const matters = fc.record({
      topic: fc.constantFrom(...TOPICS),
      severity: fc.constantFrom(...Severity.options),
      service: fc.constantFrom('checkout', 'orders', 'ledger', null),
      repository: fc.constant(null),
      class: fc.constantFrom(...FailureClass.options.slice(0, 4)),
    });
    fc.assert(
      fc.property(fc.array(conditions, { maxLength: 6 }), matters, (list, of) => {
        const rules = list.map((when, at) => ({ name: `rule ${at}`, when, tell: [`channel-${at}`] }));
        const holds = (wanted: readonly unknown[] | undefined, value: unknown) => wanted?.includes(value) ?? true;
        const expected = list.findIndex(
          ({ topics, severities, services, classes }) =>
            holds(topics, of.topic) &&
            holds(severities, of.severity) &&
            holds(services, of.service) &&
            holds(classes, of.class),
        );
        const { channels, why } = routeOf(of, withRouting({ rules }), NOON_MONDAY);
        expect(channels).toEqual(expected === -1 ? null : [`channel-${expected}`]);
        if (expected !== -1) expect(why).toBe(`rule "rule ${expected}"`);
      }),
    );
  });
});

describe('quiet hours', () => {
  const configuration = withRouting({
    quietHours: [{ hours: [{ from: '22:00', to: '07:00' }], upTo: 'medium', channels: ['slack'] }],
  });

  it('hold what is no more severe than they say, in their channels, until they end', () => {
    for (const severity of Severity.options) {
      const reason = quietReason('slack', severity, configuration, NIGHT_MONDAY);
      expect(reason !== null).toBe(['low', 'medium'].includes(severity));
      expect(quietReason('slack', severity, configuration, NOON_MONDAY)).toBeNull();
      expect(quietReason('teams', severity, configuration, NIGHT_MONDAY)).toBeNull();
    }
    expect(quietReason('slack', 'low', configuration, NIGHT_MONDAY)).toBe('quiet until 07:00 (UTC)');
  });
});

describe('the severity of an incident', () => {
  const configuration = aConfiguration({ services: [aService({ criticality: 'critical' })] });

  it('is the word of a person, else the criticality of the service, else that of its place', () => {
    const alarm = anIncident({ target: anAlarmTarget({ alarmName: 'checkout-errors' }) });
    expect(incidentSeverity(alarm, configuration)).toBe('critical');
    expect(incidentSeverity(anIncident({ target: anAlarmTarget({ alarmName: 'other' }) }), configuration)).toBe(
      'medium',
    );
    const run = (onDefaultBranch: boolean) => anIncident({ target: aGithubTarget({ onDefaultBranch }) });
    expect(incidentSeverity(run(true), configuration)).toBe('medium');
    expect(incidentSeverity(run(false), configuration)).toBe('low');
    expect(matterOf(run(false), 'incidents', configuration)).toMatchObject({ repository: 'acme/shop', service: null });
  });
});

describe('settings of routing', () => {
  const problems = (routing: unknown) =>
    configurationWith(PLUGINS)
      .safeParse({ version: 1, notifiers: { slack: { tell: ['incidents'] } }, services: [], routing })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  it.each([
    [{ rules: [{ name: 'a', tell: [] }] }, 'routing.rules.0.tell: name at least one channel'],
    [
      { rules: [{ name: 'a', tell: ['slak'] }] },
      'routing.rules.0.tell.0: there is no configured channel slak (there are: email, slack)',
    ],
    [
      { rules: [{ name: 'a', tell: ['teams'] }] },
      'routing.rules.0.tell.0: there is no configured channel teams (there are: email, slack)',
    ],
    [
      { rules: [{ name: 'a', when: { services: ['checkout'] }, tell: ['slack'] }] },
      'routing.rules.0.when.services.0: there is no service checkout (none is configured)',
    ],
    [
      { rules: [{ name: 'a', when: { teams: ['b'] }, tell: ['slack'] }] },
      'routing.rules.0.when.teams.0: there is no team b (none is configured)',
    ],
    [{ teams: [{ name: 'a' }, { name: 'a' }] }, 'routing.teams.1.name: a is there twice'],
    [
      { quietHours: [{ hours: [{ from: '22:00', to: '6' }] }] },
      'routing.quietHours.0.hours.0.to: must be a time such as 18:00, at most 24:00',
    ],
    [
      { quietHours: [{ hours: [{ from: '22:00', to: '06:00' }], channels: ['github-comment'] }] },
      'routing.quietHours.0.channels.0: there is no configured channel github-comment (there are: email, slack)',
    ],
    [
      { rules: [{ name: 'a', when: { repositories: ['shop'] }, tell: ['slack'] }] },
      'routing.rules.0.when.repositories.0: must be owner/name, or owner/*',
    ],
  ])('name what is wrong in %j', (routing, problem) => {
    expect(problems(routing)).toContain(problem);
  });

  it('may be left out', () => {
    expect(problems(undefined)).toBeUndefined();
    expect(Routing.parse(undefined)).toEqual({ teams: [], rules: [], quietHours: [], maxPerHour: null });
  });
});
