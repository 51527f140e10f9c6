import type { RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import { describe, expect, it } from 'vitest';
import { rerunWorkflowRun } from '#shared/plugins/actions/rerun-workflow-run/index.ts';
import { aClassification, anActionRecord, aTelemetry, redactedText, someRunFacts } from '#test/builders/index.ts';
import { fittingContext } from './action-world.ts';

const context = fittingContext('github', 'rerun-workflow-run');
const failed = { attempt: 2, passedJobs: 2 };
const partOnly = (change: object = {}) =>
  anActionRecord({
    state: 'done',
    verified: 'failed',
    receipt: { summary: redactedText('Re-ran.'), at: '2026-11-21T11:00:00.000Z', facts: { attempt: 2 } },
    ...change,
  });

describe('proposing to run everything again', () => {
  const facts = (change: Partial<RunFacts>) => ({
    ...context,
    telemetry: aTelemetry({ facts: someRunFacts({ ...failed, ...change }) }),
  });
  it.each([
    ['after the failed jobs alone failed again', 1, context],
    ['before anything was run again', 0, { ...context, past: [] }],
    ['after that re-run passed', 0, { ...context, past: [partOnly({ verified: 'recovered' })] }],
    ['while that re-run is not verified', 0, { ...context, past: [partOnly({ verified: null })] }],
    ['when another attempt failed than ours', 0, facts({ attempt: 1 })],
    ['when no other job passed that it could lean on', 0, facts({ passedJobs: 0 })],
    ['at the last attempt', 0, facts({ attempt: 3 })],
    ['when a newer run took its place', 0, facts({ newerRun: true })],
    ['while it runs', 0, facts({ status: 'in_progress', conclusion: null })],
    ['of a regression', 0, { ...context, classification: aClassification({ verdict: 'regression' }) }],
  ] as const)('%s: %d', (_when, count, given) => {
    expect(rerunWorkflowRun.propose(given)).toHaveLength(count);
  });

  it('leaves the decision to a person, because jobs that passed run again too', () => {
    const sure = { ...context, classification: aClassification({ confidence: 1 }) };
    const [proposal] = rerunWorkflowRun.propose(sure);
    expect(proposal?.confidence).toBeLessThanOrEqual(context.configuration.policy.escalateBelowConfidence);
    expect(rerunWorkflowRun.risk).toBe('medium');
  });
});
