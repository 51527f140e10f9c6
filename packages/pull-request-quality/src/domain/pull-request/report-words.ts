import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { actionItemsOf } from './action-items.ts';
import { actionItemLine, findingsWords, percent, rangesWords } from './fact-words.ts';
import type { PullRequestFacts } from './pull-request-facts.ts';

/** The prose of a report: what happened, and what to do next. Names stand between backticks; everything else is plain text. */
export interface ReportWords {
  readonly summary: string;
  readonly nextSteps: readonly string[];
  /** A template, or a language model whose every number and name was checked against the facts. */
  readonly by: 'template' | 'model';
}

const MAX_CAUSES = 3;
const MAX_NAME = 160;
const MAX_CAUSE = 400;

/** A tainted name as a code span. */
const named = (name: string): string => `\`${cleanText(name, MAX_NAME).replaceAll('`', "'") || ' '}\``;

const VERDICTS = {
  flaky: 'flaky',
  regression: 'regression',
  infrastructure: 'infrastructure',
  unknown: null,
} as const;

/** The words when no model writes them: the causes, or else what is known of the failure. */
export function templateWords(facts: PullRequestFacts): ReportWords {
  return { summary: summaryOf(facts), nextSteps: nextStepsOf(facts), by: 'template' };
}

function summaryOf(facts: PullRequestFacts): string {
  if (facts.conclusion !== 'failure') return '';
  const causes = facts.causes.slice(0, MAX_CAUSES).map(({ cause, verdict, confidence, jobs }) => {
    const kind = VERDICTS[verdict];
    const about = [
      ...(kind === null ? [] : [kind]),
      `${percent(confidence * 100, 0)} sure`,
      `in ${listed(jobs.map(named))}`,
    ];
    return `${ended(cleanText(cause, MAX_CAUSE))} (${about.join(', ')})`;
  });
  if (causes.length > 0) return causes.join('\n');
  const [test] = facts.failedTests;
  if (test === undefined) return '';
  const lasting = facts.failedTests.filter(({ flaky, quarantined }) => flaky !== true && !quarantined);
  if (lasting.length === 0) return 'Only flaky tests failed.';
  return '';
}

const ended = (sentence: string): string => (/[.!?:)]$/.test(sentence) ? sentence : `${sentence}.`);

/** `a, b and c`. */
function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function nextStepsOf(facts: PullRequestFacts): string[] {
  const steps = facts.causes.flatMap(({ nextStep }) =>
    nextStep === null ? [] : [ended(cleanText(nextStep, MAX_CAUSE))],
  );
  const active = facts.failedTests.filter(({ quarantined }) => !quarantined);
  if (steps.length === 0 && active.length > 0 && active.every(({ flaky }) => flaky === true))
    steps.push('Run the failed jobs again: every test that failed has failed by chance before.');
  if (facts.jobs.some(({ status }) => status === 'unavailable'))
    steps.push('Run the jobs again that Selfheal could not check; they block nothing.');
  return [...new Set(steps)].slice(0, MAX_CAUSES);
}

/** The facts as plain lines: what a model may tell, and what its words are checked against. */
export function factLines(facts: PullRequestFacts): string[] {
  const { jobs, tests, failedTests, coverage, verdicts, findings, addedFindings, architecture, selection } = facts;
  const count = (status: string): number => jobs.filter((job) => job.status === status).length;
  return [
    `Result: ${facts.conclusion}. Of ${counted(jobs.length, 'job')} ${count('failed') + count('broken')} failed and ${count('passed')} passed.`,
    ...jobs.map(({ job, status, summary }) => `Job ${named(job)}: ${status}. ${cleanText(summary, 300)}`),
    ...(tests === null
      ? []
      : [
          `Tests: ${tests.tests}, ${tests.failures + tests.errors} failed, ${tests.skipped} skipped; ${failedTests.filter(({ flaky }) => flaky === true).length} of those that failed fail by chance.`,
        ]),
    ...coverage.map(
      ({ job, totals, changedLines }) =>
        `Coverage in ${named(job)}: ${percent(totals.percent)}${changedLines === null ? '' : `, of the changed lines ${percent(changedLines.percent)}`}.`,
    ),
    ...verdicts.map(({ metric, status, explanation }) => `Gate ${named(metric)}: ${status}. ${explanation}`),
    ...(findings === null ? [] : [`Findings: ${findingsWords(findings)}.`]),
    ...(addedFindings === null ? [] : [`New findings: ${addedFindings.length}.`]),
    ...(architecture === null
      ? []
      : [`Architecture: health ${architecture.score} of 10, ${architecture.newCycles.length} new circles of imports.`]),
    ...selection.map(({ run, skipped, reason }) => `Test selection: ${run} tests run, ${skipped} skipped. ${reason}`),
    ...facts.causes.map(
      ({ cause, verdict, confidence, jobs: of, nextStep }) =>
        `Cause: ${cleanText(cause, MAX_CAUSE)} (${verdict}, ${percent(confidence * 100, 0)} sure, in ${of.map(named).join(', ')}). ${nextStep === null ? '' : `Next step: ${cleanText(nextStep, MAX_CAUSE)}`}`,
    ),
    ...actionItemsOf(facts)
      .slice(0, 30)
      .map((item) => `To do: ${actionItemLine(item)}`),
    ...facts.uncovered.slice(0, 20).map(({ path, lines }) => `Uncovered: ${named(path)} ${rangesWords(lines)}.`),
  ];
}
