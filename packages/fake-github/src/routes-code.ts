import { gitCommit } from './git-objects.ts';
import { NotFound, pageOf, type Route, type RouteContext, repositoryIn } from './route.ts';
import { headOf } from './routes-git.ts';
import { presentCommit, presentComparison, presentContent, presentFile } from './shapes-code.ts';
import type { CommitState } from './state.ts';

const REPO = '/repos/{owner}/{repo}';

/** Newest first. */
function commitsIn(context: RouteContext): CommitState[] {
  const { fullName } = repositoryIn(context);
  const own = context.state.commits.all().filter(({ repository }) => repository === fullName);
  return own.sort((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
}

function commitIn(context: RouteContext, ref: string): CommitState {
  const commit = commitsIn(context).find(({ sha }) => sha === ref);
  if (commit === undefined) throw new NotFound('commit');
  return commit;
}

/** The commit and the earlier commits of the default branch; commits of other pull requests are not its ancestors. */
function historyOf(context: RouteContext, ref: string): CommitState[] {
  const head = commitIn(context, ref);
  const isBelow = (one: CommitState): boolean =>
    one === head || (one.at <= head.at && (one.pullRequest === null || one.pullRequest === head.pullRequest));
  return commitsIn(context).filter(isBelow);
}

/** Commits and their changed files. */
export const CODE_ROUTES: readonly Route[] = [
  {
    operation: 'repos/list-commits',
    method: 'GET',
    path: `${REPO}/commits`,
    handle(context) {
      const { query } = context.request;
      const [sha, path] = [query.get('sha'), query.get('path')];
      const all = sha === null ? commitsIn(context).filter((one) => one.pullRequest === null) : historyOf(context, sha);
      const found = path === null ? all : all.filter(({ files }) => files.some((file) => file.path === path));
      const page = pageOf(found, context);
      const json = page.items.map((commit) => presentCommit(context.site, commit, false));
      return { status: 200, headers: page.headers, json };
    },
  },
  {
    operation: 'repos/get-commit',
    method: 'GET',
    path: `${REPO}/commits/{ref}`,
    handle(context) {
      const commit = commitIn(context, context.params.ref ?? '');
      return { status: 200, json: presentCommit(context.site, commit, true) };
    },
  },
  {
    operation: 'repos/compare-commits-with-basehead',
    method: 'GET',
    path: `${REPO}/compare/{basehead}`,
    handle(context) {
      const [from = '', to = ''] = (context.params.basehead ?? '').split('...');
      const [base, head] = [commitIn(context, from), commitIn(context, to)];
      const known = new Set(historyOf(context, from));
      const ahead = historyOf(context, to).filter((commit) => !known.has(commit));
      return { status: 200, json: presentComparison(context.site, { base, head, ahead }) };
    },
  },
  {
    operation: 'repos/get-content',
    method: 'GET',
    path: `${REPO}/contents/{path}`,
    handle(context) {
      const { fullName, defaultBranch } = repositoryIn(context);
      const ref = context.request.query.get('ref');
      const sha = ref === null ? headOf(context, `heads/${defaultBranch}`) : (headOf(context, `heads/${ref}`) ?? ref);
      const path = context.params.path ?? '';
      const text = gitCommit(context.state, fullName, sha ?? '')?.files[path];
      if (text === undefined) throw new NotFound('file');
      return {
        status: 200,
        json: presentContent(context.site, { repository: fullName, path, ref: ref ?? defaultBranch }, text),
      };
    },
  },
  {
    operation: 'pulls/list-files',
    method: 'GET',
    path: `${REPO}/pulls/{pull_number}/files`,
    handle(context) {
      const { fullName } = repositoryIn(context);
      const number = Number(context.params.pull_number);
      if (context.state.pullRequests.get(`${fullName}#${number}`) === undefined) throw new NotFound('pull request');
      const own = commitsIn(context).filter(({ pullRequest }) => pullRequest === number);
      const files = own.flatMap((commit) => commit.files.map((file) => ({ commit, file })));
      const newest = [...Map.groupBy(files, ({ file }) => file.path).values()].flatMap((same) => same.slice(0, 1));
      const page = pageOf(newest, context);
      const json = page.items.map(({ commit, file }) => presentFile(context.site, commit, file));
      return { status: 200, headers: page.headers, json };
    },
  },
];
