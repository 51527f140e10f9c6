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
      const content = found ?? (run === null ? null : runPage(state, run.run_id ?? ''));
      if (content === null) return null;
      return {
        service: 'github-pages',
        operation: 'pages/get',
        perform: () => page(200, content),
        fail: (status) => page(status, { title: 'The page could not be shown.', facts: [], comments: [] }),
      };
    },
  };
}

interface Page {
  readonly title: string;
  /** Shown as plain text. */
  readonly facts: readonly string[];
  /** Shown as Markdown, as GitHub would. */
  readonly comments: readonly { by: string; at: string; markdown: string }[];
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
h1{font-size:1.5rem;font-weight:500}pre{white-space:pre-wrap;background:#f6f8fa;padding:.8rem;border-radius:6px;font-size:.85em;overflow-x:auto}
code{background:#f6f8fa;border-radius:4px;padding:.1em .3em;font-size:.9em}pre code{padding:0}
article{border:1px solid #d1d9e0;border-radius:6px;margin:1.2rem 0}article>header{background:#f6f8fa;border-bottom:1px solid #d1d9e0;padding:.5rem 1rem;color:#59636e}
article>div{padding:.2rem 1rem}table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:.3em .7em}
blockquote{border-left:.25em solid #d1d9e0;margin-left:0;padding-left:1em;color:#59636e}`;

/** Raw HTML is shown as text, except for what GitHub hides or shows small. */
const markdown = new MarkdownIt({ html: false, linkify: false });

function render(text: string): string {
  const withoutNotes = text.replaceAll(/<!--[\s\S]*?-->/g, '');
  return markdown
    .render(withoutNotes)
    .replaceAll('&lt;sub&gt;', '<small>')
    .replaceAll('&lt;/sub&gt;', '</small>')
    .replaceAll(/<p>&lt;details&gt;&lt;summary&gt;([^<]*)&lt;\/summary&gt;<\/p>/g, '<details><summary>$1</summary>')
    .replaceAll('<p>&lt;/details&gt;</p>', '</details>');
}

function page(status: number, { title, facts, comments }: Page): WireResponse {
  const said = comments.map(
    ({ by, at, markdown: text }) =>
      `<article><header><b>${plainText(by)}</b> commented at ${plainText(at)}</header><div>${render(text)}</div></article>`,
  );
  const body = [...facts.map((text) => `<pre>${plainText(text)}</pre>`), ...said].join('\n');
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
    body: `<!doctype html><html lang="en"><title>${plainText(title)}</title><style>${STYLE}</style><h1>${plainText(title)}</h1>\n${body}\n`,
  };
}

function plainText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

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
