import { type Correction, Ending, Prediction } from '#shared/domain/answers/prediction.ts';

/** What was said of one failed run; nothing came out yet. */
export function aPrediction(change: Partial<Prediction> = {}): Prediction {
  return Prediction.parse({
    version: 1,
    incidentId: `gh-${'0'.repeat(24)}`,
    attempt: 1,
    openedAt: '2026-11-21T12:00:00.000Z',
    at: '2026-11-21T12:01:00.000Z',
    kind: 'run',
    scope: 'repository#42',
    class: 'network_connectivity',
    verdict: 'infrastructure',
    confidence: 0.9,
    signature: 'network.connection-reset',
    model: '0123456789abcdef',
    ...change,
  });
}

export function anEnding(change: Partial<Ending> = {}): Ending {
  return Ending.parse({
    at: '2026-11-21T12:10:00.000Z',
    status: 'resolved',
    shown: 'transient',
    by: 'rerun-failed-jobs',
    spending: null,
    ...change,
  });
}

export function aCorrection(change: Partial<Correction> = {}): Correction {
  return { at: '2026-11-21T15:00:00.000Z', by: 'dana', class: 'storage_issues', ...change };
}

const MINUTE = 60_000;

/** Predictions a minute apart, each shown to be right or wrong by a re-run. */
export function judgedPredictions(
  rights: readonly boolean[],
  change: Partial<Prediction> = {},
  from = '2026-11-01T00:00:00.000Z',
): Prediction[] {
  const start = Date.parse(from);
  return rights.map((right, at) => {
    const when = new Date(start + at * MINUTE).toISOString();
    return aPrediction({
      incidentId: `gh-${String(at).padStart(24, '0')}`,
      openedAt: when,
      at: when,
      ending: anEnding({ at: when, shown: right ? 'transient' : 'lasting' }),
      ...change,
    });
  });
}
