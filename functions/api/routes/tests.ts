import { TestOwner } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import {
  MAX_EXTENSION_DAYS,
  quarantineEnd,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import * as z from 'zod';
import {
  decideQuarantine,
  type KnownTest,
  type QuarantineChange,
  readTest,
  readTests,
  type TestDeps,
  testedRepositories,
} from '#shared/app/learning/tests.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';
import { Reason, Revision, revisionOf } from './knowledge-requests.ts';

export type TestRoutesDeps = TestDeps;

const State = z.enum(['quarantined', 'expired', 'released', 'flaky', 'broken', 'steady']);

const Quarantine = z.object({
  revision: z.number().int(),
  since: z.string(),
  until: z.string().meta({ description: 'Its last day (UTC), as people decided since.' }),
  owner: TestOwner,
  file: z.string().nullable(),
  issue: z.number().int(),
  url: z.string(),
  incidentId: z.string().meta({ description: 'In which it was put into quarantine.' }),
  commits: z.array(z.string()).meta({ description: 'On which it both failed and passed.' }),
  decisions: z.array(
    z.object({
      kind: z.enum(['released', 'extended']),
      at: z.string(),
      by: z.string(),
      reason: z.string(),
      until: z.string(),
    }),
  ),
});

const TestSummary = z
  .object({
    key: z.string(),
    name: z.string(),
    state: State,
    reason: z.string().meta({ description: 'Its results, in words.' }),
    score: z.number().nullable().meta({ description: 'Probability that it fails by chance.' }),
    rate: z
      .tuple([z.number(), z.number()])
      .readonly()
      .nullable()
      .meta({ description: '95 % interval of how often it fails.' }),
    runs: z.number().int(),
    failures: z.number().int(),
    failuresPerWeek: z.number().nullable().meta({
      description: 'Runs a week that failed with it since its first failure: those that cost most are listed first.',
    }),
    lastAt: z.string(),
    quarantine: Quarantine.nullable(),
  })
  .meta({ id: 'TestSummary', description: 'Names come from logs: show them as plain text.' });

export const TestDetails = TestSummary.extend({
  results: z.array(
    z.object({
      runId: z.number().int(),
      attempt: z.number().int(),
      passed: z.boolean(),
      commit: z.string(),
      onDefaultBranch: z.boolean(),
      incidentId: z.string().nullable(),
    }),
  ),
}).meta({ id: 'TestDetails', description: '`results`: the newest failures and the newest successes, newest first.' });

export const TestList = z
  .object({
    repositories: z.array(z.object({ name: z.string(), at: z.string() })),
    repository: z.string().nullable(),
    tests: z.array(TestSummary),
    more: z.boolean().meta({ description: 'Whether there are more of them than `limit`.' }),
  })
  .meta({ id: 'TestList' });

const TAGS = ['tests'];
const Of = z.strictObject({ repository: RepositoryName });
const TestPath = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{16}$/, 'Must be the key of a test, 16 hex digits'),
});
const CHANGED = withProblems({
  409: 'It is not done; `detail` says why.',
  412: 'Somebody else changed it: read it again.',
  428: 'The header if-match is missing.',
});

const list = routeFor('read', {
  method: 'get',
  path: '/api/tests',
  tags: TAGS,
  summary: 'List the tests of a repository that fail by chance, and those in quarantine',
  description:
    'Without `repository` that of the test that failed last. `all=true` adds tests that fail for a reason, and those with too few results.',
  request: {
    query: z.strictObject({
      repository: RepositoryName.optional(),
      all: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
  },
  responses: { ...answers('The tests, what needs a person first.', TestList), ...NOT_FOUND },
});
const show = routeFor('read', {
  method: 'get',
  path: '/api/tests/{key}',
  tags: TAGS,
  summary: 'Read one test: its results, why it counts as flaky, its quarantine and who owns it',
  request: { params: TestPath, query: Of },
  responses: {
    ...answers('The test; its `etag` is the revision of its quarantine.', TestDetails),
    ...NOT_FOUND,
  },
});
const release = routeFor('operate', {
  method: 'post',
  path: '/api/tests/{key}/release',
  tags: TAGS,
  summary: 'End the quarantine of a test: its failures count like any other from now on',
  description: 'The issue on GitHub stays as it is.',
  request: { params: TestPath, query: Of, headers: Revision, body: jsonBody(z.strictObject({ reason: Reason })) },
  responses: { ...answers('The test.', TestDetails), ...NOT_FOUND, ...CHANGED },
});
const extend = routeFor('operate', {
  method: 'post',
  path: '/api/tests/{key}/extend',
  tags: TAGS,
  summary: 'Give a test in quarantine more time',
  description: `Until a later day, at most ${MAX_EXTENSION_DAYS} days from today (UTC). The issue on GitHub stays as it is.`,
  request: {
    params: TestPath,
    query: Of,
    headers: Revision,
    body: jsonBody(z.strictObject({ reason: Reason, until: z.iso.date() })),
  },
  responses: { ...answers('The test.', TestDetails), ...NOT_FOUND, ...CHANGED },
});

export function testRoutes(deps: TestRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const { repository: asked, all, limit } = context.req.valid('query');
      const repositories = await testedRepositories(deps);
      const repository = asked ?? repositories[0]?.name ?? null;
      const known = repository === null ? [] : await readTests(repository, deps);
      if (known === null) throw unknownRepository(repository);
      const wanted = all === 'true' ? known : known.filter(({ state }) => state !== 'broken' && state !== 'steady');
      const tests = wanted.slice(0, limit).map(summaryOf);
      return context.json({ repositories, repository, tests, more: wanted.length > limit }, 200);
    })
    .openapi(show, async (context) => {
      const { key } = context.req.valid('param');
      const { repository } = context.req.valid('query');
      const test = await readTest(repository, key, deps);
      if (test === null) throw missing(key, repository);
      return context.json(detailsOf(test), 200, etagOf(test));
    })
    .openapi(release, async (context) => {
      const { reason } = context.req.valid('json');
      const at = placeOf(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const change = await decideQuarantine(at, { kind: 'released', reason }, context.get('caller').name, deps);
      const test = doneOrProblem(change, at);
      return context.json(detailsOf(test), 200, etagOf(test));
    })
    .openapi(extend, async (context) => {
      const asked = { kind: 'extended' as const, ...context.req.valid('json') };
      const at = placeOf(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const test = doneOrProblem(await decideQuarantine(at, asked, context.get('caller').name, deps), at);
      return context.json(detailsOf(test), 200, etagOf(test));
    });
}

const placeOf = (
  { key: testKey }: { readonly key: string },
  { repository }: { readonly repository: string },
  { 'if-match': seen }: { readonly 'if-match'?: string | undefined },
) => ({ testKey, repository, revision: revisionOf(seen) });

const unknownRepository = (name: string | null): Problem =>
  new Problem(
    'not-found',
    `No test of ${name ?? 'this repository'} has failed so far. GET /api/tests names the repositories.`,
  );

const missing = (key: string, repository: string): Problem =>
  new Problem('not-found', `No test ${key} of ${repository} is on record. GET /api/tests lists them.`);

/** A test without a quarantine has nothing that could change meanwhile. */
const etagOf = ({ quarantine }: KnownTest): Record<string, string> =>
  quarantine === null ? {} : { etag: `"${quarantine.revision}"` };

function doneOrProblem(
  change: QuarantineChange,
  { testKey, repository }: { readonly testKey: string; readonly repository: string },
): KnownTest {
  switch (change.kind) {
    case 'done':
      return change.test;
    case 'refused':
      throw new Problem('not-now', `Not done: ${change.reason}.`);
    case 'changed-meanwhile':
      throw new Problem('changed-meanwhile', `The quarantine of test ${testKey} was changed meanwhile: read it again.`);
    case 'not-found':
      throw new Problem('not-found', `The test ${testKey} of ${repository} was never in quarantine.`);
    default:
      return change satisfies never;
  }
}

function summaryOf({ quarantine, results, ...test }: KnownTest): z.infer<typeof TestSummary> {
  return { ...test, quarantine: quarantine === null ? null : quarantineOf(quarantine) };
}

function quarantineOf(quarantine: NonNullable<KnownTest['quarantine']>): z.infer<typeof Quarantine> {
  const { revision, since, issue, url, decisions } = quarantine;
  const { owner, file, incidentId, commits } = quarantine.test;
  return { revision, since, until: quarantineEnd(quarantine), owner, file, issue, url, incidentId, commits, decisions };
}

const detailsOf = (test: KnownTest): z.infer<typeof TestDetails> => ({
  ...summaryOf(test),
  results: test.results.map(({ incidentId = null, ...result }) => ({ ...result, incidentId })),
});
