import { digestOf } from '@selfheal/kernel/digest.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { RepositoryName } from '../incident/target-context.ts';

const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);
/** Percentages that are off by rounding still add up to a hundred. */
const ROUNDING = 0.01;
/** Maximum share of incidents, in percent, that a hold may delay. */
const MAX_HELD_BACK = 10;

/**
 * What a variant changes. It can never make a plan bolder: only actions that code lists for the incident are chosen
 * from.
 */
export const Strategy = z.discriminatedUnion('kind', [
  /** No change. */
  z.strictObject({ kind: z.literal('ranked') }),
  /** Puts this action first where it is listed and not riskier than the one that ranks first. */
  z.strictObject({ kind: z.literal('prefer'), actionId: Id }),
  /**
   * Waits this long before acting, where Selfheal would act by itself at low risk on services that are not critical: to
   * learn what heals by itself. The rest is healed as usual, only later.
   */
  z.strictObject({ kind: z.literal('hold'), minutes: z.number().int().min(1).max(60).default(15) }),
]);
export type Strategy = z.infer<typeof Strategy>;

const Variant = z.strictObject({
  id: Id,
  /** Share of the incidents, in percent. */
  percent: z.number().positive().max(100),
  strategy: Strategy,
});
export type Variant = z.infer<typeof Variant>;

/** What a variant does, in a few words: the action, how long it waits, or `ranked` for no change. */
export function solutionOf({ strategy }: Pick<Variant, 'strategy'>): string {
  switch (strategy.kind) {
    case 'prefer':
      return strategy.actionId;
    case 'hold':
      return `wait ${strategy.minutes} minutes`;
    case 'ranked':
      return 'ranked';
    default:
      return strategy satisfies never;
  }
}

/** A comparison of strategies on certain incidents. The first variant is the control. */
export const Experiment = z
  .strictObject({
    id: Id,
    title: z.string().min(1).max(200),
    /** Only a running experiment takes effect. */
    status: z.enum(['running', 'paused', 'completed']),
    /** Where it applies; an absent list means everywhere. */
    appliesTo: z
      .strictObject({
        classes: z.array(FailureClass).min(1).optional(),
        repositories: z.array(RepositoryName).min(1).optional(),
        services: z.array(Id).min(1).optional(),
      })
      .prefault({}),
    variants: z.array(Variant).min(2).max(10),
  })
  .superRefine(({ variants }, context) => {
    const sum = variants.reduce((total, { percent }) => total + percent, 0);
    // A sum of decimals has an error of its own: three times 33.33 is 99.99 and a little less.
    if (Math.abs(sum - 100) > ROUNDING + 1e-9) {
      const message = `the percents of the variants sum to ${Number(sum.toFixed(4))}; make them sum to 100`;
      context.addIssue({ code: 'custom', path: ['variants'], message });
    }
    if (new Set(variants.map(({ id }) => id)).size < variants.length) {
      context.addIssue({ code: 'custom', path: ['variants'], message: 'two variants have the same id' });
    }
    const held = variants.reduce((total, { percent, strategy }) => total + (strategy.kind === 'hold' ? percent : 0), 0);
    if (held > MAX_HELD_BACK) {
      const message = `${held} percent are held back; make that ${MAX_HELD_BACK} at most`;
      context.addIssue({ code: 'custom', path: ['variants'], message });
    }
    if (variants[0]?.strategy.kind === 'hold') {
      const message = 'the first variant is the control: put the one that holds back behind it';
      context.addIssue({ code: 'custom', path: ['variants', 0], message });
    }
  });
export type Experiment = z.infer<typeof Experiment>;

/** Facts that decide whether an experiment applies: trusted facts and the class. */
export interface ExperimentSubject {
  readonly class: FailureClass;
  readonly repository: string | null;
  readonly service: string | null;
}

/** The first running experiment that applies; an incident takes part in at most one, so that effects do not mix. */
export function experimentFor(subject: ExperimentSubject, experiments: readonly Experiment[]): Experiment | null {
  const fits = (list: readonly string[] | undefined, value: string | null): boolean =>
    list === undefined || (value !== null && list.includes(value));
  const found = experiments.find(
    ({ status, appliesTo }) =>
      status === 'running' &&
      fits(appliesTo.classes, subject.class) &&
      fits(appliesTo.repositories, subject.repository) &&
      fits(appliesTo.services, subject.service),
  );
  return found ?? null;
}

/** Hexadecimal digits of the hash that are used: 52 bits, which a double holds exactly. */
const HEX_DIGITS = 13;

/**
 * The variant of a unit (an incident's id): always the same one, with the variants' shares over many units. SHA-256 of
 * experiment and unit, so that two experiments divide the same units independently (R. Kohavi, D. Tang and Y. Xu,
 * "Trustworthy Online Controlled Experiments", 2020, chapter 14).
 */
export function assignVariant({ id, variants }: Pick<Experiment, 'id' | 'variants'>, unit: string): Variant {
  const share = Number.parseInt(digestOf(`${id}\n${unit}`, HEX_DIGITS), 16) / 16 ** HEX_DIGITS;
  let below = 0;
  for (const variant of variants) {
    below += variant.percent;
    if (share * 100 < below) return variant;
  }
  // Shares may add up to slightly less than a hundred.
  return variants.at(-1) as Variant;
}
