import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escalate } from '#shared/app/notify/escalate.ts';
import { sendDigests } from '#shared/app/notify/send-digests.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import {
  aClassification,
  aConfiguration,
  aDiagnosis,
  aGithubTarget,
  anAlarmTarget,
  anEvidence,
  anIncident,
  aService,
} from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const MINUTE = 60_000;

/** A deployment in which reports of services end with a person. */
function setUp(flapWindowMinutes = 30) {
  const clock = fakeClock();
  const mailer = makeMemoryMailer();
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    notifiers: NOTIFIERS,
    mailer,
    configuration: aConfiguration({
      policy: { flapWindowMinutes },
      services: [aService({ id: 'checkout', alarms: ['checkout-errors', 'checkout-latency', 'checkout-5xx'] })],
    }),
    clock,
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
    actions: ACTIONS,
    control: makeMemoryControlStore(clock),
    chains: makeMemoryEscalationChains(),
  };
  let reports = 0;
  const handOver = (incidentId: string) => escalate({ incidentId, reason: 'No safe action fits.', error: null }, deps);
  /** An incident of this target that ends with a person. */
  const handOverOf = async (target: Incident['target'], failureClass: FailureClass): Promise<string> => {
    reports += 1;
    const id = `${target.kind === 'alarm' ? 'cw' : 'gh'}-${String(reports).padStart(24, '0')}`;
    const classification = aClassification({ class: failureClass });
    await deps.incidents.create(anIncident({ id, target, classification }));
    await deps.evidence.putEvidence(anEvidence({ incidentId: id }));
    await deps.evidence.putDiagnosis(id, aDiagnosis({ classification }));
    await handOver(id);
    return id;
  };
  const alarm = (alarmName: string, failureClass: FailureClass = 'network_connectivity') =>
    handOverOf(anAlarmTarget({ alarmName }), failureClass);
  const run = (headSha: string, failureClass: FailureClass = 'dependency_conflicts') => {
    const runId = 17_000_000_000 + reports;
    return handOverOf(aGithubTarget({ runId, headSha, pullRequest: null, event: 'push' }), failureClass);
  };
  const report = async (
    service: string | null,
    severity: Severity = 'medium',
    failureClass: FailureClass = 'unknown',
  ): Promise<string> => {
    reports += 1;
    const id = `api-${String(reports).padStart(24, '0')}`;
    const classification = aClassification({ class: failureClass });
    const target = {
      kind: 'report' as const,
      reportId: String(reports).padStart(32, '0'),
      service,
      repository: null,
      severity,
      reportedBy: 'ada@example.com',
      reportedAt: clock.now().toISOString(),
      simulated: false,
    };
    const tainted = { title: `Order ${reports} is missing`, branch: null, reason: null };
    await deps.incidents.create(anIncident({ id, target, tainted, classification }));
    await deps.evidence.putEvidence(anEvidence({ incidentId: id }));
    await deps.evidence.putDiagnosis(id, aDiagnosis({ classification }));
    await handOver(id);
    return id;
  };
  const mailsAbout = (id: string) => mailer.mails.filter(({ message }) => message.includes(id)).length;
  return { deps, clock, mailer, report, alarm, run, handOver, mailsAbout };
}

describe('reports of one service', () => {
  it('are one mail at once and one digest after the window, with nothing lost', async () => {
    const { deps, clock, mailer, report, mailsAbout } = setUp();
    const ids: string[] = [];
    for (let place = 0; place < 12; place += 1) {
      ids.push(await report('checkout'));
      clock.advance(MINUTE);
    }
    expect(mailer.mails).toHaveLength(1);
    expect(await sendDigests(deps)).toBe(0);
    clock.advance(30 * MINUTE);
    expect(await sendDigests(deps)).toBe(1);
    expect(await sendDigests(deps)).toBe(0);
    expect(mailer.mails).toHaveLength(2);
    expect(mailer.mails[1]?.subject).toMatch(/^\[Selfheal\] 11 more incidents about checkout: Order 2 is missing/);
    expect(ids.map(mailsAbout)).toEqual(ids.map(() => 1));
    await report('checkout');
    expect(mailer.mails).toHaveLength(3);
  });

  it.each<[string, [string | null, Severity?, FailureClass?], number]>([
    ['the same again', ['checkout'], 1],
    ['a lower severity', ['checkout', 'low'], 1],
    ['a higher severity', ['checkout', 'critical'], 2],
    ['another cause', ['checkout', 'medium', 'network_connectivity'], 2],
    ['another service', ['orders'], 2],
    ['no service', [null], 2],
  ])('let through at once what is new: %s', async (_what, second, mails) => {
    const { mailer, report } = setUp();
    await report('checkout');
    await report(...second);
    expect(mailer.mails).toHaveLength(mails);
  });

  it('have their title in the subject where no rule knows the cause', async () => {
    const { mailer, report } = setUp();
    await report('checkout');
    expect(mailer.mails[0]?.subject).toBe('[Selfheal] Needs a human: checkout: Order 1 is missing (api-0000000)');
  });

  it('are mailed one by one where the window is 0', async () => {
    const { mailer, report } = setUp(0);
    for (const _report of [1, 2, 3]) await report('checkout');
    expect(mailer.mails).toHaveLength(3);
  });

  it('are neither lost nor told twice when the step is repeated, or a digest fails', async () => {
    const { deps, clock, mailer, report, handOver, mailsAbout } = setUp();
    const ids = [await report('checkout'), await report('checkout')];
    for (const id of ids) await handOver(id);
    clock.advance(31 * MINUTE);
    const failing = { publish: async () => Promise.reject(new Error('SNS answered 500')) };
    await expect(sendDigests({ ...deps, mailer: failing })).rejects.toThrow('SNS answered 500');
    expect(await sendDigests(deps)).toBe(1);
    expect(ids.map(mailsAbout)).toEqual([1, 1]);
    expect(mailer.mails).toHaveLength(2);
  });

  it('reach people once each, whatever comes in which order', async () => {
    const one = fc.record({
      service: fc.constantFrom('checkout', 'orders', null),
      severity: fc.constantFrom<Severity>('low', 'medium', 'high', 'critical'),
      failureClass: fc.constantFrom<FailureClass>('unknown', 'network_connectivity'),
      minutes: fc.integer({ min: 0, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 25 }), async (all) => {
        const { deps, clock, report, mailsAbout } = setUp();
        const ids: string[] = [];
        for (const { service, severity, failureClass, minutes } of all) {
          ids.push(await report(service, severity, failureClass));
          clock.advance(minutes * MINUTE);
          await sendDigests(deps);
        }
        clock.advance(31 * MINUTE);
        await sendDigests(deps);
        expect(ids.map(mailsAbout)).toEqual(ids.map(() => 1));
      }),
      { numRuns: 40 },
    );
  });
});

describe('alarms of one service and runs of one commit', () => {
  const [FIRST, SECOND] = ['a'.repeat(40), 'b'.repeat(40)] as const;

  it('are gathered like reports where their cause is the same', async () => {
    const { deps, clock, mailer, alarm, run, mailsAbout } = setUp();
    const ids = [await alarm('checkout-errors'), await alarm('checkout-latency'), await alarm('checkout-5xx')];
    for (let place = 0; place < 4; place += 1) ids.push(await run(FIRST));
    expect(mailer.mails).toHaveLength(2);
    clock.advance(31 * MINUTE);
    expect(await sendDigests(deps)).toBe(2);
    expect(mailer.mails.slice(2).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^\[Selfheal\] 2 more incidents about checkout: /),
      expect.stringMatching(/^\[Selfheal\] 3 more incidents about acme\/shop: /),
    ]);
    expect(ids.map(mailsAbout)).toEqual(ids.map(() => 1));
  });

  it.each<[string, (given: ReturnType<typeof setUp>) => Promise<unknown>]>([
    ['an alarm whose cause nobody knows', ({ alarm }) => alarm('checkout-latency', 'unknown')],
    ['an alarm with another cause', ({ alarm }) => alarm('checkout-latency', 'resource_exhaustion')],
    ['the same alarm again', ({ alarm }) => alarm('checkout-errors')],
    ['an alarm of no service', ({ alarm }) => alarm('elsewhere')],
    ['a run of the next commit', ({ run }) => run(SECOND)],
    ['a run with another cause', ({ run }) => run(FIRST, 'test_failure')],
    ['a run whose cause nobody knows', ({ run }) => run(FIRST, 'unknown')],
  ])('are told at once when they are new: %s', async (_what, second) => {
    const given = setUp();
    await given.alarm('checkout-errors');
    await given.run(FIRST);
    await second(given);
    expect(given.mailer.mails).toHaveLength(3);
  });
});
