import * as z from 'zod';
import { digestOf } from '../../kernel/digest.ts';
import { FailureClass } from '../incident/failure-class.ts';
import { RepositoryName } from '../incident/target-context.ts';

const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);
/** Shares that are off by rounding still count as a hundred. */
const ROUNDING = 0.01;
/** Of the incidents, in percent: those that are held back wait longer than they would have to. */
const MOST_HELD_BACK = 10;

/** What a variant changes. Neither can make a plan bolder: only actions that code lists for the incident are chosen from. */
export const Strategy = z.discriminatedUnion('kind', [
  /** As without the experiment. */
  z.strictObject({ kind: z.literal('ranked') }),
  /** This action first, where it is listed and not riskier than the one that ranks first. */
  z.strictObject({ kind: z.literal('prefer'), actionId: Id }),
  /**
   * Nothing for so long, where Selfheal would act by itself at low risk on what is not critical: to learn what heals without it. What does
   * not is healed as without the experiment, only later.
   */
  z.strictObject({ kind: z.literal('hold'), minutes: z.number().int().min(1).max(60).default(15) }),
]);
export type Strategy = z.infer<typeof Strategy>;

const Variant = z.strictObject({
  id: Id,
  /** Of the incidents, in percent. */
  percent: z.number().positive().max(100),
  strategy: Strategy,
});
export type Variant = z.infer<typeof Variant>;

/** A comparison of strategies on incidents of a kind. The first variant is the control that the others are held against. */
export const Experiment = z
  .strictObject({
    id: Id,
    title: z.string().min(1).max(200),
    /** Only a running experiment serves. */
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
    if (Math.abs(sum - 100) > ROUNDING) {
      const message = `the percents of the variants sum to ${Number(sum.toFixed(4))}; make them sum to 100`;
      context.addIssue({ code: 'custom', path: ['variants'], message });
    }
    if (new Set(variants.map(({ id }) => id)).size < variants.length) {
      context.addIssue({ code: 'custom', path: ['variants'], message: 'two variants have the same id' });
    }
    const held = variants.reduce((total, { percent, strategy }) => total + (strategy.kind === 'hold' ? percent : 0), 0);
    if (held > MOST_HELD_BACK) {
      const message = `${held} percent are held back; make that ${MOST_HELD_BACK} at most`;
      context.addIssue({ code: 'custom', path: ['variants'], message });
    }
    if (variants[0]?.strategy.kind === 'hold') {
      const message = 'the first variant is the control: put the one that holds back behind it';
      context.addIssue({ code: 'custom', path: ['variants', 0], message });
    }
  });
export type Experiment = z.infer<typeof Experiment>;

/** What decides whether an experiment applies: trusted facts and the class. */
export interface ExperimentSubject {
  readonly class: FailureClass;
  readonly repository: string | null;
  readonly service: string | null;
}

/** The first running experiment that applies; an incident takes part in one at most, so that effects do not mix. */
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

/** Digits of the hash that make the number: 52 bits, what a double holds exactly. */
const HEX_DIGITS = 13;

/**
 * The variant of a unit (an incident's id): the same one always, and the variants' shares over many units. SHA-256 of experiment and
 * unit, so that two experiments divide the same units independently (R. Kohavi, D. Tang and Y. Xu, "Trustworthy Online Controlled
 * Experiments", 2020, chapter 14).
 */
export function assignVariant({ id, variants }: Pick<Experiment, 'id' | 'variants'>, unit: string): Variant {
  const share = Number.parseInt(digestOf(`${id}\n${unit}`, HEX_DIGITS), 16) / 16 ** HEX_DIGITS;
  let below = 0;
  for (const variant of variants) {
    below += variant.percent;
    if (share * 100 < below) return variant;
  }
  // Shares may sum to a hair less than a hundred.
  return variants.at(-1) as Variant;
}
