import { joined, phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { CODE_OWNER_FILES } from '@selfheal/pull-request-quality/domain/flaky-tests/code-owners.ts';
import {
  changedCoverage,
  changedLinesOf,
  uncoveredChanges,
} from '@selfheal/pull-request-quality/domain/gates/changed-lines.ts';
import type { JobFacts } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { FindingSeverity, noneFound, type ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import type { ReportSet } from '@selfheal/reports/read/read-reports.ts';
import { readCodeOwners } from '#apps/workbench/flaky/recorded-histories.ts';
import { diffOf } from '../changes.ts';
import { failedFacts } from '../history.ts';
import type { FailOn } from '../inputs.ts';
import { readJobReports } from '../reports.ts';
import type { Annotation } from '../runner.ts';
import type { Task, TaskInput } from '../task.ts';

const MAX_FAILED = 200;

/** Reads reports of tests, coverage and findings, and passes on what they say. */
export const task: Task = {
  async run(input) {
    const reports = await readJobReports(input);
    const facts = await factsOf(reports, input);
    const { tests, findings } = reports;
    const failed = tests === null ? 0 : tests.totals.failures + tests.totals.errors;
    const serious = findings === null ? 0 : findings.totals.critical + findings.totals.high;
    const unfinished = findings?.unfinished ?? [];
    const bad: FailOn[] = [
      ...(failed > 0 ? (['tests'] as const) : []),
      ...(serious > 0 ? (['findings'] as const) : []),
    ];
    return {
      // Nobody knows what a scan that broke off would have found: no setting lets it pass.
      status: unfinished.length > 0 ? 'broken' : bad.length === 0 ? 'passed' : 'failed',
      summary: summaryOf(reports),
      facts,
      bad,
      outputs: {
        tests: String(tests?.totals.tests ?? ''),
        failures: String(tests === null ? '' : failed),
        coverage: reports.coverage?.totals.percent?.toFixed(2) ?? '',
        critical: String(findings?.totals.critical ?? ''),
        high: String(findings?.totals.high ?? ''),
      },
      annotations: annotationsOf(reports),
    };
  },
};

/** The reports as facts, with what history and diff say about them. */
async function factsOf({ tests, coverage, findings }: ReportSet, input: TaskInput): Promise<JobFacts[]> {
  const facts: JobFacts[] = [];
  if (tests !== null) {
    const failed = tests.kept.filter(hasFailed).slice(0, MAX_FAILED);
    const owners = failed.length === 0 ? '' : await readCodeOwners(input.decidingFiles, CODE_OWNER_FILES, input.say);
    facts.push({ kind: 'tests', totals: tests.totals, failed: await failedFacts(failed, owners, input) });
  }
  if (coverage !== null) {
    const diff = await diffOf(input);
    const changed = diff === null ? null : changedLinesOf(diff);
    facts.push({
      kind: 'coverage',
      totals: coverage.totals,
      changedLines: changed === null ? null : changedCoverage(coverage.files, changed),
      uncovered: changed === null ? [] : uncoveredChanges(coverage.files, changed),
    });
  }
  if (findings !== null && !(findings.unfinished.length > 0 && noneFound(findings.totals)))
    facts.push({ kind: 'findings', totals: findings.totals, added: null });
  return facts;
}

const hasFailed = ({ outcome }: ReportedTest): boolean => outcome === 'failed' || outcome === 'error';

function summaryOf({ tests, coverage, findings }: ReportSet): RedactedText {
  const parts: RedactedText[] = [];
  if (tests !== null) {
    const { tests: all, failures, errors, skipped } = tests.totals;
    parts.push(phrase`${all} tests, ${failures + errors} failed, ${skipped} skipped`);
  }
  if (coverage !== null) {
    const { percent, coveredLines, lines } = coverage.totals;
    parts.push(
      percent === null
        ? phrase`no line can be covered`
        : phrase`${Number(percent.toFixed(2))} % of lines covered (${coveredLines} of ${lines})`,
    );
  }
  if (findings !== null) {
    const counts = FindingSeverity.options
      .filter((severity) => findings.totals[severity] > 0)
      .map((severity) => phrase`${findings.totals[severity]} ${WORDS[severity]}`);
    if (counts.length > 0) parts.push(phrase`findings: ${joined(counts, ', ')}`);
    else if (findings.unfinished.length === 0) parts.push(phrase`no findings`);
  }
  const unfinished = findings?.unfinished ?? [];
  const measured = parts.length === 0 ? [] : [sentenceOf(joined(parts, ', '))];
  return redactName([...unfinished, ...measured].join(' '), 500);
}

const sentenceOf = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const WORDS: Readonly<Record<FindingSeverity, RedactedText>> = {
  critical: phrase`critical`,
  high: phrase`high`,
  medium: phrase`medium`,
  low: phrase`low`,
  info: phrase`info`,
  unknown: phrase`unknown`,
};

/** Failed tests and serious findings at their lines. */
function annotationsOf({ tests, findings }: ReportSet): Annotation[] {
  return [
    ...(tests?.kept ?? []).filter(hasFailed).map(({ suite, name, file, line, message }) => ({
      level: 'error' as const,
      title: suite === '' ? name : `${suite}: ${name}`,
      message: message ?? 'The test failed.',
      file: file ?? undefined,
      line: line ?? undefined,
    })),
    ...(findings?.kept ?? [])
      .filter(({ severity }) => severity === 'critical' || severity === 'high')
      .map(({ severity, tool, rule, message, file, line }) => ({
        level: severity === 'critical' ? ('error' as const) : ('warning' as const),
        title: `${tool}: ${rule}`,
        message,
        file: file ?? undefined,
        line: line ?? undefined,
      })),
  ];
}
