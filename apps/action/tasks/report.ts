import type { ReportSet } from '#shared/app/reports/read-reports.ts';
import { FindingSeverity } from '#shared/domain/reports/finding.ts';
import { joined, phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { FailOn } from '../inputs.ts';
import { factsOf, readJobReports } from '../reports.ts';
import type { Annotation } from '../runner.ts';
import type { Task } from '../task.ts';

/** Reads reports of tests, coverage and findings, and passes on what they say. */
export const task: Task = {
  async run(input) {
    const reports = await readJobReports(input);
    const { tests, findings } = reports;
    const failed = tests === null ? 0 : tests.totals.failures + tests.totals.errors;
    const serious = findings === null ? 0 : findings.totals.critical + findings.totals.high;
    const bad: FailOn[] = [
      ...(failed > 0 ? (['tests'] as const) : []),
      ...(serious > 0 ? (['findings'] as const) : []),
    ];
    return {
      status: bad.length === 0 ? 'passed' : 'failed',
      summary: summaryOf(reports),
      facts: factsOf(reports),
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
    parts.push(counts.length === 0 ? phrase`no findings` : phrase`findings: ${joined(counts, ', ')}`);
  }
  return phrase`${joined(parts, ', ')}.`;
}

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
    ...(tests?.kept ?? [])
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
      .map(({ suite, name, file, line, message }) => ({
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
