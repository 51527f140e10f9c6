import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { ANOTHER_PLACE, FALSE, PATHS, type Path, type Truth } from './incident-paths.ts';
import { anIncident } from './incidents.ts';
import { anEnding, aPrediction } from './predictions.ts';
import { aGithubTarget, anAlarmTarget } from './signals.ts';

export interface SimulatedIncident {
  readonly path: string;
  readonly incident: Incident;
  readonly entries: readonly AuditEntry[];
  readonly predictions: readonly Prediction[];
  readonly truth: Truth;
  /** Whole days before today, in UTC; it also ended on that day. */
  readonly daysAgo: number;
}

/** Deterministic numbers of 0 to below `most`. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

function targetOf(path: Path): Incident['target'] {
  if (path.target === 'other-place') {
    const { account, region } = ANOTHER_PLACE;
    return anAlarmTarget({
      ...ANOTHER_PLACE,
      alarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:checkout-errors`,
    });
  }
  if (path.target !== 'rehearsal') return aGithubTarget();
  return {
    kind: 'report',
    reportId: 'a'.repeat(32),
    service: 'checkout',
    repository: null,
    severity: 'low',
    reportedBy: 'octo-dana',
    reportedAt: '2026-11-01T00:00:00.000Z',
    simulated: true,
  } as Incident['target'];
}

/** 30 days of incidents of every path until `now`; half of them have used a language model for 1000 microdollars an attempt. */
export function aSimulatedMonth(now: Date, { rounds = 20, seed = 7 } = {}): SimulatedIncident[] {
  const number = numbers(seed);
  const midnight = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`);
  return Array.from({ length: rounds }, () => Object.entries(PATHS))
    .flat()
    .map(([name, path], index) => {
      const daysAgo = number(30);
      const start = midnight - daysAgo * 86_400_000 + (1 + number(6)) * 3_600_000 + index;
      const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
      const [comment, heal] = [10 + number(90), 400 + number(600)];
      const steps = path.steps({ comment, heal });
      const id = `gh-${String(index).padStart(24, '0')}`;
      const attempt = path.attempts ?? 1;
      const isFlaky = path.truth.isCounted !== false && index % 3 === 0;
      const spending =
        index % 2 === 0
          ? {
              provider: 'bedrock',
              modelId: 'model-1',
              prompt: null,
              turns: 1,
              inputTokens: 100,
              cachedInputTokens: 0,
              outputTokens: 10,
            }
          : null;
      const truth = { ...FALSE, ...path.truth };
      return {
        path: name,
        daysAgo,
        incident: anIncident({
          id,
          status: path.status,
          target: targetOf(path),
          attempt,
          openedAt: at(0),
          updatedAt: at(steps.at(-1)?.after ?? 0),
          ...path.change,
        }),
        entries: steps.map(({ event, facts, after }) => ({ event, facts, at: at(after) }) as AuditEntry),
        predictions:
          path.target === 'rehearsal'
            ? []
            : Array.from({ length: attempt }, (_, before) =>
                aPrediction({
                  incidentId: id,
                  attempt: before + 1,
                  openedAt: at(0),
                  at: at(3 + before * 100),
                  verdict: isFlaky ? 'flaky' : 'infrastructure',
                  ending: anEnding({
                    at: at(heal),
                    spending: spending === null ? null : { ...spending, turns: before + 1, microdollars: 1000 },
                  }),
                }),
              ),
        truth: {
          ...truth,
          comment: truth.isCounted ? comment : null,
          heal: truth.healed ? heal : null,
        },
      };
    });
}
