import { Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import type { ActionOutcome } from './action-experience.ts';

/** How one action did. */
export const ActionStats = z
  .object({
    action: z.string(),
    /** Outcomes that are known: verified by Selfheal, or judged by a person. */
    tries: z.number().int(),
    /** Share that helped. */
    helped: Proportion.nullable(),
    verified: z.number().int().meta({ description: 'Outcomes that Selfheal verified itself.' }),
    judgedByPeople: z.number().int().meta({ description: 'Rejected, or called wrong.' }),
    undone: z.number().int(),
    /** From the intent to the end of the incident, where it helped; null while no outcome has it. */
    meanSecondsToRecover: z.number().nullable(),
    lastAt: z.string(),
  })
  .meta({ id: 'ActionStats' });
export type ActionStats = z.infer<typeof ActionStats>;

/** Figures for each action, the most tried first. */
export function actionStatsOf(outcomes: readonly ActionOutcome[]): ActionStats[] {
  return [...Map.groupBy(outcomes, ({ actionId }) => actionId)]
    .map(([action, own]) => statsOf(action, own))
    .sort((a, b) => b.tries - a.tries || (a.action < b.action ? -1 : 1));
}

function statsOf(action: string, own: readonly ActionOutcome[]): ActionStats {
  const helped = own.filter(({ verified }) => verified === 'recovered');
  const seconds = helped.flatMap(({ secondsToRecover }) => secondsToRecover ?? []);
  const byPeople = own.filter(({ by }) => by !== undefined).length;
  return {
    action,
    tries: own.length,
    helped: proportionOf(helped.length, own.length),
    verified: own.length - byPeople,
    judgedByPeople: byPeople,
    undone: own.filter(({ undone }) => undone === true).length,
    meanSecondsToRecover: seconds.length === 0 ? null : seconds.reduce((sum, one) => sum + one, 0) / seconds.length,
    lastAt: own.reduce((last, { at }) => (at > last ? at : last), ''),
  };
}
