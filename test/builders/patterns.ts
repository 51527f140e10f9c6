import type { LearnedPattern, PatternOutcome } from '#shared/domain/learning/learned-pattern.ts';
import { Resolution } from '#shared/domain/learning/resolution.ts';
import { redactedText } from './text.ts';

/** The new pattern of a pool that ran out, learned on the first of November and observed since. */
export function aPattern(change: Partial<LearnedPattern> = {}): LearnedPattern {
  return {
    version: 1,
    id: '0123456789ab',
    scope: 'repository#501',
    revision: 1,
    wording: 'remaining connection slots are reserved, * of * used',
    messages: [],
    title: redactedText('Database pool exhausted'),
    class: 'resource_exhaustion',
    tags: ['database'],
    service: 'payments',
    solution: redactedText('Raise the size of the pool.'),
    actionId: null,
    provenance: { source: 'human', by: 'the team', at: '2026-11-01T00:00:00.000Z', from: null },
    approved: null,
    prior: 0.5,
    cap: null,
    stage: 'observe',
    confidence: 0.5,
    outcomes: [],
    history: [
      {
        at: '2026-11-01T00:00:00.000Z',
        confidence: 0.5,
        stage: 'observe',
        reason: redactedText('learned from 2 records'),
      },
    ],
    retired: null,
    ...change,
  };
}

/** An outcome of an incident of its own, trusted and helped. */
export function aPatternOutcome(change: Partial<PatternOutcome> = {}): PatternOutcome {
  return {
    incident: 'gh-1',
    at: '2026-11-02T00:00:00.000Z',
    by: 'human',
    helped: true,
    trusted: true,
    minutes: null,
    ...change,
  };
}

/** A record of a pool that ran out, as a person wrote it down. */
export function aResolution(change: Record<string, unknown> = {}): Resolution {
  return Resolution.parse({
    timestamp: '2026-10-01T10:00:00Z',
    title: redactedText('Database pool exhausted'),
    description: 'remaining connection slots are reserved, 20 of 20 used',
    service: 'payments',
    solution: redactedText('Raise the size of the pool.'),
    success: true,
    ...change,
  });
}
