import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { denyingPolicy, effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import { leavesOf, mergePatch, OverlaySettings } from '#shared/domain/configuration/overlay.ts';
import { originsOf, overlayProblems } from '#shared/domain/configuration/policy-view.ts';
import { modeOf, repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { thresholdsOf } from '#shared/domain/policy/autonomy.ts';
import { decide } from '#shared/domain/policy/decide.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import { judgeGuard } from '#shared/domain/policy/guard-rules.ts';
import { type Features, Mode } from '#shared/domain/policy/policy-settings.ts';
import { aBoundAction, aConfiguration, aGithubTarget, aService, someCircumstances } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const REPOSITORIES = ['acme/shop', 'Acme/Website', 'acme/unlisted', 'acme/other'];
const SERVICES = ['checkout', 'orders'];
const ACTIONS = ['rerun-failed-jobs', 'rollback-lambda-alias', 'quarantine-flaky-test'];
const RISKS = ['low', 'medium', 'high'] as const;

const mode = fc.constantFrom(...Mode.options);
const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const instant = fc
  .integer({ min: -48, max: 48 })
  .map((hours) => new Date(NOW.getTime() + hours * 3_600_000).toISOString());
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
/** Without what is undefined, as JSON is read back. */
const json = <T>(value: fc.Arbitrary<T>) => value.map((one) => JSON.parse(JSON.stringify(one)) as unknown);
const freeze = fc.record({ from: instant, to: instant }).map(({ from, to }) => ({ from, to, reason: 'a sale' }));
const alert = fc.record({
  pattern: fc.constantFrom('connection to * refused', 'no space left on device'),
  service: fc.constantFrom(null, 'checkout'),
  action: fc.constantFrom('notify' as const, 'ask' as const, 'escalate' as const),
  confidence: share,
});
const features = fc.record(
  Object.fromEntries(Object.keys(aConfiguration().features).map((name) => [name, some(fc.boolean())])),
);
const numbers = {
  actAtConfidence: some(share),
  escalateBelowConfidence: some(share),
  approvalRequiredRisks: some(fc.subarray([...RISKS])),
  maxActionsPerIncident: some(fc.nat(20)),
  maxActionsPerHour: some(fc.nat(1000)),
  maxActionsPerDay: some(fc.nat(10_000)),
  maxActionsPerTargetPerHour: some(fc.nat(100)),
  breakerFailures: some(fc.integer({ min: 1, max: 20 })),
  breakerWindowMinutes: some(fc.integer({ min: 1, max: 600 })),
};

const deployed: fc.Arbitrary<Configuration> = json(
  fc.record({
    features,
    github: fc.record({
      defaultMode: mode,
      repositories: fc.tuple(mode, mode).map(([a, b]) => [
        { name: 'acme/shop', mode: a },
        { name: 'acme/website', mode: b },
      ]),
    }),
    services: fc
      .tuple(mode, mode)
      .map((modes) =>
        SERVICES.map((id, at) => ({ id, mode: modes[at], alarms: [`${id}-errors`], criticality: 'medium' })),
      ),
    policy: fc.record({
      ...numbers,
      freezes: some(fc.array(freeze, { maxLength: 2 })),
      alerts: some(fc.array(alert, { maxLength: 2 })),
    }),
    own: fc.record({
      actAtConfidence: some(share),
      askAtConfidence: some(share),
      alwaysAsk: some(fc.boolean()),
      off: some(fc.boolean()),
    }),
    fixes: fc.boolean().map((patches) => ({ repositories: [{ name: 'acme/shop', patches, issues: true }] })),
  }),
).map((value) => {
  const { own, policy, ...rest } = value as {
    own: object;
    policy: { actAtConfidence?: number; escalateBelowConfidence?: number };
  };
  // An action's own thresholds are at least those of the policy.
  const { actAtConfidence: act = 0.85, escalateBelowConfidence: ask = 0.6 } = policy;
  const {
    actAtConfidence = 1,
    askAtConfidence = 1,
    ...flags
  } = own as { actAtConfidence?: number; askAtConfidence?: number };
  const action = {
    id: 'rerun-failed-jobs',
    ...flags,
    actAtConfidence: Math.max(act, actAtConfidence),
    askAtConfidence: Math.max(ask, askAtConfidence),
  };
  return Configuration.parse({ version: 1, ...rest, policy: { ...policy, autonomy: { actions: [action] } } });
});

const place = fc.record({
  mode: some(mode),
  mute: some(fc.record({ until: some(instant), reason: fc.constant('a test') })),
});
const dictionary = <T>(names: readonly string[], value: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
const overlay: fc.Arbitrary<OverlaySettings> = json(
  fc.record({
    features: some(features),
    github: some(fc.record({ defaultMode: some(mode), repositories: some(dictionary(REPOSITORIES, place)) })),
    services: some(dictionary([...SERVICES, 'gone'], place)),
    policy: some(fc.record(numbers)),
    verification: some(fc.record({ intervalSeconds: some(fc.integer({ min: 5, max: 5000 })) })),
    actions: some(
      dictionary(
        ACTIONS,
        fc.record({
          actAtConfidence: some(share),
          askAtConfidence: some(share),
          alwaysAsk: some(fc.boolean()),
          off: some(fc.boolean()),
        }),
      ),
    ),
    freezes: some(
      dictionary(
        ['sale', 'move'],
        freeze.filter(({ from, to }) => from < to),
      ),
    ),
    alerts: some(dictionary(['refused', 'full'], alert)),
  }),
).map((value) => OverlaySettings.parse(value));

const rank = (one: Mode): number => Mode.options.indexOf(one);
const BOLDNESS = { escalate: 0, recovered: 0, suggest: 1, approve: 2, act: 3 } as const;

/** What an action about a failed run of `repository` is decided, and what the guard says against it. */
function verdictsOf(configuration: Configuration, repository: string, confidence: number) {
  const target = aGithubTarget({ repository });
  const action = aBoundAction({ target });
  const candidate = aCandidate({ actionId: action.actionId, confidence, risk: action.risk });
  const { policy } = configuration;
  const decision = decide({
    targetKind: 'alarm',
    offLimits: null,
    recovery: { kind: 'none' },
    mode: modeOf(configuration, target),
    service: null,
    policy,
    choice: { kind: 'chosen', candidate, best: candidate },
    modelConfidence: null,
    actionsSoFar: 1,
    circumstances: someCircumstances(),
    now: NOW,
  });
  const denials = judgeGuard({
    action,
    targetKey: action.targetKey,
    target,
    controls: { killSwitch: false, reason: null },
    policy,
    denial: null,
    mode: modeOf(configuration, target),
    service: null,
    failures: 3,
    approval: null,
    approvalReason: null,
    now: NOW,
  });
  return { boldness: BOLDNESS[decision.decision], denied: denials.length > 0 };
}

describe('the effective policy', () => {
  it('is never wider than deployed, in any field, for any overlay', () => {
    fc.assert(
      fc.property(deployed, overlay, (from, settings) => {
        const to = effectivePolicy(from, settings, NOW);
        for (const name of REPOSITORIES)
          expect(rank(repositoryModeOf(to, name)), name).toBeLessThanOrEqual(rank(repositoryModeOf(from, name)));
        to.services.forEach(({ id, mode: one }, at) => {
          expect(id).toBe(from.services[at]?.id);
          expect(rank(one)).toBeLessThanOrEqual(rank(from.services[at]?.mode ?? 'off'));
        });
        for (const name of Object.keys(from.features) as (keyof Features)[]) {
          if (name === 'riskAssessment') expect(to.features[name] || !from.features[name]).toBe(true);
          else expect(from.features[name] || !to.features[name]).toBe(true);
        }
        for (const action of ACTIONS) {
          const [before, after] = [thresholdsOf(action, from.policy), thresholdsOf(action, to.policy)];
          expect(after.act).toBeGreaterThanOrEqual(before.act);
          expect(after.ask).toBeGreaterThanOrEqual(before.ask);
          const own = (of: Configuration) => of.policy.autonomy.actions.find(({ id }) => id === action);
          for (const flag of ['alwaysAsk', 'off'] as const)
            expect(own(to)?.[flag] === true || own(from)?.[flag] !== true).toBe(true);
        }
        for (const name of [
          'maxActionsPerIncident',
          'maxActionsPerHour',
          'maxActionsPerTargetPerHour',
          'breakerFailures',
        ] as const)
          expect(to.policy[name]).toBeLessThanOrEqual(from.policy[name]);
        expect(to.policy.maxActionsPerDay ?? Infinity).toBeLessThanOrEqual(from.policy.maxActionsPerDay ?? Infinity);
        expect(to.policy.breakerWindowMinutes).toBeGreaterThanOrEqual(from.policy.breakerWindowMinutes);
        for (const kind of ['run', 'alarm'] as const) {
          const secondsOf = ({ verification }: Configuration) =>
            verification[`${kind}IntervalSeconds`] * verification[`${kind}MaxPolls`];
          expect(secondsOf(to)).toBeLessThanOrEqual(secondsOf(from));
          expect(to.verification[`${kind}MaxPolls`]).toBeGreaterThanOrEqual(
            kind === 'alarm' ? to.verification.alarmOkPolls : 1,
          );
        }
        expect(to.policy.approvalRequiredRisks).toEqual(expect.arrayContaining(from.policy.approvalRequiredRisks));
        expect(to.policy.freezes).toEqual(expect.arrayContaining(from.policy.freezes));
        expect(to.policy.alerts).toEqual(expect.arrayContaining(from.policy.alerts));
        for (const name of ['patches', 'issues', 'reverts', 'sandboxWorkflow'] as const)
          expect(isSwitchedOn(from, 'acme/shop', name) || !isSwitchedOn(to, 'acme/shop', name)).toBe(true);
        // What the overlay has no word for is as deployed, whole.
        const {
          features: a,
          github: b,
          services: c,
          policy: d,
          fixes: e,
          model: f,
          learning: g,
          experiments: h,
          verification: i,
          ...rest
        } = to;
        expect(from).toMatchObject(rest);
        expect(d.circumstances.changeWindows).toEqual(from.policy.circumstances.changeWindows);
      }),
      { numRuns: 500 },
    );
  });

  it('lets nothing be decided more boldly, and nothing pass the guard, that the deployed one would not', () => {
    fc.assert(
      fc.property(
        deployed,
        overlay,
        fc.constantFrom(...REPOSITORIES),
        share,
        (from, settings, repository, confidence) => {
          const before = verdictsOf(from, repository, confidence);
          const after = verdictsOf(effectivePolicy(from, settings, NOW), repository, confidence);
          expect(after.boldness).toBeLessThanOrEqual(Math.max(before.boldness, 1));
          expect(before.denied && !after.denied).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('allows no change anywhere when the overlay cannot be used', () => {
    fc.assert(
      fc.property(deployed, (from) => {
        const to = denyingPolicy(from, NOW);
        for (const name of REPOSITORIES) expect(rank(repositoryModeOf(to, name))).toBeLessThanOrEqual(rank('suggest'));
        for (const { mode: one } of to.services) expect(rank(one)).toBeLessThanOrEqual(rank('suggest'));
      }),
    );
  });

  it('is what is deployed when the overlay says nothing', () => {
    const configuration = aConfiguration({ services: [aService()] });
    expect(effectivePolicy(configuration, {}, NOW)).toEqual(configuration);
  });

  it('mutes a service until the mute ends, and a repository whatever the case of its name', () => {
    const configuration = aConfiguration({ services: [aService()] });
    const until = '2026-11-21T12:30:00Z';
    const settings = OverlaySettings.parse({
      services: { checkout: { mute: { until, reason: 'we know' } } },
      github: { repositories: { 'Acme/Shop': { mute: { reason: 'we know' } } } },
    });
    const at = (now: Date) => effectivePolicy(configuration, settings, now);
    expect(at(NOW).services[0]?.mode).toBe('observe');
    expect(at(new Date(until)).services[0]?.mode).toBe('act');
    expect(repositoryModeOf(at(NOW), 'acme/shop')).toBe('observe');
    expect(repositoryModeOf(at(NOW), 'acme/other')).toBe('act');
  });

  it('[D190] [D255] follows the settings of one object: automation, its threshold and limit, the assessment of risks, the interval', () => {
    const watched = aService({ load: { metric: { namespace: 'Shop', name: 'Requests' }, low: 1, high: 2 } });
    const configuration = aConfiguration({ features: { riskAssessment: false }, services: [watched] });
    const off = effectivePolicy(configuration, {}, NOW);
    expect([off.services[0]?.load, off.policy.circumstances.askAfterDeploymentMinutes]).toEqual([null, 0]);
    const settings = OverlaySettings.parse({
      features: { automation: false, riskAssessment: true, experiments: false, learning: false, codeChanges: false },
      policy: { actAtConfidence: 0.95, maxActionsPerIncident: 2 },
      verification: { intervalSeconds: 60 },
    });
    const to = effectivePolicy(configuration, settings, NOW);
    expect(to).toMatchObject({
      github: { defaultMode: 'suggest' },
      services: [{ mode: 'suggest', load: watched.load }],
      policy: { actAtConfidence: 0.95, maxActionsPerIncident: 2, circumstances: { askAfterDeploymentMinutes: 30 } },
      learning: { fromOutcomes: false },
      verification: { runIntervalSeconds: 60, runMaxPolls: 60, alarmIntervalSeconds: 60, alarmMaxPolls: 20 },
      experiments: [],
    });
  });
});

describe('a wish that is wider than deployed', () => {
  const configuration = aConfiguration({
    features: { learning: false },
    github: { defaultMode: 'suggest', repositories: [{ name: 'acme/shop', mode: 'act' }] },
    services: [aService({ mode: 'observe' })],
    policy: { autonomy: { actions: [{ id: 'rerun-failed-jobs', alwaysAsk: true }] } },
  });
  it.each([
    [{ policy: { actAtConfidence: 0.8 } }, 'policy.actAtConfidence', /0\.8 is wider than deployed: use at least 0\.85/],
    [{ policy: { maxActionsPerHour: 11 } }, 'policy.maxActionsPerHour', /use at most 10/],
    [{ policy: { approvalRequiredRisks: [] } }, 'policy.approvalRequiredRisks', /Must hold high/],
    [{ github: { defaultMode: 'act' } }, 'github.defaultMode', /use suggest or less/],
    [
      { github: { repositories: { 'acme/new': { mode: 'act' } } } },
      'github.repositories.acme/new.mode',
      /use suggest or less/,
    ],
    [{ services: { checkout: { mode: 'act' } } }, 'services.checkout.mode', /use observe or less/],
    [{ services: { cart: { mode: 'off' } } }, 'services.cart', /no service of the deployment: use one of checkout/],
    [
      { actions: { 'rerun-failed-jobs': { alwaysAsk: false } } },
      'actions.rerun-failed-jobs.alwaysAsk',
      /cannot become false/,
    ],
    [
      { actions: { 'rerun-failed-jobs': { askAtConfidence: 0.1 } } },
      'actions.rerun-failed-jobs.askAtConfidence',
      /at least 0\.6/,
    ],
    [
      { actions: { 'format-disk': { off: true } } },
      'actions.format-disk',
      /Is no action: use one of rerun-failed-jobs/,
    ],
    [{ verification: { intervalSeconds: 3700 } }, 'verification.intervalSeconds', /use at most 400/],
    [{ features: { learning: true } }, 'features.learning', /Is false as deployed/],
    [{ features: { riskAssessment: false } }, 'features.riskAssessment', /Is true as deployed/],
  ])('is named with the way to mend it: %j', (settings, field, problem) => {
    expect(overlayProblems(configuration, OverlaySettings.parse(settings), ACTIONS)).toEqual([
      { field, problem: expect.stringMatching(problem) },
    ]);
  });

  it('is told as such where it was stored before the deployment was narrowed', () => {
    const settings = OverlaySettings.parse({ policy: { maxActionsPerHour: 20, breakerFailures: 2 } });
    const origins = originsOf(effectivePolicy(configuration, settings, NOW), settings);
    expect(origins).toEqual(
      expect.arrayContaining([
        { field: 'policy.maxActionsPerHour', value: 10, from: 'deployed, which is narrower than the overlay' },
        { field: 'policy.breakerFailures', value: 2, from: 'overlay' },
        { field: 'policy.maxActionsPerIncident', value: 5, from: 'deployed' },
      ]),
    );
  });
});

describe('a merge patch', () => {
  it('merges objects, removes what is null, replaces anything else (RFC 7396)', () => {
    const before = { policy: { a: 1, b: 2 }, list: [1, 2] };
    expect(mergePatch(before, { policy: { a: null, c: { d: null } }, list: [3] })).toEqual({
      policy: { b: 2, c: {} },
      list: [3],
    });
  });

  it('takes no name for more than a name', () => {
    const patch: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    const merged = mergePatch({}, patch);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(OverlaySettings.safeParse(merged).success).toBe(false);
    expect([...leavesOf({ a: { b: [1], c: undefined } })]).toEqual([['a.b', [1]]]);
  });
});
