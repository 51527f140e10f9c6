import * as z from 'zod';
import { apiOf, defineTool, needsApi, Outside, outside, outsideOrNull, parsed } from '../contract.ts';

const MAX_SETTINGS = 4000;

const Tests = z.object({
  repository: z.string().nullable(),
  tests: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      state: z.enum(['quarantined', 'expired', 'released', 'flaky', 'broken', 'steady']),
      reason: z.string(),
      score: z.number().nullable(),
      runs: z.number().int(),
      failures: z.number().int(),
      lastAt: z.string(),
    }),
  ),
});

const isTestFlaky = defineTool({
  name: 'is_test_flaky',
  title: 'Is this test flaky',
  description:
    'Whether tests of a repository fail by chance, by their recorded results: state, probability, runs and failures. `name` narrows it to tests whose name contains it.',
  kind: 'read',
  needs: needsApi,
  input: {
    repository: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'owner/name; without it that of the last failure.' }),
    name: z.string().trim().min(1).max(300).optional().meta({ description: 'Part of the test’s name.' }),
  },
  output: {
    repository: Outside.nullable(),
    tests: z
      .array(
        z.object({
          key: z.string(),
          name: Outside,
          state: z.enum(['quarantined', 'expired', 'released', 'flaky', 'broken', 'steady']),
          why: Outside,
          probability: z.number().nullable().meta({ description: 'That it fails by chance.' }),
          runs: z.number().int(),
          failures: z.number().int(),
          lastAt: z.string(),
        }),
      )
      .readonly(),
  },
  rows: 'tests',
  async run({ repository, name }, ports, { signal }) {
    // A name is looked for among all of them: a steady test is an answer, too.
    const asked = { repository, all: name === undefined ? 'false' : 'true', limit: '500' };
    const found = parsed(Tests, await apiOf(ports).get('/api/tests', asked, signal));
    const wanted = name?.toLowerCase();
    const tests = found.tests.filter((test) => wanted === undefined || test.name.toLowerCase().includes(wanted));
    return {
      repository: outsideOrNull(found.repository),
      tests: tests.map(({ name: given, reason, score, ...test }) => ({
        ...test,
        name: outside(given),
        why: outside(reason),
        probability: score,
      })),
    };
  },
});

const Approvals = z.object({
  approvals: z.array(
    z.object({
      incidentId: z.string(),
      digest: z.string(),
      title: z.string(),
      risk: z.string(),
      place: z.string(),
      failure: z.string().nullable(),
      state: z.string(),
      expiresAt: z.string(),
    }),
  ),
});

const listApprovals = defineTool({
  name: 'list_approvals',
  title: 'Plans that wait for a person',
  description:
    'Plans that wait for a decision, each with the link where a person decides. This server decides nothing.',
  kind: 'read',
  needs: needsApi,
  input: {},
  output: {
    approvals: z
      .array(
        z.object({
          incident: z.string(),
          title: Outside,
          place: Outside,
          failure: Outside.nullable(),
          risk: z.string(),
          state: z.string(),
          expiresAt: z.string(),
          link: z.string().nullable().meta({ description: 'Show it to the person.' }),
        }),
      )
      .readonly(),
  },
  rows: 'approvals',
  async run(_, ports, { signal }) {
    const api = apiOf(ports);
    const { approvals } = parsed(Approvals, await api.get('/api/approvals', {}, signal));
    return {
      approvals: approvals.map(({ incidentId, digest, title, place, failure, ...one }) => ({
        incident: incidentId,
        title: outside(title, 200),
        place: outside(place, 200),
        failure: outsideOrNull(failure),
        risk: one.risk,
        state: one.state,
        expiresAt: one.expiresAt,
        link: api.dashboardUrl === null ? null : `${api.dashboardUrl}/approvals/${incidentId}/${digest}`,
      })),
    };
  },
});

const Policy = z.object({
  revision: z.number().nullable(),
  killSwitch: z.object({ killSwitch: z.boolean(), reason: z.string().nullable(), since: z.string().optional() }),
  unreadable: z.string().nullable(),
  effective: z.record(z.string(), z.unknown()),
  origins: z.array(z.object({ field: z.string(), value: z.unknown(), from: z.string() })),
});

const showPolicy = defineTool({
  name: 'show_policy',
  title: 'Policy and kill switch',
  description: 'Whether everything is stopped, and the settings that hold now with where each comes from.',
  kind: 'read',
  needs: needsApi,
  input: { field: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of a setting’s name.' }) },
  output: {
    stopped: z.boolean(),
    why: Outside.nullable(),
    since: z.string().nullable(),
    revision: z.number().nullable(),
    unreadable: Outside.nullable().meta({ description: 'Why the settings of people cannot be used.' }),
    settings: z.array(z.object({ field: z.string(), value: Outside, from: Outside })).readonly(),
  },
  rows: 'settings',
  async run({ field }, ports, { signal }) {
    const { killSwitch, ...policy } = parsed(Policy, await apiOf(ports).get('/api/config', {}, signal));
    const origins = policy.origins.filter((one) => field === undefined || one.field.includes(field));
    return {
      stopped: killSwitch.killSwitch,
      why: outsideOrNull(killSwitch.reason),
      since: killSwitch.since ?? null,
      revision: policy.revision,
      unreadable: outsideOrNull(policy.unreadable),
      settings: origins.map((one) => ({
        field: one.field,
        value: outside(JSON.stringify(one.value) ?? 'null', MAX_SETTINGS),
        from: outside(one.from, 100),
      })),
    };
  },
});

const Experiment = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['running', 'paused', 'completed']),
  startedAt: z.string().nullable(),
  endsAt: z.string().nullable(),
});
const Experiments = z.object({ experiments: z.array(Experiment) });
const Results = Experiment.extend({
  incidents: z.number().int(),
  results: z.array(
    z.object({ id: z.string(), attempts: z.number().int(), successes: z.number().int(), rate: z.number().nullable() }),
  ),
  recommendation: z.object({ kind: z.string(), variantId: z.string().nullable(), reason: z.string() }),
});

const showExperiments = defineTool({
  name: 'show_experiments',
  title: 'Experiments',
  description:
    'Experiments that compare two actions. With `experiment` the results of that one, and which variant to prefer.',
  kind: 'read',
  needs: needsApi,
  input: {
    experiment: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,59}$/)
      .optional(),
  },
  output: {
    experiments: z
      .array(
        z.object({
          id: z.string(),
          title: Outside,
          status: z.string(),
          startedAt: z.string().nullable(),
          endsAt: z.string().nullable(),
          incidents: z.number().int().nullable(),
          results: z
            .array(
              z.object({
                variant: z.string(),
                attempts: z.number().int(),
                successes: z.number().int(),
                rate: z.number().nullable(),
              }),
            )
            .readonly(),
          recommendation: Outside.nullable(),
        }),
      )
      .readonly(),
  },
  rows: 'experiments',
  async run({ experiment }, ports, { signal }) {
    const api = apiOf(ports);
    if (experiment === undefined) {
      const { experiments } = parsed(Experiments, await api.get('/api/experiments', {}, signal));
      return {
        experiments: experiments.map(({ title, ...one }) => ({
          ...one,
          title: outside(title, 200),
          incidents: null,
          results: [],
          recommendation: null,
        })),
      };
    }
    const found = parsed(Results, await api.get(`/api/experiments/${experiment}/results`, {}, signal));
    const { title, results, recommendation, ...one } = found;
    return {
      experiments: [
        {
          ...one,
          title: outside(title, 200),
          results: results.map(({ id, ...result }) => ({ variant: id, ...result })),
          recommendation: outside(recommendation.reason),
        },
      ],
    };
  },
});

const Status = z.object({
  version: z.string(),
  workflow: z.object({ state: z.enum(['ok', 'stalled']), stalled: z.number().int() }),
  openIncidents: z.object({ count: z.number().int(), more: z.boolean() }),
  approvalsPending: z.number().int(),
  lastHealed: z.object({ id: z.string(), class: z.string().nullable(), at: z.string() }).nullable(),
  model: z.object({ languageModel: z.string(), degraded: z.boolean() }),
});

const showStatus = defineTool({
  name: 'show_status',
  title: 'Is Selfheal well',
  description:
    'Whether Selfheal itself is well: stalled incidents, open ones, plans that wait, the last healed incident, the model.',
  kind: 'read',
  needs: needsApi,
  input: {},
  output: Status.shape,
  run: async (_, ports, { signal }) => parsed(Status, await apiOf(ports).get('/api/status', {}, signal)),
});

export const OPERATION_TOOLS = [isTestFlaky, listApprovals, showPolicy, showExperiments, showStatus];
