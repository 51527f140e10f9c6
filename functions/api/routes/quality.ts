import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import * as z from 'zod';
import { writingProblem } from '#shared/domain/access/workflow-run-caller.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { StatsStore } from '#shared/ports/test-store.ts';
import { Problem } from '../problem.ts';
import { answers, type Environment, jsonBody, makeRoutes, NOT_FOUND, routeForRuns, withProblems } from './contract.ts';

export interface QualityRoutesDeps {
  /** The state documents of a repository, `owner/name`; their texts are packed, as they travel. */
  readonly qualityOf: (repository: string) => QualityState;
  /** The text of a packed document. */
  readonly unpack: (content: string) => string;
  readonly stats: Pick<StatsStore, 'defaultBranch' | 'keepRunBaseline'>;
}

const Segment = z.string().regex(/^[\w.-]{1,100}$/, 'Must be a part of owner/name');
const Path = z.strictObject({
  owner: Segment,
  name: Segment,
  document: z
    .string()
    .regex(/^[a-z0-9.~-]{1,200}$/, 'Must be the name of a document, with ~ for each slash in it')
    .meta({ description: 'Its name, with `~` for each slash: `baselines~main`.' }),
});
const Content = z
  .string()
  .max(3_000_000)
  .meta({ description: 'UTF-8 text of at most 4,000,000 bytes, compressed with gzip, in base64.' });
const Document = z.object({ revision: z.string(), content: Content }).meta({ id: 'QualityDocument' });
const Written = z.object({ written: z.literal(true) });
/** The revisions that the state gives out. */
const Condition = z.object({
  'if-match': z
    .string()
    .regex(/^"[\w.-]{1,100}"$/, 'Must be the etag of what you read')
    .optional(),
  'if-none-match': z.literal('*', 'Must be *').optional(),
});

const TAGS = ['quality'];
const ABOUT =
  'For a run of a workflow with a token of GitHub Actions whose audience is the address of this API, for its own repository alone; for people and programs by their roles.';

const read = routeForRuns('read', {
  method: 'get',
  path: '/api/repositories/{owner}/{name}/quality/{document}',
  tags: TAGS,
  summary: "Read a document of a repository's quality checks: baselines, coverage map, test history",
  description: ABOUT,
  request: { params: Path },
  responses: { ...answers('The document; its `etag` is its revision.', Document), ...NOT_FOUND },
});
const write = routeForRuns('administer', {
  method: 'put',
  path: '/api/repositories/{owner}/{name}/quality/{document}',
  tags: TAGS,
  summary: "Write a document of a repository's quality checks",
  description: `${ABOUT} Of runs only those of the default branch may write.`,
  request: {
    params: Path,
    headers: Condition,
    body: jsonBody(z.strictObject({ content: Content })),
  },
  responses: {
    ...answers('It is written.', Written),
    ...withProblems({
      412: 'Somebody else changed it: read it again.',
      413: 'It is too large.',
      428: 'Neither if-match nor if-none-match is given.',
    }),
  },
});

export function qualityRoutes({ qualityOf, unpack, stats }: QualityRoutesDeps) {
  return makeRoutes()
    .openapi(read, async (context) => {
      const { repository, document } = placeOf(context.req.valid('param'), context.get('workflowRun'));
      const found = await qualityOf(repository).read(document);
      if (found === null) throw new Problem('not-found', `${repository} has no document ${document} yet.`);
      const { text, revision } = found;
      return context.json({ revision, content: text }, 200, { etag: `"${revision}"` });
    })
    .openapi(write, async (context) => {
      const run = context.get('workflowRun');
      const { repository, document } = placeOf(context.req.valid('param'), run);
      const problem = run === undefined ? null : writingProblem(run, await stats.defaultBranch(run.repositoryId));
      if (problem !== null) throw new Problem('forbidden', problem);
      const { 'if-match': seen, 'if-none-match': none } = context.req.valid('header');
      if ((seen === undefined) === (none === undefined))
        throw new Problem(
          'revision-needed',
          'Send if-match with the etag that you read, or if-none-match: * for a new document.',
        );
      const { content } = context.req.valid('json');
      const outcome = await qualityOf(repository).write(document, content, seen?.slice(1, -1) ?? null);
      if (outcome === 'changed-meanwhile')
        throw new Problem('changed-meanwhile', `${document} of ${repository} was written meanwhile: read it again.`);
      // Loaded on demand: only the runs of a default branch write.
      const { keepRunBaseline } = await import('#shared/app/gates/keep-run-baseline.ts');
      await keepRunBaseline({ repository, document, text: unpack(content) }, stats);
      return context.json({ written: true as const }, 200);
    });
}

/** Throws a problem where a run asks about another repository than its own. */
function placeOf(
  { owner, name, document }: z.infer<typeof Path>,
  run: Environment['Variables']['workflowRun'],
): { repository: string; document: string } {
  const repository = `${owner}/${name}`;
  if (!RepositoryName.safeParse(repository).success || owner === '..' || name === '..' || name === '.')
    throw new Problem('invalid-request', `${repository} is not a repository name (owner/name).`);
  if (run !== undefined && run.repository.toLowerCase() !== repository.toLowerCase())
    throw new Problem('forbidden', "A workflow's run may only read and write the quality documents of its repository.");
  return { repository, document: document.replaceAll('~', '/') };
}
