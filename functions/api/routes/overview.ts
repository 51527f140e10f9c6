import * as z from 'zod';
import { type OverviewDeps, readOverview } from '#shared/app/incidents/overview.ts';
import { FailureClass } from '#shared/domain/incident/failure-class.ts';
import { answers, makeRoutes, REFUSALS, routeFor } from './contract.ts';

export type OverviewRoutesDeps = OverviewDeps;

const count = z.number().int();
const seconds = z.number().nullable();

export const Overview = z
  .object({
    at: z.iso.datetime(),
    open: z.object({ count, more: z.boolean() }),
    days: z.array(z.object({ day: z.string(), opened: count, healed: count, human: count })).readonly(),
    ended: count,
    automaticShare: z.number().nullable(),
    medianSeconds: z.object({ classified: seconds, answer: seconds, healed: seconds }),
    corrected: count,
    classes: z.array(z.object({ class: FailureClass, count })).readonly(),
    model: z.object({ asked: count, microdollars: z.number().nullable() }),
    complete: z.boolean(),
  })
  .meta({ id: 'Overview', description: 'The last 14 days, in the time zone of the deployment; today is the last.' });

const show = routeFor('read', {
  method: 'get',
  path: '/api/overview',
  tags: ['incidents'],
  summary: 'Count what is open and how the last two weeks went',
  responses: { ...answers('The counts.', Overview), ...REFUSALS },
});

export function overviewRoutes(deps: OverviewRoutesDeps) {
  return makeRoutes().openapi(show, async (context) => context.json(await readOverview(deps), 200));
}
