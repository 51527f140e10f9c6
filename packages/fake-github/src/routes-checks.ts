import type { Answer } from '@selfheal/fake-server/wire.ts';
import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { githubError, loginOf, NotFound, pageOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { bodyOf } from './routes-git.ts';
import { accountId, nodeId, presentUser, seconds } from './shapes-account.ts';
import type { CheckAnnotation, CheckRunState } from './state.ts';

const REPO = '/repos/{owner}/{repo}';
const DOCS = 'https://docs.github.com/rest/checks/runs';
/** GitHub takes that many annotations in a request; further ones go with an update. */
const MAX_ANNOTATIONS = 50;
const MAX_SUMMARY_CHARACTERS = 65_535;
const CONCLUSIONS = ['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'timed_out'];

type Output = Pick<CheckRunState, 'title' | 'summary' | 'text'> & { readonly annotations: readonly CheckAnnotation[] };

const invalid = (message: string): Answer => githubError(422, `Invalid request.\n\n${message}`, DOCS);

function outputOf(given: unknown): Output | string | null {
  if (given === undefined) return null;
  const { title, summary, text = null, annotations = [] } = given as Readonly<Record<string, unknown>>;
  if (typeof title !== 'string' || typeof summary !== 'string') return 'output needs a title and a summary.';
  if (summary.length > MAX_SUMMARY_CHARACTERS) return 'Only 65535 characters are allowed; summary is too long.';
  if (text !== null && typeof text !== 'string') return 'text is not a string.';
  if ((text ?? '').length > MAX_SUMMARY_CHARACTERS) return 'Only 65535 characters are allowed; text is too long.';
  if (!Array.isArray(annotations)) return 'annotations is not an array.';
  if (annotations.length > MAX_ANNOTATIONS) return `No more than ${MAX_ANNOTATIONS} annotations are allowed.`;
  const bad = (annotations as CheckAnnotation[]).find(
    ({ path, start_line, end_line, annotation_level, message }) =>
      typeof path !== 'string' ||
      !Number.isInteger(start_line) ||
      !Number.isInteger(end_line) ||
      end_line < start_line ||
      !['notice', 'warning', 'failure'].includes(annotation_level) ||
      typeof message !== 'string' ||
      message === '',
  );
  return bad === undefined ? { title, summary, text, annotations } : 'An annotation is not valid.';
}

/** Only apps write checks, a workflow's run among them. */
function refusalOf(context: RouteContext): Answer | null {
  if (context.access.identity !== 'user') return null;
  return githubError(403, 'You must authenticate via a GitHub App.', DOCS);
}

function writeCheck(context: RouteContext, before: CheckRunState | null): Answer {
  const { fullName } = repositoryIn(context);
  const refusal = refusalOf(context);
  if (refusal !== null) return refusal;
  const author = loginOf(context.access);
  if (before !== null && before.author !== author)
    return githubError(403, 'Invalid app_id - check run can only be modified by the GitHub App that created it.', DOCS);
  const body = bodyOf(context);
  const text = (name: string): string | undefined => (typeof body[name] === 'string' ? body[name] : undefined);
  const name = text('name') ?? before?.name;
  const headSha = before?.headSha ?? text('head_sha');
  if (name === undefined || headSha === undefined) return invalid('name and head_sha are required.');
  const conclusion = text('conclusion') ?? before?.conclusion ?? null;
  if (conclusion !== null && !CONCLUSIONS.includes(conclusion)) return invalid(`${conclusion} is no conclusion.`);
  const output = outputOf(body.output);
  if (typeof output === 'string') return invalid(output);
  const at = isoNow(context.state.time);
  const check: CheckRunState = {
    id: before?.id ?? context.state.nextId(),
    repository: fullName,
    author,
    name,
    headSha,
    status: conclusion === null ? (text('status') ?? before?.status ?? 'queued') : 'completed',
    conclusion,
    externalId: text('external_id') ?? before?.externalId ?? '',
    detailsUrl: text('details_url') ?? before?.detailsUrl ?? context.site.web,
    title: output?.title ?? before?.title ?? null,
    summary: output?.summary ?? before?.summary ?? null,
    text: output?.text ?? before?.text ?? null,
    annotations: [...(before?.annotations ?? []), ...(output?.annotations ?? [])],
    startedAt: before?.startedAt ?? at,
    completedAt: conclusion === null ? null : at,
  };
  context.state.checkRuns.put(check.id, check);
  const kind = before === null ? 'github.check.created' : 'github.check.updated';
  context.journal.record(kind, `${fullName}/check-runs/${check.id}`, { name, conclusion: conclusion ?? 'none' });
  return { status: before === null ? 201 : 200, json: presentCheck(context, check) };
}

function checkIn(context: RouteContext): CheckRunState {
  const { fullName } = repositoryIn(context);
  const check = context.state.checkRuns.get(context.params.check_run_id ?? '');
  if (check === undefined || check.repository !== fullName) throw new NotFound('check run');
  return check;
}

/** The check run of a workflow job, which has the job's id, with what its runner said. */
function jobIn(context: RouteContext): Pick<CheckRunState, 'annotations' | 'headSha' | 'repository'> | null {
  const { fullName: repository } = repositoryIn(context);
  const id = Number(context.params.check_run_id);
  for (const run of context.state.runs.all()) {
    const job = run.attempts.flatMap(({ jobs }) => jobs).find((one) => one.id === id);
    if (job === undefined || run.repository !== repository) continue;
    const said = [
      ...(job.runnerSays ?? []),
      ...(job.conclusion === 'failure' ? ['Process completed with exit code 1.'] : []),
    ];
    const annotations = said.map((message) => ({
      ...{ path: '.github', start_line: 1, end_line: 1, message },
      annotation_level: 'failure' as const,
    }));
    return { annotations, headSha: run.headSha, repository };
  }
  return null;
}

/** By default the newest of each name, as the page of a commit shows them. */
function listChecks(context: RouteContext): Answer {
  const { fullName } = repositoryIn(context);
  const { query } = context.request;
  const [name, filter] = [query.get('check_name'), query.get('filter') ?? 'latest'];
  const all = context.state.checkRuns
    .all()
    .filter((one) => one.repository === fullName && one.headSha === context.params.ref)
    .filter((one) => name === null || one.name === name)
    .sort((a, b) => b.id - a.id);
  const found =
    filter === 'all' ? all : [...Map.groupBy(all, (one) => one.name).values()].flatMap((same) => same.slice(0, 1));
  const page = pageOf(found, context);
  const json = { total_count: found.length, check_runs: page.items.map((check) => presentCheck(context, check)) };
  return { status: 200, headers: page.headers, json };
}

function presentCheck({ site, access }: RouteContext, check: CheckRunState) {
  const url = `${site.api}/repos/${check.repository}/check-runs/${check.id}`;
  const page = `${site.web}/${check.repository}/runs/${check.id}`;
  const slug = check.author.replace('[bot]', '');
  return {
    id: check.id,
    node_id: nodeId('CR', check.id),
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: page,
    details_url: check.detailsUrl,
    status: check.status,
    conclusion: check.conclusion,
    started_at: seconds(check.startedAt),
    completed_at: check.completedAt === null ? null : seconds(check.completedAt),
    name: check.name,
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text ?? null,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: accountId(`suite ${check.headSha}`) },
    app: {
      id: accountId(slug),
      slug,
      node_id: nodeId('A', slug),
      owner: presentUser('acme', site.api, site.web),
      name: loginOf(access),
      description: null,
      external_url: site.web,
      html_url: `${site.web}/apps/${slug}`,
      created_at: seconds(check.startedAt),
      updated_at: seconds(check.startedAt),
      permissions: { checks: 'write' },
      events: [],
    },
    pull_requests: [],
  };
}

/** Check runs and their annotations. */
export const CHECK_ROUTES: readonly Route[] = [
  {
    operation: 'checks/create',
    method: 'POST',
    path: `${REPO}/check-runs`,
    handle: (context) => writeCheck(context, null),
  },
  {
    operation: 'checks/update',
    method: 'PATCH',
    path: `${REPO}/check-runs/{check_run_id}`,
    handle: (context) => writeCheck(context, checkIn(context)),
  },
  { operation: 'checks/list-for-ref', method: 'GET', path: `${REPO}/commits/{ref}/check-runs`, handle: listChecks },
  {
    operation: 'checks/list-annotations',
    method: 'GET',
    path: `${REPO}/check-runs/{check_run_id}/annotations`,
    handle(context) {
      const { annotations, headSha, repository } = jobIn(context) ?? checkIn(context);
      const page = pageOf(annotations, context);
      const json = page.items.map((one) => ({
        ...one,
        start_column: null,
        end_column: null,
        title: one.title ?? null,
        raw_details: one.raw_details ?? null,
        blob_href: `${context.site.api}/repos/${repository}/blob/${headSha}/${encodeURI(one.path)}`,
      }));
      return { status: 200, headers: page.headers, json };
    },
  },
];
