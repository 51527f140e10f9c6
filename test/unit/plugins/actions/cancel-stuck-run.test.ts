import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { describe, expect, it } from 'vitest';
import { cancelStuckRun } from '#shared/plugins/actions/cancel-stuck-run/index.ts';
import { aTelemetry, redactedText, someRunFacts } from '#test/builders/index.ts';
import { anActionWorld, aRun, fittingContext } from './action-world.ts';

const context = fittingContext('github', 'cancel-stuck-run');
const parameters = { repository: 'acme/shop', runId: 1001, attempt: 2 };
const minutesAgo = (minutes: number) => new Date(context.now.getTime() - minutes * 60_000).toISOString();

function proposalsFor(change: Partial<RunFacts>) {
  const hanging = { attempt: 2, status: 'in_progress', conclusion: null, usualSeconds: [170, 240, 200] };
  const facts = someRunFacts({ ...hanging, startedAt: minutesAgo(180), ...change });
  return cancelStuckRun.propose({ ...context, telemetry: aTelemetry({ facts }) });
}

describe('proposing to cancel', () => {
  it.each([
    ['a run that has gone on for hours', 1, {}],
    ['a run of which too few passed before', 0, { usualSeconds: [170, 240] }],
    ['a run within half an hour', 0, { startedAt: minutesAgo(29) }],
    ['a run after half an hour', 1, { startedAt: minutesAgo(31) }],
    ['a run of a slow workflow within four times the longest', 0, { usualSeconds: [60, 3600, 90] }],
    ['a run of a slow workflow after that', 1, { usualSeconds: [60, 2600, 90] }],
    ['a run that waits for a runner', 0, { status: 'queued' }],
    ['a run that ended', 0, { status: 'completed', conclusion: 'failure' }],
    ['a run whose beginning is not known', 0, { startedAt: null }],
  ] as const)('%s: %d', (_which, count, change) => {
    expect(proposalsFor(change as Partial<RunFacts>)).toHaveLength(count);
  });

  it('says how long it ran and how long it usually takes', () => {
    expect(proposalsFor({})[0]?.reason).toBe(
      'It has run for 180 min; the longest of the last 3 that passed took 4 min.',
    );
  });
});

describe('observing a cancellation', () => {
  it.each([
    [aRun({ attempt: 2, status: 'in_progress', conclusion: null }), 'not-started'],
    [aRun({ attempt: 2, conclusion: 'cancelled' }), 'happened'],
    [aRun({ attempt: 2, conclusion: 'failure' }), 'superseded'],
    [aRun({ attempt: 3, status: 'in_progress', conclusion: null }), 'superseded'],
    [aRun({ attempt: 1 }), 'unknown'],
    [aRun({ attempt: 2, status: 'haunted', conclusion: null }), 'unknown'],
  ] as const)('%j is %s', async (run, kind) => {
    const { ports, state } = anActionWorld();
    state.run = run;
    expect((await cancelStuckRun.observe(parameters, ports)).kind).toBe(kind);
  });
});

describe('verifying a cancellation', () => {
  it.each([
    [aRun({ attempt: 2, status: 'in_progress', conclusion: null }), 'pending'],
    [aRun({ attempt: 2, conclusion: 'cancelled' }), 'advanced'],
    [aRun({ attempt: 2, conclusion: 'success' }), 'recovered'],
  ] as const)('%j is %s: a cancelled run is not healed', async (run, state) => {
    const world = anActionWorld();
    world.state.run = run;
    const receipt = { summary: redactedText('Cancelled.'), at: '2026-11-21T12:00:00.000Z', facts: {} };
    const { target, configuration } = context;
    const verified = await cancelStuckRun.verify(parameters, receipt, {
      ports: world.ports,
      target,
      configuration,
      poll: 0,
    });
    expect(verified.state).toBe(state);
  });
});
