import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import type { ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import {
  type ExperimentChange,
  type ExperimentDeps,
  experimentResults,
  type ListedExperiment,
  listExperiments,
  startExperiment,
  stopExperiment,
} from '#shared/app/learning/experiments.ts';
import { PatternId } from '#shared/app/learning/write-pattern.ts';
import { solutionOf } from '#shared/domain/experiment/experiment.ts';
import { VariantResult } from '#shared/domain/experiment/results.ts';
import { MAX_EXPERIMENT_DAYS } from '#shared/domain/experiment/started-experiment.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems, writtenText } from './contract.ts';
import { DryRun, ScopeName, scopeOf } from './knowledge-requests.ts';

export type ExperimentRoutesDeps = ExperimentDeps & ScopeDeps & { readonly patterns: Pick<PatternStore, 'get'> };

const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Use lower-case letters, digits and hyphens');

export const ExperimentSummary = z
  .object({
    id: z.string(),
    title: z.string(),
    status: z.enum(['running', 'paused', 'completed']),
    source: z.enum(['deployed', 'started']),
    startedBy: z.string().nullable(),
    startedAt: z.string().nullable(),
    endsAt: z.string().nullable(),
    appliesTo: z.object({
      classes: z.array(FailureClass).optional(),
      repositories: z.array(z.string()).optional(),
      services: z.array(z.string()).optional(),
    }),
    variants: z.array(z.object({ id: z.string(), percent: z.number(), solution: z.string() })),
  })
  .meta({ id: 'Experiment' });

export const ExperimentReport = ExperimentSummary.extend({
  incidents: z.number().int().meta({ description: 'With a verified outcome.' }),
  results: z.array(VariantResult),
  recommendation: z.object({
    kind: z.enum(['too-early', 'no-difference-yet', 'prefer']),
    variantId: z.string().nullable(),
    reason: z.string(),
    confidence: z
      .number()
      .nullable()
      .meta({ description: 'That the named variant is better; null while none is named.' }),
  }),
}).meta({ id: 'ExperimentReport' });

const TAGS = ['experiments'];
const CONFLICT = withProblems({ 409: 'It is not done; `detail` says why.' });
const Path = z.strictObject({ id: Id });

const list = routeFor('read', {
  method: 'get',
  path: '/api/experiments',
  tags: TAGS,
  summary: 'List the deployed experiments and those that people started',
  responses: answers('At most 120.', z.object({ experiments: z.array(ExperimentSummary) })),
});
const results = routeFor('read', {
  method: 'get',
  path: '/api/experiments/{id}/results',
  tags: TAGS,
  summary: 'Incidents, success rate, time to heal and side effects of each variant, and which one to prefer',
  request: { params: Path },
  responses: { ...answers('The results.', ExperimentReport), ...NOT_FOUND },
});
const start = routeFor('operate', {
  method: 'post',
  path: '/api/experiments',
  tags: TAGS,
  summary: 'Compare two deployed actions for some days',
  description:
    'It changes only which of the listed actions comes first, never to a riskier one, and holds nothing back. An incident takes part in the first experiment that applies, deployed ones first.',
  request: {
    body: jsonBody(
      z.strictObject({
        id: Id,
        title: writtenText(200),
        pattern: PatternId.optional().meta({ description: 'Applies to its class; needs `scope`.' }),
        scope: ScopeName.optional(),
        class: FailureClass.optional(),
        repository: RepositoryName.optional(),
        service: Id.optional(),
        solutionA: Id.meta({ description: 'A deployed action or playbook, or `ranked` for the one that ranks first.' }),
        solutionB: Id,
        percentA: z.number().min(1).max(99).default(50),
        days: z.number().int().min(1).max(MAX_EXPERIMENT_DAYS).default(14),
        dryRun: DryRun,
      }),
    ),
  },
  responses: { ...answers('The experiment.', ExperimentSummary), ...NOT_FOUND, ...CONFLICT },
});
const stop = routeFor('operate', {
  method: 'post',
  path: '/api/experiments/{id}/stop',
  tags: TAGS,
  summary: 'End an experiment that somebody started; its results stay',
  request: { params: Path },
  responses: { ...answers('The experiment.', ExperimentSummary), ...NOT_FOUND, ...CONFLICT },
});

/** Probability of naming a winner where there is none; see `resultsOf`. */
const CONFIDENCE = 0.95;

export function experimentRoutes(deps: ExperimentRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => context.json({ experiments: (await listExperiments(deps)).map(summaryOf) }, 200))
    .openapi(results, async (context) => {
      const { id } = context.req.valid('param');
      const found = await experimentResults(id, deps);
      if (found === null) throw missing(id);
      const { recommendation, variants } = found.results;
      const variantId = recommendation.kind === 'prefer' ? recommendation.variantId : null;
      return context.json(
        {
          ...summaryOf(found),
          incidents: found.incidents,
          results: variants.map((one) => ({ ...one, sideEffects: { ...one.sideEffects } })),
          recommendation: {
            ...{ kind: recommendation.kind, reason: recommendation.reason, variantId },
            confidence: variantId === null ? null : CONFIDENCE,
          },
        },
        200,
      );
    })
    .openapi(start, async (context) => {
      const {
        dryRun,
        scope,
        pattern,
        class: failureClass,
        repository = null,
        service = null,
        ...order
      } = context.req.valid('json');
      const classes = failureClass === undefined ? [] : [failureClass];
      if (pattern !== undefined) {
        if (scope === undefined) throw new Problem('invalid-request', 'scope: name the scope of the pattern.');
        const known = await deps.patterns.get(await scopeOf(scope, deps), pattern);
        if (known === null) throw new Problem('not-found', `There is no pattern ${pattern} in this scope.`);
        if (known.class === 'unknown' && classes.length === 0)
          throw new Problem(
            'invalid-request',
            `class: pattern ${pattern} has no failure class, so the experiment would apply to every failure. Name a class.`,
          );
        if (known.class !== 'unknown') classes.push(known.class);
      }
      const by = context.get('caller').name;
      const started = doneOrProblem(
        await startExperiment({ ...order, classes, repository, service }, { by, dryRun }, deps),
        order.id,
      );
      return context.json(summaryOf(started), 200);
    })
    .openapi(stop, async (context) => {
      const { id } = context.req.valid('param');
      return context.json(
        summaryOf(doneOrProblem(await stopExperiment(id, context.get('caller').name, deps), id)),
        200,
      );
    });
}

const missing = (id: string): Problem =>
  new Problem('not-found', `There is no experiment ${id}. GET /api/experiments lists them.`);

function doneOrProblem(change: ExperimentChange, id: string): ListedExperiment {
  switch (change.kind) {
    case 'done': {
      const { started } = change;
      const status = started.stopped === null ? ('running' as const) : ('completed' as const);
      return { experiment: { ...started.experiment, status }, started };
    }
    case 'invalid':
      throw new Problem('invalid-request', change.reason);
    case 'refused':
      throw new Problem('not-now', `Not done: ${change.reason}.`);
    case 'not-found':
      throw missing(id);
    default:
      return change satisfies never;
  }
}

function summaryOf({ experiment, started }: ListedExperiment): z.infer<typeof ExperimentSummary> {
  const { id, title, status, appliesTo, variants } = experiment;
  return {
    ...{ id, title, status, appliesTo },
    source: started === null ? 'deployed' : 'started',
    startedBy: started?.startedBy ?? null,
    startedAt: started?.startedAt ?? null,
    endsAt: started?.endsAt ?? null,
    variants: variants.map((one) => ({ id: one.id, percent: one.percent, solution: solutionOf(one) })),
  };
}
