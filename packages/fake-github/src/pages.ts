import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import type { Service, WireResponse } from '@selfheal/fake-server/wire.ts';
import MarkdownIt from 'markdown-it';
import { matchPath } from './route.ts';
import { currentAttempt } from './run-state.ts';
import type { GithubState } from './state.ts';

/** Plain web pages of pull requests and runs, for the links in comments and mails. */
export function makePages(state: GithubState): Service {
  return {
    recognise(request) {
      if (request.method !== 'GET') return null;
      const pull = matchPath('/{owner}/{repo}/pull/{number}', request.path);
      const run =
        matchPath('/{owner}/{repo}/actions/runs/{run_id}', request.path) ??
        matchPath('/{owner}/{repo}/actions/runs/{run_id}/job/{job_id}', request.path);
      const found = pull === null ? null : pullPage(state, `${pull.owner}/${pull.repo}`, Number(pull.number));
      const content = found ?? (run === null ? listPage(state, request.path) : runPage(state, run.run_id ?? ''));
      if (content === null) return null;
      return {
        service: 'github-pages',
        operation: 'pages/get',
        perform: () => page(200, content, linksOf(request.path)),
        fail: (status) =>
          page(status, { title: 'The page could not be shown.', facts: [], comments: [] }, linksOf(request.path)),
      };
    },
  };
}

type Links = readonly { readonly name: string; readonly href: string }[];

interface Page {
  readonly title: string;
  readonly list?: readonly { readonly name: string; readonly about: string; readonly href: string }[];
  /** Shown as plain text. */
  readonly facts: readonly string[];
  /** Shown as Markdown, as GitHub would. */
  readonly comments: readonly { by: string; at: string; markdown: string }[];
}

const markdown = new MarkdownIt({ html: false, linkify: false });

/** A text as GitHub shows it. Raw HTML is shown as text, except for what GitHub hides or shows small. */
export function githubMarkdownHtml(text: string): string {
  const withoutNotes = text.replaceAll(/<!--[\s\S]*?-->/g, '');
  return markdown
    .render(withoutNotes)
    .replaceAll('&lt;sub&gt;', '<small>')
    .replaceAll('&lt;/sub&gt;', '</small>')
    .replaceAll(/<p>&lt;details&gt;&lt;summary&gt;([^<]*)&lt;\/summary&gt;<\/p>/g, '<details><summary>$1</summary>')
    .replaceAll('<p>&lt;/details&gt;</p>', '</details>');
}

function page(status: number, { title, facts, list = [], comments }: Page, links: Links): WireResponse {
  const said = comments.map(
    ({ by, at, markdown: text }) =>
      `<article><header><b>${plainText(by)}</b> commented at ${plainText(at)}</header><div>${githubMarkdownHtml(text)}</div></article>`,
  );
  const rows = list.map(
    ({ name, about, href }) =>
      `<li><a href="${plainText(href)}"><span class="subject">${plainText(name)}</span><span class="meta">${plainText(about)}</span></a></li>`,
  );
  const body = [
    ...(rows.length === 0 ? [] : [`<ul class="list">${rows.join('')}</ul>`]),
    ...facts.map((text) => `<pre>${plainText(text)}</pre>`),
    ...said,
  ].join('\n');
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
    body: renderWebPage({ title, place: 'Local GitHub', links, content: body }),
  };
}

const plainText = escapeText;

function pullPage(state: GithubState, repository: string, number: number): Page | null {
  const pull = state.pullRequests.get(`${repository}#${number}`);
  if (pull === undefined) return null;
  const comments = state.comments.all().filter((one) => one.repository === repository && one.issue === number);
  const checks = state.checkRuns.all().filter((one) => one.repository === repository && one.headSha === pull.headSha);
  const newest = [...Map.groupBy(checks, ({ name }) => name).values()].flatMap((same) => same.slice(-1));
  const reviews = state.reviewComments
    .all()
    .filter((one) => one.repository === repository && one.pullRequest === number);
  return {
    title: `${pull.title} (${repository}#${number})`,
    facts: [
      `${pull.author} wants to merge ${pull.headBranch}.`,
      ...newest.map(({ name, conclusion, status, title, annotations }) =>
        [
          `${name}: ${conclusion ?? status}. ${title ?? ''}`,
          ...annotations.map((one) => `  ${one.path}:${one.start_line} ${one.annotation_level}: ${one.message}`),
        ].join('\n'),
      ),
    ],
    comments: [
      ...comments.map(({ author, updatedAt, body }) => ({ by: author, at: updatedAt, markdown: body })),
      ...reviews.map(({ author, createdAt, path, line, body }) => ({
        by: author,
        at: `${createdAt}, ${path} line ${line}`,
        markdown: body,
      })),
    ],
  };
}

function runPage(state: GithubState, id: string): Page | null {
  const run = state.runs.get(id);
  if (run === undefined) return null;
  const { number, status } = currentAttempt(run);
  const attempts = run.attempts.map((one) => {
    const jobs = one.jobs.map((job) => `  ${job.name}: ${job.conclusion}`);
    return [`Attempt ${one.number}: ${one.conclusion ?? one.status}`, ...jobs].join('\n');
  });
  return {
    title: `${run.workflowName} #${run.runNumber} of ${run.repository}`,
    facts: [`Attempt ${number} is ${status}.`, ...attempts],
    comments: [],
  };
}

/** The way back: all repositories, then the repository and its pull requests. */
function linksOf(path: string): Links {
  const [owner, repo] = path.split('/').filter((part) => part !== '');
  const home = { name: 'All repositories', href: '/' };
  if (owner === undefined || repo === undefined) return [home];
  const address = `/${owner}/${repo}`;
  return [home, { name: `${owner}/${repo}`, href: address }, { name: 'Pull requests', href: `${address}/pulls` }];
}

/** `/`, `/acme/shop` and `/acme/shop/pulls`; null for every other path and for a repository that does not exist. */
function listPage(state: GithubState, path: string): Page | null {
  const known = state.repositories
    .all()
    .map(({ fullName }) => fullName)
    .sort();
  if (path === '/')
    return {
      title: 'Repositories',
      list: known.map((name) => ({ name, about: `${pullsOf(state, name).length} pull requests`, href: `/${name}` })),
      facts: known.length === 0 ? ['There is no repository yet.'] : [],
      comments: [],
    };
  const [, repository, tail] = /^\/([\w.-]+\/[\w.-]+)(\/pulls)?\/?$/.exec(path) ?? [];
  if (repository === undefined || !known.some((name) => name === repository)) return null;
  const pulls = pullsOf(state, repository).map(({ number, title, author }) => ({
    name: title,
    about: `#${number} by ${author}`,
    href: `/${repository}/pull/${number}`,
  }));
  if (tail !== undefined)
    return {
      title: `Pull requests of ${repository}`,
      list: pulls,
      facts: pulls.length === 0 ? ['There is no pull request.'] : [],
      comments: [],
    };
  const runs = state.runs.all().filter((run) => run.repository === repository);
  return {
    title: repository,
    list: [
      { name: 'Pull requests', about: `${pulls.length} of them`, href: `/${repository}/pulls` },
      ...runs.map((run) => ({
        name: `${run.workflowName} #${run.runNumber}`,
        about: `run ${run.id}, ${currentAttempt(run).conclusion ?? currentAttempt(run).status}`,
        href: `/${repository}/actions/runs/${run.id}`,
      })),
    ],
    facts: [],
    comments: [],
  };
}

const pullsOf = (state: GithubState, repository: string) =>
  state.pullRequests.all().filter((pull) => pull.repository === repository);
