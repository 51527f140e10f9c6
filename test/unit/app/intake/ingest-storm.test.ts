import { describe, expect, it } from 'vitest';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { aConfiguration, anAlarmTarget, aSignal } from '#test/builders/index.ts';
import { anIngestRig, failure, idOf } from '../ingest-rig.ts';

describe('a storm', () => {
  const policy = { stormIncidentsPerMinute: 3 };
  const place = (number: number) => failure({ pullRequest: number, runId: 2000 + number }, `delivery-${number}`);

  it('gets one parent, and its members start no workflow', async () => {
    const { deps, incidents, workflow } = anIngestRig(aConfiguration({ policy }));
    const outcomes: string[] = [];
    for (let number = 1; number <= 10; number += 1) outcomes.push(await ingestSignal(place(number), deps));
    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'grouped')).toHaveLength(7);
    const storms = workflow.started.filter((name) => name.startsWith('storm-'));
    expect(storms).toHaveLength(1);
    expect(workflow.started).toHaveLength(4);
    const member = await incidents.get(idOf(place(10)));
    expect(member).toMatchObject({ status: 'grouped', parentId: storms[0]?.replace(/-1$/, '') });
    expect(await incidents.get(member?.parentId ?? '')).toMatchObject({ status: 'open', occurrences: 8 });
  });

  it('of pull requests hides neither a failure on main nor an alarm', async () => {
    const { deps } = anIngestRig(aConfiguration({ policy }));
    for (let number = 1; number <= 10; number += 1) await ingestSignal(place(number), deps);
    const main = failure({ pullRequest: null, event: 'push', onDefaultBranch: true, runId: 3000 }, 'delivery-main');
    expect(await ingestSignal(main, deps)).toBe('opened');
    const alarm = aSignal({ deliveryId: 'delivery-alarm', source: 'cloudwatch', target: anAlarmTarget() });
    expect(await ingestSignal(alarm, deps)).toBe('opened');
    const comment = failure({ pullRequest: null, event: 'issue_comment', runId: 3001 }, 'delivery-comment');
    expect(await ingestSignal(comment, deps)).toBe('grouped');
  });

  it('is over after a quiet time: a later failure is worked on again', async () => {
    const { deps, clock, workflow } = anIngestRig(aConfiguration({ policy }));
    for (let number = 1; number <= 5; number += 1) await ingestSignal(place(number), deps);
    clock.advance(10 * 60_000);
    expect(await ingestSignal(place(6), deps)).toBe('opened');
    expect(workflow.started).toHaveLength(5);
  });

  it('that goes on for minutes starts no more workflows in an hour than the budget of requests to GitHub allows', async () => {
    const { deps, clock, workflow } = anIngestRig(aConfiguration({ policy: { ...policy, stormIncidentsPerHour: 5 } }));
    clock.set('2026-11-21T12:00:00.000Z');
    const outcomes: string[] = [];
    for (let number = 1; number <= 40; number += 1) {
      outcomes.push(await ingestSignal(place(number), deps));
      clock.advance(60_000);
    }
    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'grouped')).toHaveLength(35);
    expect(workflow.started.filter((name) => name.startsWith('storm-'))).toHaveLength(1);
    clock.advance(3_600_000);
    expect(await ingestSignal(place(41), deps)).toBe('opened');
  });

  it('counts an incident that comes again once in its hour', async () => {
    const { deps } = anIngestRig(aConfiguration({ policy: { ...policy, stormIncidentsPerHour: 2 } }));
    for (const delivery of ['a', 'b', 'c'])
      await ingestSignal(failure({ pullRequest: 1, runId: 2001 }, delivery), deps);
    expect(await ingestSignal(place(2), deps)).toBe('opened');
    expect(await ingestSignal(place(3), deps)).toBe('grouped');
  });
});
