import { describe, expect, it } from 'vitest';
import { claimOf } from '#shared/app/common/incident-lock.ts';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, aSignal } from '#test/builders/index.ts';
import { anIngestRig, failure, idOf } from '../ingest-rig.ts';

describe('taking a signal in', () => {
  it('opens one incident and starts its workflow', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    expect(await ingestSignal(failure(), deps)).toBe('opened');
    expect(await incidents.get(idOf(failure()))).toMatchObject({ status: 'open', occurrences: 1, attempt: 1 });
    expect(workflow.started).toEqual([`${idOf(failure())}-1`]);
  });

  it('does nothing for the hundredth delivery of the same report', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    for (let delivery = 0; delivery < 100; delivery += 1) await ingestSignal(failure(), deps);
    expect(workflow.started).toHaveLength(1);
    expect(await incidents.get(idOf(failure()))).toMatchObject({ occurrences: 1 });
  });

  it('counts another run of the same place as an occurrence', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(failure({ runId: 1002, runAttempt: 4 }, 'delivery-2'), deps)).toBe('occurrence');
    expect(workflow.started).toHaveLength(1);
    expect(await incidents.get(idOf(failure()))).toMatchObject({ occurrences: 2, runAttempt: 1 });
  });

  it('keeps the newest other run of a place, whose failure may be another one, until the place is free', async () => {
    const { deps, control } = anIngestRig();
    await ingestSignal(failure(), deps);
    for (const runId of [1003, 1002]) await ingestSignal(failure({ runId }, `delivery-${runId}`), deps);
    const { intakeKey } = identify(failure());
    expect(await control.waiting(intakeKey)).toMatchObject({ target: { runId: 1003 } });
    const passed = aSignal({ deliveryId: 'delivery-4', kind: 'run-succeeded', target: aGithubTarget({ runId: 1004 }) });
    let drops = 0;
    const dropWaiting: typeof deps.control.dropWaiting = async (...args) => {
      drops += 1;
      await deps.control.dropWaiting(...args);
    };
    const counting = { ...deps, control: { ...deps.control, dropWaiting } };
    await ingestSignal(passed, counting);
    expect(await control.waiting(intakeKey)).toBeNull();
    expect(drops).toBe(1);
    // Most runs pass while nothing waits: nothing is written for them.
    await ingestSignal({ ...passed, deliveryId: 'delivery-5' }, counting);
    expect(drops).toBe(1);
  });

  it('comes again when the incident it joined ended at the same time, and then opens its own', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    await ingestSignal(failure(), deps);
    const keepWaiting: typeof deps.control.keepWaiting = async (...args) => {
      await incidents.update(idOf(failure()), { status: 'resolved' });
      await deps.control.keepWaiting(...args);
    };
    const later = failure({ runId: 1002 }, 'delivery-2');
    const racing = ingestSignal(later, { ...deps, control: { ...deps.control, keepWaiting } });
    await expect(racing).rejects.toMatchObject({ name: 'Retryable' });
    expect(await ingestSignal(later, deps)).toBe('opened');
    expect(workflow.started).toHaveLength(2);
  });

  it('takes a later attempt for an occurrence while the incident is open, and reopens it afterwards', async () => {
    const { deps, incidents, control, workflow } = anIngestRig();
    const id = idOf(failure());
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(failure({ runAttempt: 2 }, 'delivery-2'), deps)).toBe('occurrence');
    await incidents.update(id, { status: 'suggested' });
    await control.releaseGroup(identify(failure()).intakeKey, claimOf({ id, attempt: 1 }));
    expect(await ingestSignal(failure({ runAttempt: 2 }, 'delivery-3'), deps)).toBe('stale');
    expect(await ingestSignal(failure({ runAttempt: 3 }, 'delivery-4'), deps)).toBe('reopened');
    expect(await incidents.get(id)).toMatchObject({
      status: 'open',
      attempt: 2,
      runAttempt: 3,
      target: { runAttempt: 3 },
    });
    expect(workflow.started).toEqual([`${id}-1`, `${id}-2`]);
  });

  it('takes the place of an ended incident that still holds it', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    await ingestSignal(failure(), deps);
    await incidents.update(idOf(failure()), { status: 'escalated' });
    expect(await ingestSignal(failure({ runId: 1002 }, 'delivery-2'), deps)).toBe('opened');
    expect(workflow.started).toHaveLength(2);
  });

  it('waits for an incident that another function is just opening', async () => {
    const { deps, control, workflow, clock } = anIngestRig();
    await control.claimGroup(
      identify(failure()).intakeKey,
      claimOf({ id: idOf(failure({ runId: 1002 })), attempt: 1 }),
      clock.now(),
    );
    await expect(ingestSignal(failure(), deps)).rejects.toMatchObject({ name: 'Retryable' });
    expect(workflow.started).toEqual([]);
  });

  it('opens nothing for a recovery, and notes it on the open incident it belongs to', async () => {
    const { deps, incidents, workflow } = anIngestRig();
    const recovery = aSignal({
      deliveryId: 'delivery-2',
      kind: 'run-succeeded',
      target: aGithubTarget({ runAttempt: 2 }),
    });
    expect(await ingestSignal({ ...recovery, deliveryId: 'delivery-0' }, deps)).toBe('stale');
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(recovery, deps)).toBe('noted');
    expect((await incidents.auditTrail(idOf(failure()))).map(({ event }) => event)).toContain('run.succeeded');
    expect(workflow.started).toHaveLength(1);
  });

  it('ignores what is switched off, without a trace but the delivery', async () => {
    const { deps, incidents, workflow } = anIngestRig(
      aConfiguration({ github: { repositories: [{ name: 'acme/shop', mode: 'off' }] } }),
    );
    expect(await ingestSignal(failure(), deps)).toBe('mode-off');
    expect(await incidents.get(idOf(failure()))).toBeNull();
    expect(workflow.started).toEqual([]);
  });

  it('remembers every finished run for the baseline, once', async () => {
    const { deps, stats } = anIngestRig();
    await ingestSignal(failure(), deps);
    await ingestSignal(failure({}, 'delivery-2'), deps);
    await ingestSignal(
      aSignal({ deliveryId: 'delivery-3', kind: 'run-succeeded', target: aGithubTarget({ runId: 1003 }) }),
      deps,
    );
    expect((await stats.recentRuns('4711:acme/shop#77')).map(({ conclusion }) => conclusion).sort()).toEqual([
      'failure',
      'success',
    ]);
  });

  it('gives an alarm that flaps one incident', async () => {
    const { deps, workflow } = anIngestRig();
    await ingestSignal(aSignal({ target: anAlarmTarget() }), deps);
    const again = aSignal({
      deliveryId: 'delivery-2',
      target: anAlarmTarget({ changedAt: '2026-11-21T11:59:30.000Z' }),
    });
    expect(await ingestSignal(again, deps)).toBe('occurrence');
    expect(workflow.started).toHaveLength(1);
  });
});
