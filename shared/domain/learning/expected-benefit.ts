import type { Circumstances } from '../circumstances/circumstances.ts';
import type { ActionOutcome } from './action-experience.ts';
import { ASPECTS } from './circumstance-aspects.ts';
import { type Followed, follow, momentsOf, statedBelief, type Trial } from './effect-belief.ts';

/** How often a year an effect may become another one, and how many outcomes a plug-in's own confidence may be worth. Outcomes decide between them. */
const CHANGES_PER_YEAR = [0.5, 1, 2, 4];
const STATED_WORTH = [1, 4];
const SUPPOSITIONS = CHANGES_PER_YEAR.flatMap((changesPerYear) =>
  STATED_WORTH.map((worth) => ({ changesPerYear, worth })),
);
type Supposition = (typeof SUPPOSITIONS)[number];

/** Outcomes that those of other places are worth at most: what helps one service says something about another, not all. */
const ELSEWHERE_WEIGHT = 6;
/** How likely it is, before outcomes speak, that circumstances do not matter to what an action does. */
const CIRCUMSTANCES_DO_NOT_MATTER = 0.5;

export interface ExpectationContext {
  readonly scope: string;
  readonly now: Date;
  /** At present; null: not known. */
  readonly circumstances: Circumstances | null;
}

/** The expected chance that an action helps, and how unsure it is, as a standard deviation. */
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

/** A way to tell occasions apart: those like the present ones, and the others in groups. */
interface Partition {
  readonly here: readonly Occasion[];
  readonly elsewhere: readonly (readonly Occasion[])[];
  /** How likely it is, before outcomes speak, that the effect differs just so. */
  readonly prior: number;
}

interface View {
  readonly logEvidence: number;
  readonly mean: number;
  readonly square: number;
}

/**
 * What to expect of each action. Each supposition of how fast effects change and what stated confidences are worth is followed through all
 * outcomes, and counts by how well it foretold them (J. A. Hoeting et al., "Bayesian model averaging: a tutorial", 1999).
 */
export function expectBenefits(actions: readonly KnownAction[], context: ExpectationContext): Expectation[] {
  const known = actions.map(({ stated, outcomes }) => ({
    stated,
    partitions: partitionsOf(occasionsOf(outcomes, context.scope), context.circumstances),
  }));
  const supposed = SUPPOSITIONS.map((supposition) => {
    const views = known.map(({ stated, partitions }) => viewOf(stated, partitions, supposition, context.now));
    return { views, logEvidence: views.reduce((sum, view) => sum + view.logEvidence, 0) };
  });
  const shares = sharesOf(supposed.map(({ logEvidence }) => logEvidence));
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
      helped: outcome.verified === 'recovered',
      at: Date.parse(outcome.at),
      weight: outcome.scope === scope ? 1 : weightElsewhere,
      circumstances: outcome.circumstances ?? null,
    }))
    .sort((a, b) => a.at - b.at);
}

/** All occasions alike, and apart by each aspect in which some differ from the present. One of which the aspect is not known does not differ. */
function partitionsOf(occasions: readonly Occasion[], present: Circumstances | null): Partition[] {
  const prior = (1 - CIRCUMSTANCES_DO_NOT_MATTER) / ASPECTS.length;
  const apart = ASPECTS.flatMap((aspect): Partition[] => {
    const now = present === null ? null : aspect(present);
    if (now === null) return [];
    const groups = Map.groupBy(occasions, ({ circumstances }) => (circumstances && aspect(circumstances)) ?? now);
    const here = groups.get(now) ?? [];
    if (here.length === occasions.length) return [];
    return [{ here, elsewhere: [...groups.values()].filter((group) => group !== here), prior }];
  });
  return [{ here: occasions, elsewhere: [], prior: 1 - prior * apart.length }, ...apart];
}

/**
 * One action under one supposition. That its effect is the same in all circumstances, and that it differs by one aspect of them, are
 * weighed by how well they foretold the outcomes: those from like circumstances count more where that foretells better, and only there
 * (mixing of partitions: F. Willems, Y. Shtarkov and T. Tjalkens, "The context-tree weighting method", 1995).
 */
function viewOf(
  stated: number,
  partitions: readonly Partition[],
  { changesPerYear, worth }: Supposition,
  now: Date,
): View {
  const start = statedBelief(stated, worth);
  const followed = (some: readonly Occasion[]): Followed => follow(start, some, { changesPerYear, now: now.getTime() });
  const views = partitions.map(({ here, elsewhere, prior }) => {
    const { belief, logEvidence } = followed(here);
    const others = elsewhere.reduce((sum, some) => sum + followed(some).logEvidence, 0);
    return { ...momentsOf(belief), logEvidence: Math.log(prior) + logEvidence + others };
  });
  const scores = views.map(({ logEvidence }) => logEvidence);
  return { ...mixture(views, sharesOf(scores)), logEvidence: logSum(scores) };
}

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
