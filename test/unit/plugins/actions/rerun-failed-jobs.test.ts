import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { describe, expect, it } from 'vitest';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs/index.ts';
import {
  aClassification,
  aConfiguration,
  aGithubTarget,
  aTelemetry,
  redactedText,
  someRunFacts,
} from '#test/builders/index.ts';
import { anActionWorld, aRun, fittingContext } from './action-world.ts';

const parameters = { repository: 'acme/shop', runId: 1001, attempt: 1 };

function proposalsFor(facts: Partial<RunFacts>, classification: Partial<Classification> = {}, runAttempt = 1) {
  return rerunFailedJobs.propose({
    ...fittingContext('github'),
    target: aGithubTarget({ runAttempt }),
    telemetry: aTelemetry({ facts: someRunFacts(facts) }),
    classification: aClassification(classification),
  });
}

describe('proposing a re-run', () => {
  it.each([
    [1, {}, { verdict: 'infrastructure' }, 1],
    [1, {}, { verdict: 'flaky' }, 1],
    [0, {}, { verdict: 'regression' }, 1],
    [0, {}, { verdict: 'unknown' }, 1],
    [1, { attempt: 2 }, {}, 2],
    [0, { attempt: 3 }, {}, 3],
    [0, { attempt: 2 }, {}, 1],
    [0, { status: 'in_progress', conclusion: null }, {}, 1],
    [0, { conclusion: 'success' }, {}, 1],
    [0, { newerRun: true }, {}, 1],
    [0, { conclusion: 'cancelled' }, {}, 1],
    [0, { conclusion: 'startup_failure' }, {}, 1],
    [1, { conclusion: 'timed_out' }, {}, 1],
    [0, { status: 'unknown', conclusion: null }, {}, 1],
  ] as const)('gives %d for %j judged %j when attempt %d was reported', (count, facts, classification, runAttempt) => {
    expect(proposalsFor(facts, classification, runAttempt)).toHaveLength(count);
  });

  it('is as sure as the classification is', () => {
    expect(proposalsFor({}, { confidence: 0.72 })[0]?.confidence).toBe(0.72);
  });
});

describe('observing a re-run', () => {
  it.each([
    [aRun(), 'not-started'],
    [aRun({ attempt: 2, status: 'queued', conclusion: null }), 'happened'],
    [aRun({ attempt: 4 }), 'happened'],
    [aRun({ status: 'queued', conclusion: null }), 'superseded'],
    [aRun({ conclusion: 'success' }), 'superseded'],
  ] as const)('%j is %s', async (run, kind) => {
    const { ports, state } = anActionWorld();
    state.run = run;
    expect((await rerunFailedJobs.observe(parameters, ports)).kind).toBe(kind);
  });

  it('is superseded by a newer run of the branch: the old one would deploy its old commit over it', async () => {
    const { ports, state } = anActionWorld();
    state.newerRun = true;
    expect((await rerunFailedJobs.observe(parameters, ports)).kind).toBe('superseded');
    state.run = aRun({ attempt: 2, status: 'queued', conclusion: null });
    expect((await rerunFailedJobs.observe(parameters, ports)).kind).toBe('happened');
  });

  it('trusts no answer that is older than the plan', async () => {
    const { ports } = anActionWorld();
    expect((await rerunFailedJobs.observe({ ...parameters, attempt: 2 }, ports)).kind).toBe('unknown');
  });
});

describe('verifying a re-run', () => {
  it.each([
    [aRun(), 'pending'],
    [aRun({ attempt: 2, status: 'queued', conclusion: null }), 'pending'],
    [aRun({ attempt: 2, conclusion: 'success' }), 'recovered'],
    [aRun({ attempt: 2, conclusion: 'failure' }), 'failed'],
    [aRun({ attempt: 2, conclusion: 'cancelled' }), 'failed'],
    [aRun({ attempt: 3, conclusion: 'success' }), 'recovered'],
  ] as const)('%j is %s', async (run, verdict) => {
    const { ports, state } = anActionWorld();
    state.run = run;
    const receipt = { summary: redactedText('Re-ran.'), at: '2026-11-21T12:00:00.000Z', facts: { attempt: 2 } };
    const context = { ports, target: aGithubTarget(), configuration: aConfiguration(), poll: 0 };
    expect((await rerunFailedJobs.verify(parameters, receipt, context)).state).toBe(verdict);
  });
});
