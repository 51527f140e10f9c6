import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { entitlementTo } from '#shared/app/approve/entitlement.ts';
import { gatherAlarm } from '#shared/app/gather/alarm.ts';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { FOREIGN_INCIDENTS_PER_HOUR } from '#shared/app/intake/start-or-group.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { readAlarmAgain } from '#shared/app/plan/telemetry.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { alarmArnAt, foreignReason, type Home, isAtHome } from '#shared/domain/incident/home.ts';
import { FOREIGN_ALARMS, hourOf, identify, stormIdOf } from '#shared/domain/incident/identity.ts';
import type { AlarmTarget } from '#shared/domain/incident/target-context.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { changeableKeys } from '#shared/domain/plan/target-key.ts';
import { aConfiguration, anIncident, aService, aSignal, HOME } from '#test/builders/index.ts';
import {
  fakeAlarms,
  fakeClock,
  fakeDeployments,
  fakeResources,
  fakeServiceLogs,
  makeRecordingLog,
} from '#test/fakes/index.ts';
import { anIngestRig } from './ingest-rig.ts';
import { aRemedyRig } from './remedy-rig.ts';

const ALARM = 'checkout-errors';

/** The alarm of this name at another place. */
function alarmAt(place: Home, changedAt = '2026-11-21T11:58:00.000Z', name = ALARM): AlarmTarget {
  const { account, region } = place;
  return { kind: 'alarm', provider: 'cloudwatch', alarmArn: alarmArnAt(place, name), account, region, changedAt };
}

const digits = fc.stringMatching(/^\d{12}$/);
const region = fc.constantFrom('eu-west-1', 'eu-west-2', 'us-east-1', 'us-gov-west-1', 'cn-north-1', 'eu-west-11');
const partition = fc.constantFrom('aws', 'aws-cn', 'aws-us-gov');
const account = fc.oneof({ weight: 1, arbitrary: fc.constant(HOME.account) }, { weight: 3, arbitrary: digits });
/** Any account, region and partition, often two of them one's own, and never all three. */
const elsewhere = fc
  .record({ partition, region, account })
  .filter((place) => alarmArnAt(place, ALARM) !== alarmArnAt(HOME, ALARM));
/** What an event could claim: an ARN of one place with the account and region of another. */
const contradicting = fc
  .tuple(fc.record({ partition, region, account }), fc.record({ partition, region, account }))
  .map(([one, other]) => ({ ...alarmAt(one), account: other.account, region: other.region }))
  .filter((target) => !isSame(target, alarmAt(HOME)));
const isSame = (a: AlarmTarget, b: AlarmTarget) =>
  a.alarmArn === b.alarmArn && a.account === b.account && a.region === b.region;

const configuration = aConfiguration({ services: [aService()] });

describe('an alarm of another account or region', () => {
  it('belongs to no service, allows no change and shares no key, whatever part of its place differs', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          elsewhere.map((place) => alarmAt(place)),
          contradicting,
        ),
        (target) => {
          expect(isAtHome(target, HOME)).toBe(false);
          expect(serviceOf(configuration, target)).toBeNull();
          expect(modeOf(configuration, target)).toBe('suggest');
          expect(changeableKeys(target, serviceOf(configuration, target))).toEqual([]);
          expect(foreignReason(target, HOME)).toContain(`account ${target.account} in ${target.region}`);
          const incident = anIncident({ target });
          expect(fingerprintKeyOf(incident, 'f'.repeat(40), serviceOf(configuration, target)?.id ?? null)).toBeNull();
          if (target.alarmArn !== alarmArnAt(HOME, ALARM))
            expect(identify(aSignal({ target })).intakeKey).not.toBe(
              identify(aSignal({ target: alarmAt(HOME) })).intakeKey,
            );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is every alarm where the deployment does not know its own place', () => {
    const { home: _home, ...homeless } = configuration;
    expect(serviceOf(homeless, alarmAt(HOME))).toBeNull();
    expect(foreignReason(alarmAt(HOME), undefined)).toContain('does not know its own account and region');
  });

  it('leads to no read of what has its name here', async () => {
    const untouched = {
      alarms: fakeAlarms(),
      deployments: fakeDeployments(),
      resources: fakeResources(),
      serviceLogs: fakeServiceLogs(),
      configuration,
      clock: fakeClock(),
      log: makeRecordingLog(),
    };
    await fc.assert(
      fc.asyncProperty(elsewhere, async (place) => {
        const target = alarmAt(place);
        const tainted = { title: ALARM, branch: null, branchKey: null, reason: null };
        const { facts, notes, sources } = await gatherAlarm(
          target,
          aSignal({ target, tainted }).tainted,
          false,
          untouched,
        );
        expect({ facts, sources }).toMatchObject({ facts: { state: 'ALARM', serviceId: null }, sources: [] });
        expect(notes.join(' ')).toContain(`account ${place.account} in ${place.region}`);
        expect(await readAlarmAgain(target, untouched)).toEqual(facts);
      }),
      { numRuns: 50 },
    );
  });
});

it('an own alarm that goes off again joins the incident that an earlier version opened', async () => {
  const { deps, incidents, control, clock } = anIngestRig(configuration);
  // The keys as earlier versions computed them.
  const ids = { intakeKey: 'afe96d4a354226fcdb7f73e8dd88efccf555f320', incidentId: 'cw-371162507d4950920c6e9d63' };
  expect(identify(aSignal({ target: alarmAt(HOME) }))).toEqual(ids);
  await incidents.create(anIncident({ id: ids.incidentId, intakeKey: ids.intakeKey, target: alarmAt(HOME) }));
  await control.claimGroup(ids.intakeKey, `${ids.incidentId}#1`, clock.now());
  const again = aSignal({ deliveryId: 'again', target: alarmAt(HOME, '2026-11-21T12:05:00.000Z') });
  expect(await ingestSignal(again, deps)).toBe('occurrence');
  expect(await incidents.get(ids.incidentId)).toMatchObject({ occurrences: 2 });
});

describe('the intake', () => {
  const raised = (place: Home, number: number, changedAt?: string) =>
    aSignal({ deliveryId: `event-${number}`, target: alarmAt(place, changedAt) });
  const place = (number: number): Home => ({ ...HOME, account: String(100_000_000_000 + number) });
  let rig: ReturnType<typeof anIngestRig>;
  beforeEach(() => {
    rig = anIngestRig(configuration);
    rig.clock.set('2026-11-21T12:00:00.000Z');
  });
  const counter = () => rig.incidents.get(stormIdOf(hourOf(rig.clock.now()), FOREIGN_ALARMS));

  it('opens ten incidents an hour for 200 other places and counts the rest in one', async () => {
    const outcomes: string[] = [];
    for (let number = 0; number < 200; number += 1)
      outcomes.push(await ingestSignal(raised(place(number), number), rig.deps));
    expect(outcomes.filter((one) => one === 'opened')).toHaveLength(FOREIGN_INCIDENTS_PER_HOUR);
    expect(outcomes.filter((one) => one === 'foreign-counted')).toHaveLength(190);
    expect(await counter()).toMatchObject({ status: 'open', occurrences: 190, target: { of: 'foreign-alarms' } });
    expect(rig.workflow.started).toHaveLength(FOREIGN_INCIDENTS_PER_HOUR + 1);
    rig.clock.advance(3_600_000);
    expect(await ingestSignal(raised(place(201), 201), rig.deps)).toBe('opened');
  });

  it('counts an event once, however often it is delivered', async () => {
    for (let round = 0; round < 3; round += 1)
      for (let number = 0; number < 14; number += 1) await ingestSignal(raised(place(number), number), rig.deps);
    expect(await counter()).toMatchObject({ occurrences: 4 });
  });

  it('opens none for an alarm that goes off while its incident is open, and counts one that flaps', async () => {
    await ingestSignal(raised(place(1), 1), rig.deps);
    expect(await ingestSignal(raised(place(1), 2, '2026-11-21T12:00:01.000Z'), rig.deps)).toBe('occurrence');
    for (let number = 2; number <= 10; number += 1) await ingestSignal(raised(place(number), 10 + number), rig.deps);
    await rig.incidents.update(identify(raised(place(1), 1)).incidentId, { status: 'escalated' });
    expect(await ingestSignal(raised(place(1), 3, '2026-11-21T12:00:05.000Z'), rig.deps)).toBe('foreign-counted');
  });

  it('keeps the place of its own alarm free: neither lock nor storm of other places holds it up', async () => {
    const storm = anIngestRig(aConfiguration({ services: [aService()], policy: { stormIncidentsPerMinute: 1 } }));
    for (let number = 0; number < 50; number += 1) await ingestSignal(raised(place(number), number), storm.deps);
    expect(await ingestSignal(raised(HOME, 1000), storm.deps)).toBe('opened');
  });
});

describe('a plan that an earlier version made for an alarm of another account', () => {
  /** An incident of an alarm elsewhere, whose plan was sealed when the name alone decided. */
  async function anInheritedPlan() {
    const own = await aRemedyRig({ family: 'lambda' });
    const { digest } = await makePlan({ incidentId: own.incident.id, tried: [], held: false }, own.deps);
    const action = (await own.deps.incidents.getPlan(own.incident.id, digest as string)) as BoundAction;
    const moved = { ...own.deps.configuration, home: { ...HOME, account: '999999999999' } };
    return {
      ...own,
      action,
      deps: { ...own.deps, configuration: moved },
      input: { incidentId: own.incident.id, digest: digest as string },
    };
  }

  it('is denied by the guard, which says where the alarm is from', async () => {
    const { input, deps, state } = await anInheritedPlan();
    const verdict = await guard(input, deps);
    expect(verdict).toMatchObject({ next: 'escalate', lease: null });
    expect(verdict.reasons[0]).toContain(`The alarm is of account ${HOME.account} in ${HOME.region}.`);
    expect(state.effects).toEqual([]);
  });

  it('is not executed, even with a lease', async () => {
    const { input, deps, state, action, clock } = await anInheritedPlan();
    const lease = await deps.control.acquireLease(action.targetKey, action.incidentId, 600, clock.now());
    expect(await act({ ...input, lease: lease?.id ?? '' }, deps)).toMatchObject({ state: 'refused' });
    expect(state.effects).toEqual([]);
  });

  it('can be approved by nobody', async () => {
    const { deps, action } = await anInheritedPlan();
    const lead = { names: ['lead@example.com'], github: null, groups: ['approvers'], email: 'lead@example.com' };
    const approval = { requestedAt: '2026-11-21T12:00:00.000Z', expiresAt: '2026-11-21T14:00:00.000Z' };
    const answer = await entitlementTo(lead, { approval: approval as never, action }, deps);
    expect(answer).toMatchObject({ kind: 'objection', reason: expect.stringContaining('other accounts and regions') });
  });

  it('makes none itself, and hands the incident to a person with the reason', async () => {
    const { deps, incident, state } = await anInheritedPlan();
    const fresh = anIncident({ ...incident, id: 'cw-another', intakeKey: 'another' });
    await deps.incidents.create(fresh);
    const rig = { ...deps, alarms: fakeAlarms(), deployments: fakeDeployments(), resources: fakeResources() };
    await deps.evidence.putTelemetry(fresh.id, (await deps.evidence.getTelemetry(incident.id)) as never);
    await deps.evidence.putDiagnosis(fresh.id, (await deps.evidence.getDiagnosis(incident.id)) as never);
    const plan = await makePlan({ incidentId: fresh.id, tried: [], held: false }, rig);
    expect(plan).toMatchObject({ decision: 'escalate', digest: null });
    expect(plan.reasons.join(' ')).toContain('reads and changes nothing for alarms of other accounts');
    expect(state.effects).toEqual([]);
  });
});
