import * as z from 'zod';
import { Experiment } from './experiment.ts';

/** Days that an experiment may run which was started at run time. */
export const MAX_EXPERIMENT_DAYS = 90;
/** Started experiments that may run at the same time. */
export const MAX_STARTED = 10;

/**
 * An experiment that a person started at run time. It stays within what is deployed: it only changes which of the listed actions comes first, and
 * never holds one back.
 */
export const StartedExperiment = z
  .strictObject({
    version: z.literal(1),
    /** Counts changes; a writer names the revision that it read. */
    revision: z.number().int().positive(),
    experiment: Experiment,
    startedBy: z.string().max(200),
    startedAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    stopped: z.strictObject({ by: z.string().max(200), at: z.iso.datetime() }).nullable(),
  })
  .refine(({ experiment }) => experiment.variants.every(({ strategy }) => strategy.kind !== 'hold'), {
    message: 'only a deployed experiment may hold actions back',
  });
export type StartedExperiment = z.infer<typeof StartedExperiment>;

/** As it counts now: completed when its time is over or somebody stopped it. */
export function experimentAt({ experiment, stopped, endsAt }: StartedExperiment, now: Date): Experiment {
  const isOver = stopped !== null || Date.parse(endsAt) <= now.getTime();
  return isOver ? { ...experiment, status: 'completed' } : experiment;
}
