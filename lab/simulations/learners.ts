import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import type { Candidate } from '#shared/domain/plan/candidates.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';

interface Situation {
  /** Index of the kind of failure. */
  readonly kind: number;
  readonly now: Date;
  readonly circumstances: Circumstances;
}

/** Chooses one of the actions that fit, by index, and learns from the outcome. */
export interface Learner {
  choose(situation: Situation & { readonly fits: readonly number[] }): { action: number; expected: number };
  learn(outcome: Situation & { readonly action: number; readonly helped: boolean }): void;
}

/** Selfheal's own ranking, with (`seeing`) or without knowledge of the circumstances. All actions are of low risk, so only the ranking decides. */
export function makeRanking(stated: readonly number[][], { seeing }: { readonly seeing: boolean }): Learner {
  const known = stated.map((): ActionOutcome[] => []);
  return {
    choose: ({ kind, fits, now, circumstances }) => {
      const context = { class: 'unknown', scope: 's', now, circumstances: seeing ? circumstances : null } as const;
      const [first] = rankByBenefit(candidatesOf(fits, stated[kind] ?? []), known[kind] ?? [], context);
      return { action: Number(first?.actionId), expected: first?.expected ?? 0 };
    },
    learn: ({ kind, action, helped, now, circumstances }) => {
      const keys = { version: 1, incidentId: 'i', digest: 'd', class: 'unknown', scope: 's', trusted: true } as const;
      const outcome = { ...keys, actionId: String(action), at: now.toISOString(), circumstances };
      known[kind]?.push({ ...outcome, verified: helped ? 'recovered' : 'failed' });
    },
  };
}

const KIND = { family: 'github', risk: 'low', impact: NO_IMPACT, selfApproval: false } as const;

function candidatesOf(fits: readonly number[], stated: readonly number[]): Candidate[] {
  const candidates = fits.map((action): Candidate => {
    const actionId = String(action);
    const words = { label: actionId, actionId, targetKey: '', description: '', reason: '' };
    return { ...words, ...KIND, parameters: {}, confidence: stated[action] ?? 0.5 };
  });
  return candidates.sort((a, b) => b.confidence - a.confidence);
}

const LEVELS = Array.from({ length: 48 }, (_, at) => 0.03 + (0.94 * at) / 47);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
/** Exploration bonus in standard deviations; the best of 0, 0.3, 0.6, 1 and 1.4 on years with other seeds. */
const OPTIMISM = 0.6;

/**
 * A reference learner that knows how the simulation works: how often effects change, how they are drawn, and the error of stated confidences. Its
 * beliefs are therefore the exact posterior, which bounds what a learner without this knowledge can reach.
 */
export function makeInformed(
  stated: readonly number[][],
  { changesPerYear, proposalError }: { readonly changesPerYear: number; readonly proposalError: number },
): Learner {
  const any = LEVELS.map(() => 1 / LEVELS.length);
  const beliefs = stated.map((row) =>
    row.map((chance) => {
      const likely = LEVELS.map((level) => Math.exp(-0.5 * ((chance - level) / proposalError) ** 2));
      return { shares: normalised(likely), at: 0 };
    }),
  );
  const current = (kind: number, action: number, now: Date) => {
    const belief = beliefs[kind]?.[action] ?? { shares: any, at: 0 };
    const at = now.getTime();
    const same = belief.at === 0 ? 1 : Math.exp((-changesPerYear * (at - belief.at)) / YEAR_MS);
    belief.shares = belief.shares.map((share, level) => share * same + (1 - same) * (any[level] ?? 0));
    belief.at = at;
    return belief;
  };
  return {
    choose: ({ kind, fits, now }) => {
      const judged = fits.map((action) => ({ action, ...momentsOf(current(kind, action, now).shares) }));
      const hoped = ({ mean, deviation }: (typeof judged)[number]): number => mean + OPTIMISM * deviation;
      const best = judged.reduce((most, other) => (hoped(other) > hoped(most) ? other : most));
      return { action: best.action, expected: best.mean };
    },
    learn: ({ kind, action, helped, now }) => {
      const belief = current(kind, action, now);
      belief.shares = normalised(
        belief.shares.map((share, at) => share * (helped ? (LEVELS[at] ?? 0) : 1 - (LEVELS[at] ?? 0))),
      );
    },
  };
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function momentsOf(shares: readonly number[]): { mean: number; deviation: number } {
  const sum = (value: (level: number) => number): number =>
    shares.reduce((total, share, at) => total + share * value(LEVELS[at] ?? 0), 0);
  const mean = sum((level) => level);
  return { mean, deviation: Math.sqrt(Math.max(0, sum((level) => level * level) - mean * mean)) };
}
