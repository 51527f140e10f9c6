import { resolve } from 'node:path';
import type { FeedbackOutcome, Writing } from '@selfheal/pull-request-quality/app/feedback/post-feedback.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { type FeedbackOptions, feedbackOf } from '#apps/workbench/feedback/feedback.ts';
import { inWordsOfInputs } from '../input-words.ts';
import type { Annotation } from '../runner.ts';
import type { Task, TaskInput } from '../task.ts';

/** Puts the results of all jobs together and writes one comment and one check about the pull request. */
export const task: Task = {
  // Its own result would be read as one more job.
  keepsResult: false,
  async run(input) {
    const warnings: Annotation[] = [];
    const warn = (line: string): void =>
      void warnings.push({ level: 'warning', title: 'Selfheal: feedback', message: inWordsOfInputs(line) });
    const outcome = await feedbackOf({ ...optionsOf(input), warn }, environmentOf(input));
    const { headline, comment, check, conclusion } = outcome;
    return {
      status: statusOf(outcome),
      summary: redactName([headline, wordsOf('The comment', comment), wordsOf('The check', check)].join('. '), 500),
      outputs: { conclusion, 'comment-url': urlOf(comment), 'check-url': urlOf(check) },
      annotations: warnings,
      // The report is on the page of the job already.
      markdown: '',
    };
  },
};

function optionsOf({ inputs, job }: TaskInput): Omit<FeedbackOptions, 'warn'> {
  return {
    results: resolve(job.workspace, inputs.results),
    needs: inputs.needs === '' ? undefined : inputs.needs,
    patch: inputs.patch === '' ? undefined : resolve(job.workspace, inputs.patch),
    repository: job.repository ?? undefined,
    pullRequest: job.origin.pullRequest ?? undefined,
    headSha: job.origin.headSha ?? undefined,
    runId: job.runId ?? undefined,
    check: inputs.check === '' ? undefined : inputs.check,
    model: inputs.model === '' ? undefined : inputs.model,
    dryRun: false,
  };
}

/** What is known of the event already is not read again: it may be damaged, which is nobody's fault here. */
function environmentOf({ environment, inputs, job }: TaskInput): TaskInput['environment'] {
  const isReadable = job.problems.length === 0;
  return {
    ...environment,
    GITHUB_TOKEN: inputs.token,
    ...(isReadable ? {} : { GITHUB_EVENT_PATH: undefined }),
  };
}

function statusOf({ comment, check, conclusion }: FeedbackOutcome): 'passed' | 'failed' | 'unavailable' | 'skipped' {
  const isNothingWritten = comment.kind === 'not-written' && check.kind === 'not-written';
  if (isNothingWritten) return /fork|no pull request|no token/i.test(comment.reason) ? 'skipped' : 'unavailable';
  return conclusion === 'failure' ? 'failed' : 'passed';
}

const urlOf = (writing: Writing): string => (writing.kind === 'not-written' ? '' : writing.url);

function wordsOf(what: string, writing: Writing): string {
  if (writing.kind === 'not-written') return `${what} is not written: ${writing.reason}`;
  return writing.kind === 'newer' ? `${what} is about a newer run` : `${what} is ${writing.changed}`;
}
