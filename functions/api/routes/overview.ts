import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { type KnownCourses, type OverviewDeps, readOverview } from '#shared/app/incidents/overview.ts';
import { FIGURE_DEFINITIONS, type FigureId } from '#shared/domain/answers/figures.ts';
import { answers, makeRoutes, routeFor } from './contract.ts';

export type OverviewRoutesDeps = OverviewDeps;

const count = z.number().int();
const spread = z
  .object({ p50: z.number(), p90: z.number() })
  .nullable()
  .meta({ description: 'Seconds from the opening: of half, and of nine of ten incidents. Null without any.' });

const FIGURES = {
  opened: count,
  ended: count,
  healed: count.meta({ description: 'By an action, as verified.' }),
  automaticShare: z
    .number()
    .nullable()
    .meta({ description: 'Share of ended incidents healed for good without a person.' }),
  seconds: z.object({ classified: spread, commented: spread, answer: spread, healed: spread }),
  falseFixes: count.meta({ description: 'Of `everHealed`; see the definition in `figures`.' }),
  everHealed: count.meta({ description: 'Incidents that an action healed in some attempt.' }),
  accuracy: z
    .object({ right: count, of: count })
    .meta({ description: 'Actions that helped and lasted, of those whose outcome is known.' }),
  analysed: z
    .object({ recognised: count, of: count, classes: count })
    .meta({ description: 'Incidents whose failure was recognised, of all, and the number of their classes.' }),
  flaky: count.meta({ description: 'Failures that were found to be by chance.' }),
  model: z.object({ asked: count, microdollars: z.number().nullable() }),
};

const FIGURE_IDS = FIGURE_DEFINITIONS.map(({ id }) => id) as [FigureId, ...FigureId[]];

const Figure = z
  .object({
    id: z.enum(FIGURE_IDS),
    label: z.string(),
    unit: z.enum(['incidents', 'share', 'seconds', 'microdollars']),
    definition: z.string(),
    value: z.number().nullable().meta({ description: 'Of all 14 days; null where there is nothing to count.' }),
    of: z.number().nullable().meta({ description: 'The incidents that it is a part or share of.' }),
    p90: z.number().nullable().meta({ description: 'Nine of ten took at most so long; of times only.' }),
    latest: z.number().nullable().meta({ description: 'Of the last seven days.' }),
    before: z.number().nullable().meta({ description: 'Of the seven days before.' }),
  })
  .meta({ id: 'Figure', description: 'A figure with the sentence that defines it.' });

export const Overview = z
  .object({
    at: z.iso.datetime(),
    open: z
      .object({ count, more: z.boolean(), inProgress: count, withPerson: count, from: z.string() })
      .meta({ description: 'As listed by `GET /api/incidents?status=open,suggested,escalated&from=` with `from`.' }),
    figures: z.array(Figure).readonly().meta({ description: 'The figures that people are shown, in this order.' }),
    days: z.array(z.object({ day: z.string(), opened: count, healed: count, human: count })).readonly(),
    ...FIGURES,
    weeks: z
      .object({ latest: z.object(FIGURES), before: z.object(FIGURES) })
      .meta({ description: 'The last seven days, and the seven before them.' }),
    corrected: count,
    classes: z.array(z.object({ class: FailureClass, count })).readonly(),
    complete: z.boolean(),
  })
  .meta({ id: 'Overview', description: 'The last 14 days, in the time zone of the deployment; today is the last.' });

const show = routeFor('read', {
  method: 'get',
  path: '/api/overview',
  tags: ['incidents'],
  summary: 'Count what is open and how the last two weeks went',
  responses: answers('The counts.', Overview),
});

export function overviewRoutes(deps: OverviewRoutesDeps) {
  const known: KnownCourses = new Map();
  return makeRoutes().openapi(show, async (context) => context.json(await readOverview(deps, known), 200));
}
