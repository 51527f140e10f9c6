import { describe, expect, it } from 'vitest';
import { type IngestDeps, ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { escalate } from '#shared/app/notify/escalate.ts';
import { notify } from '#shared/app/notify/notify.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import {
  aClassification,
  aConfiguration,
  aDiagnosis,
  anActionRecord,
  anAlarmTarget,
  aService,
  aSignal,
  redactedText,
} from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeMemoryPolicyStore,
  makeMemoryPredictionStore,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const MINUTE = 60_000;
type Ending = 'resolved' | 'escalated';

function setUp(policy: { flapWindowMinutes?: number } = {}) {
  const clock = fakeClock();
  const mailer = makeMemoryMailer();
  const base = aConfiguration({ services: [aService()] });
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    control: makeMemoryControlStore(clock),
    chains: makeMemoryEscalationChains(),
    policy: makeMemoryPolicyStore(),
    predictions: makeMemoryPredictionStore(),
    stats: makeMemoryStatsStore(),
    workflow: makeMemoryWorkflowEngine(),
    notifiers: NOTIFIERS,
    ports: { codeHost: fakeCodeHost(), mailer },
    mailer,
    configuration: { ...base, policy: { ...base.policy, ...policy } },
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
    actions: ACTIONS,
    dashboardUrl: 'https://dashboard.example/',
  } satisfies IngestDeps & Record<string, unknown>;
  const raised = () => {
    const changedAt = clock.now().toISOString();
    return aSignal({ deliveryId: `event-${changedAt}`, target: anAlarmTarget({ changedAt }) });
  };
  const first = identify(raised()).incidentId;
  /** What the workflow of the incident's current attempt would do. */
  const end = async (ending: Ending, fingerprint: string | null = 'a'.repeat(40)) => {
    const classification = aClassification({ fingerprint });
    await deps.incidents.update(first, { classification }, { at: clock.now() });
    await deps.evidence.putDiagnosis(first, aDiagnosis());
    if (ending === 'escalated')
      await escalate({ incidentId: first, reason: 'No safe action fits.', error: null }, deps);
    await deps.incidents.update(first, { status: ending, outcomeReason: redactedText('Over.') }, { at: clock.now() });
    await notify({ incidentId: first, stage: 'final' }, deps);
  };
  const ring = async (ending: Ending, fingerprint?: string | null) => {
    const outcome = await ingestSignal(raised(), deps);
    await end(ending, fingerprint);
    return outcome;
  };
  return { deps, clock, mailer, raised, ring, first };
}

describe('an alarm that flaps', () => {
  it('is one incident and one mail per window, which says how often it rang', async () => {
    const { deps, clock, mailer, ring, first } = setUp();
    const outcomes: string[] = [];
    for (let flap = 0; flap < 12; flap += 1) {
      outcomes.push(await ring('resolved'));
      clock.advance(3 * MINUTE);
    }
    expect(outcomes).toEqual(['opened', ...Array(11).fill('reopened')]);
    expect(deps.workflow.started).toHaveLength(12);
    expect(await deps.incidents.get(first)).toMatchObject({ attempt: 12, occurrences: 12 });
    expect(mailer.mails.map(({ subject }) => subject)).toEqual([
      expect.stringContaining('Resolved: checkout-errors'),
      expect.stringContaining('Resolved, went off 11 times: checkout-errors'),
    ]);
    expect(mailer.mails[1]?.message.replace(/\s+/g, ' ')).toContain('It went off 11 times since');
  });

  it('is an incident of its own again when it was quiet for longer than the window', async () => {
    const { deps, clock, mailer, raised, ring } = setUp();
    await ring('resolved');
    clock.advance(31 * MINUTE);
    const later = raised();
    expect(await ingestSignal(later, deps)).toBe('opened');
    expect(await deps.incidents.get(identify(later).incidentId)).toMatchObject({ attempt: 1, occurrences: 1 });
    expect(mailer.mails).toHaveLength(1);
  });

  it('is never grouped with a window of nothing', async () => {
    const { deps, clock, raised, ring } = setUp({ flapWindowMinutes: 0 });
    await ring('resolved');
    clock.advance(1000);
    expect(await ingestSignal(raised(), deps)).toBe('opened');
  });

  it('is worked on once, however often a report is delivered or repeated after a crash', async () => {
    const { deps, clock, raised, ring, first } = setUp();
    const before = raised();
    await ring('resolved');
    clock.advance(MINUTE);
    const again = raised();
    expect(await ingestSignal(again, deps)).toBe('reopened');
    const repeat = { ...again, deliveryId: 'the-mark-was-lost' };
    expect(await ingestSignal(repeat, deps)).toBe('resumed');
    expect(await ingestSignal({ ...before, deliveryId: 'late' }, deps)).toBe('resumed');
    expect(deps.workflow.started).toEqual([`${first}-1`, `${first}-2`]);
  });

  it('is not opened again by a report that is older than what the incident is about', async () => {
    const { deps, clock, raised } = setUp();
    const old = { ...raised(), deliveryId: 'old' };
    clock.advance(MINUTE);
    const { target } = raised();
    expect(await ingestSignal({ ...raised(), target }, deps)).toBe('opened');
    const opened = identify(aSignal({ target })).incidentId;
    await deps.incidents.update(opened, { status: 'resolved' }, { at: clock.now() });
    expect(await ingestSignal(old, deps)).toBe('stale');
  });

  it('tells its incident when it clears, whichever time it rang', async () => {
    const { deps, clock, raised, ring, first } = setUp();
    await ring('resolved');
    clock.advance(MINUTE);
    const again = raised();
    await ingestSignal(again, deps);
    expect(await ingestSignal({ ...again, kind: 'alarm-cleared', deliveryId: 'ok' }, deps)).toBe('noted');
    expect((await deps.incidents.auditTrail(first)).map(({ event }) => event)).toContain('alarm.cleared');
  });
});

describe('an escalation of an alarm that flaps', () => {
  it('is mailed although the same alarm was mailed as resolved a minute before', async () => {
    const { clock, mailer, ring } = setUp();
    await ring('resolved');
    clock.advance(MINUTE);
    await ring('escalated');
    expect(mailer.mails.at(-1)?.subject).toContain('Needs a human, went off 2 times');
  });

  it('is mailed once in a window, and neither repeated nor followed by a resolution in it', async () => {
    const { clock, mailer, ring, deps } = setUp();
    for (const ending of ['escalated', 'escalated', 'resolved', 'escalated'] as const) {
      await ring(ending);
      clock.advance(5 * MINUTE);
    }
    expect(mailer.mails).toHaveLength(1);
    clock.advance(15 * MINUTE);
    await ring('escalated');
    expect(mailer.mails).toHaveLength(2);
    expect(deps.meter.counts['mail-left-out']).toBe(3);
  });

  it.each([
    ['it is about another failure', 'b'.repeat(40), false],
    ['nothing could be classified', null, false],
    ['something was done meanwhile', 'a'.repeat(40), true],
  ] as const)('is mailed again when %s', async (_why, fingerprint, acted) => {
    const { deps, clock, mailer, ring, first } = setUp();
    await ring('escalated');
    clock.advance(MINUTE);
    if (acted) await deps.incidents.intend(anActionRecord({ incidentId: first, state: 'done' }));
    await ring('escalated', fingerprint);
    expect(mailer.mails).toHaveLength(2);
  });
});
