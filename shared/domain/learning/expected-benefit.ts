import type { Circumstances } from '../policy/circumstances/circumstances.ts';
import type { ActionOutcome } from './action-experience.ts';
import { type Followed, follow, likelihoodsOf, momentsOf, statedBelief, type Trial } from './effect-belief.ts';

/** One aspect of the circumstances that may change an action's effect, as one of a few values; null: unknown. */
type Aspect = (circumstances: Circumstances) => string | null;

/** Incidents of a scope within a day from which on something unusual may be going on. */
const MANY_INCIDENTS = 4;

/** Time of the week, load, whether something was deployed within a day, and how often it has failed within a day. */
const ASPECTS: readonly Aspect[] = [
  ({ partOfWeek }) => partOfWeek,
  ({ load }) => (load === 'unknown' ? null : load),
  ({ recentDeployments }) => {
    if (recentDeployments === null) return null;
    return recentDeployments > 0 ? 'deployed' : 'untouched';
  },
  ({ incidentsInDay }) => {
    if (incidentsInDay === 0) return 'first';
    return incidentsInDay < MANY_INCIDENTS ? 'some' : 'many';
  },
];

/**
 * Hypotheses: how often per year an effect may change, and how many outcomes a plug-in's own confidence is worth.
 * Outcomes decide between them.
 */
const CHANGES_PER_YEAR = [0.5, 1, 2, 4];
const STATED_WORTH = [1, 4];
/** The aspect of circumstances that changes what actions do, or null for none; with its prior probability. */
const DECISIVE: readonly { aspect: Aspect | null; prior: number }[] = [
  { aspect: null, prior: 0.5 },
  ...ASPECTS.map((aspect) => ({ aspect, prior: 0.5 / ASPECTS.length })),
];
/** Probability that it changes the effect of one of the actions, where it changes any. */
const CONCERNS_AN_ACTION = 0.5;

/** Maximum weight of outcomes from other scopes: what helps one service is only weak evidence for another. */
const ELSEWHERE_WEIGHT = 6;

export interface ExpectationContext {
  readonly scope: string;
  readonly now: Date;
  /** Current circumstances; null: unknown. */
  readonly circumstances: Circumstances | null;
}

/** The expected chance that an action helps, and its standard deviation. */
export interface Expectation {
  readonly mean: number;
  readonly deviation: number;
}

/** An action with the confidence that its plug-in states, and its outcomes. */
export interface KnownAction {
  readonly stated: number;
  readonly outcomes: readonly ActionOutcome[];
}

interface Occasion extends Trial {
  readonly circumstances: Circumstances | null;
}

/** Outcomes in circumstances like the present ones, and the others in groups. */
interface Partition {
  readonly here: readonly Occasion[];
  readonly others: readonly (readonly Occasion[])[];
}

interface View {
  readonly logEvidence: number;
  readonly mean: number;
  readonly square: number;
}

/**
 * Expected benefit of each action. Each hypothesis about how fast effects change, what stated confidences are worth and
 * which circumstances matter is tracked through all outcomes of the class and weighted by how well it predicted them
 * (J. A. Hoeting et al., "Bayesian model averaging: a tutorial", 1999).
 */
export function expectBenefits(actions: readonly KnownAction[], context: ExpectationContext): Expectation[] {
  const known = actions.map(({ stated, outcomes }) => {
    const all = occasionsOf(outcomes, context.scope);
    return { stated, all, partitions: DECISIVE.map(({ aspect }) => partitionBy(aspect, all, context.circumstances)) };
  });
  const supposed = STATED_WORTH.flatMap((worth) => {
    const started = known.map(({ stated, ...rest }) => ({ start: statedBelief(stated, worth), ...rest }));
    return CHANGES_PER_YEAR.flatMap((changesPerYear) => {
      const pace = { changesPerYear, now: context.now.getTime() };
      const byAction = started.map(({ start, all, partitions }) =>
        viewsOf(all, partitions, (some) => follow(start, some, pace)),
      );
      return DECISIVE.map(({ prior }, nth) => {
        const views = byAction.flatMap((some) => some[nth] ?? []);
        return { views, score: views.reduce((sum, { logEvidence }) => sum + logEvidence, Math.log(prior)) };
      });
    });
  });
  const shares = sharesOf(supposed.map(({ score }) => score));
  return known.map((_, at) => {
    const each = supposed.flatMap(({ views }) => views[at] ?? []);
    const { mean, square } = mixture(each, shares);
    return { mean, deviation: Math.sqrt(Math.max(0, square - mean ** 2)) };
  });
}

function occasionsOf(outcomes: readonly ActionOutcome[], scope: string): Occasion[] {
  const elsewhere = outcomes.filter((outcome) => outcome.scope !== scope).length;
  const weightElsewhere = Math.min(1, ELSEWHERE_WEIGHT / elsewhere);
  return outcomes
    .map((outcome) => ({
      at: Date.parse(outcome.at),
      likelihoods: likelihoodsOf(outcome.verified === 'recovered', outcome.scope === scope ? 1 : weightElsewhere),
      circumstances: outcome.circumstances ?? null,
    }))
    .sort((a, b) => a.at - b.at);
}

/** Null when all are in one group. Outcomes with an unknown aspect count as like the present. */
function partitionBy(
  aspect: Aspect | null,
  occasions: readonly Occasion[],
  present: Circumstances | null,
): Partition | null {
  const now = present === null || aspect === null ? null : aspect(present);
  if (aspect === null || now === null) return null;
  const groups = Map.groupBy(occasions, ({ circumstances }) => (circumstances && aspect(circumstances)) ?? now);
  const here = groups.get(now) ?? [];
  if (here.length === occasions.length) return null;
  return { here, others: [...groups.values()].filter((group) => group !== here) };
}

/**
 * One action, for each aspect that may matter. Whether it matters for this action is weighted by how well outcomes were
 * predicted separately and together: outcomes from similar circumstances count more only where that predicts better
 * (mixing of partitions: F. Willems, Y. Shtarkov and T. Tjalkens, "The context-tree weighting method", 1995).
 */
function viewsOf(
  all: readonly Occasion[],
  partitions: readonly (Partition | null)[],
  followed: (some: readonly Occasion[]) => Followed,
): View[] {
  const whole = viewOf(followed(all));
  return partitions.map((partition) => {
    if (partition === null) return whole;
    const own = followed(partition.here);
    const others = partition.others.reduce((sum, some) => sum + followed(some).logEvidence, 0);
    const apart = viewOf({ ...own, logEvidence: own.logEvidence + others });
    const scores = [
      whole.logEvidence + Math.log(1 - CONCERNS_AN_ACTION),
      apart.logEvidence + Math.log(CONCERNS_AN_ACTION),
    ];
    return { ...mixture([whole, apart], sharesOf(scores)), logEvidence: logSum(scores) };
  });
}

const viewOf = ({ belief, logEvidence }: Followed): View => ({ ...momentsOf(belief), logEvidence });

function mixture(
  parts: readonly Pick<View, 'mean' | 'square'>[],
  shares: readonly number[],
): Pick<View, 'mean' | 'square'> {
  const sum = (value: (part: Pick<View, 'mean' | 'square'>) => number): number =>
    parts.reduce((total, part, at) => total + value(part) * (shares[at] ?? 0), 0);
  return { mean: sum(({ mean }) => mean), square: sum(({ square }) => square) };
}

function logSum(logarithms: readonly number[]): number {
  const highest = Math.max(...logarithms);
  return highest + Math.log(logarithms.reduce((sum, one) => sum + Math.exp(one - highest), 0));
}

function sharesOf(logarithms: readonly number[]): number[] {
  const all = logSum(logarithms);
  return logarithms.map((one) => Math.exp(one - all));
}
