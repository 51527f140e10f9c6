import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import type { AwsPlace } from '../incident/aws-resource.ts';
import { type Job, jobKey } from '../incident/job.ts';

/** What a change is; the nodes of the change graph beside incidents. */
export const ChangeKind = z.enum([
  'commit',
  'pull-request',
  'release',
  'workflow-run',
  'deployment',
  'configuration-change',
]);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** How a node leads to an older one, or to what it went into. */
const EdgeKind = z.enum(['built-from', 'merged-as', 'deployed-by', 'rang-after', 'fixed-by']);

/** Id of a node: `commit:acme/shop@<sha>`, `deployment:ecs/shop/orders@<id>`, `incident:<id>`. */
const NodeId = z.string().min(1).max(400);

/** An edge from the node that holds it. */
export const ChangeEdge = z.strictObject({
  kind: EdgeKind,
  to: NodeId,
  /** By which fact it is known. */
  reason: z.string().max(200),
});
export type ChangeEdge = z.infer<typeof ChangeEdge>;

/**
 * Something that was changed, as whoever did it told of it. Written once for each fact; several facts about one change (it began, it succeeded)
 * share the id. Evidence for people and for a diagnosis, never by itself a reason to act.
 */
export const Change = z.strictObject({
  version: z.literal(1),
  id: NodeId,
  kind: ChangeKind,
  /** Where it was: a repository, a resource of AWS or a job (`placeOfRepository`, `placeOfResource`, `placeOfJob`). */
  places: z.array(z.string().min(1).max(400)).min(1).max(10),
  /** ISO 8601 instant at which it was made, by the sender's clock. */
  at: z.iso.datetime(),
  /** Id of the source that told of it. */
  source: z.string().max(40),
  /** What was changed, in few words. Tainted. */
  title: recordText({ max: 300 }),
  /** Login or name of whoever made it, as the sender gives it. Tainted. */
  by: recordText({ max: 100 }).nullable(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .nullable(),
  state: z.enum(['started', 'done', 'failed']),
  /** Paths that it touches, as far as the sender names them. Tainted. */
  files: z.array(recordText({ max: 300 })).max(100),
  /** By which fact it is known: `GitHub sent the event push`. */
  reason: z.string().max(200),
  edges: z.array(ChangeEdge).max(10),
});
export type Change = z.infer<typeof Change>;

/** Place of changes in a repository; its name's case does not matter. */
export const placeOfRepository = (repository: string): string => `repository:${repository.toLowerCase()}`;

/** Place of changes of a resource of AWS, in one account and region. */
export const placeOfResource = (resource: string, { account, region }: AwsPlace): string =>
  `aws:${account}/${region}/${resource}`;

/** Place of changes of a job in a job system, such as Jenkins. */
export const placeOfJob = (job: Job): string => jobKey(job);

export const commitId = (repository: string, sha: string): string => `commit:${repository.toLowerCase()}@${sha}`;

/** A commit by its whole hash is the same one wherever it is told of: by its code host and by a job that built it. */
const COMMIT = /^commit:.+@([0-9a-f]{40}|[0-9a-f]{64})$/;
const sameAs = (id: string): string => COMMIT.exec(id)?.[1] ?? id;

/**
 * One change for each id and each commit: its earliest instant, the state that was told last, all places, files and edges. A deployment takes over the files of the commits
 * that it was built from where they are among the changes, and those commits are left out: they came into effect with it.
 */
export function joinChanges(told: readonly Change[]): readonly Change[] {
  const whole = new Map<string, Change>();
  for (const change of [...told].sort((a, b) => a.at.localeCompare(b.at))) {
    const key = sameAs(change.id);
    const known = whole.get(key);
    whole.set(key, known === undefined ? change : joined(known, change));
  }
  const carried = new Set<string>();
  const withFiles = [...whole.values()].map((change) => {
    const commits = change.edges.flatMap(({ kind, to }) =>
      kind === 'built-from' ? (whole.get(sameAs(to)) ?? []) : [],
    );
    for (const { id } of commits) carried.add(id);
    return { ...change, files: unique([...change.files, ...commits.flatMap(({ files }) => files)]) };
  });
  return withFiles.filter(({ id }) => !carried.has(id));
}

function joined(first: Change, later: Change): Change {
  return {
    ...first,
    state: later.state === 'started' ? first.state : later.state,
    places: unique([...first.places, ...later.places]),
    files: unique([...first.files, ...later.files]),
    by: first.by ?? later.by,
    url: first.url ?? later.url,
    edges: [...first.edges, ...later.edges.filter(({ to }) => first.edges.every((edge) => edge.to !== to))],
  };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
