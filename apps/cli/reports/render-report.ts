import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type {
  FileCoverage,
  Finding,
  FindingSeverity,
  LineRange,
  ReportedTest,
} from '@selfheal/reports/normal-form/normal-form.ts';
import type { ReportConsumer, ReportSummary } from '@selfheal/reports/read/read-report.ts';

/** Version of the JSON form. */
const VERSION = 1;
const SEVERITIES: readonly FindingSeverity[] = ['critical', 'high', 'medium', 'low', 'unknown', 'info'];
const MAX_LISTED = 20;
const MAX_RANGES = 12;

/** Takes a report and gives what is to be printed of it. */
export interface ReportPrinter extends ReportConsumer {
  /** Printed when the whole report was read. */
  finish(summary: ReportSummary): string;
}

/** Totals, then failed tests, the files with most uncovered lines, or the worst findings. */
export function makeTextPrinter(): ReportPrinter {
  const failed: ReportedTest[] = [];
  const files: FileCoverage[] = [];
  const findings: Finding[] = [];
  return {
    wantsTest: (outcome) => failed.length < MAX_LISTED && (outcome === 'failed' || outcome === 'error'),
    wantsFinding: (severity) => {
      const last = findings[MAX_LISTED - 1];
      return last === undefined || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(last.severity);
    },
    test: (test) => {
      if (failed.length < MAX_LISTED) failed.push(test);
    },
    coverage: (file) => keepWorst(files, file, uncoveredLines),
    finding: (finding) => keepWorst(findings, finding, ({ severity }) => -SEVERITIES.indexOf(severity)),
    finish: (summary) =>
      [
        `${summary.file}: ${headline(summary)}`,
        ...failed.map(testLines),
        ...(summary.kind === 'tests'
          ? more(summary.totals.failures + summary.totals.errors - failed.length, 'failed test')
          : []),
        ...files.flatMap(coverageLine),
        ...findings.map(findingLine),
        ...(summary.kind === 'findings' ? more(countOf(summary.totals) - findings.length, 'finding') : []),
        ...(summary.outsidePaths > 0
          ? [
              `  ${counted(summary.outsidePaths, 'path')} outside of the repository ${summary.outsidePaths === 1 ? 'was' : 'were'} left out (--root DIR names its folder)`,
            ]
          : []),
      ]
        .join('\n')
        .concat('\n'),
  };
}

/** Keeps the `MAX_LISTED` items with the highest scores, highest first; equal ones in their order. */
function keepWorst<T>(kept: T[], item: T, score: (item: T) => number): void {
  const at = kept.findIndex((other) => score(other) < score(item));
  kept.splice(at < 0 ? kept.length : at, 0, item);
  if (kept.length > MAX_LISTED) kept.pop();
}

const countOf = (totals: Readonly<Record<FindingSeverity, number>>): number =>
  SEVERITIES.reduce((sum, severity) => sum + totals[severity], 0);

function headline(summary: ReportSummary): string {
  if (summary.kind === 'tests') {
    const { tests, failures, errors, skipped, seconds } = summary.totals;
    const again = summary.runs.tests === tests ? '' : `, ${counted(summary.runs.tests, 'run')}`;
    return `${counted(tests, 'test')}${again}, ${counted(failures, 'failure')}, ${counted(errors, 'error')}, ${skipped} skipped, ${seconds} s (${summary.format})`;
  }
  if (summary.kind === 'coverage') {
    const { percent, coveredLines, lines, files } = summary.totals;
    return `${percent?.toFixed(2)} % of lines covered, ${numberText(coveredLines)} of ${numberText(lines)} in ${counted(files, 'file')} (${summary.format})`;
  }
  const { totals, tools, unfinished } = summary;
  const parts = SEVERITIES.flatMap((severity) => (totals[severity] > 0 ? [`${totals[severity]} ${severity}`] : []));
  const by = tools.length === 0 ? '' : ` by ${tools.join(', ')}`;
  return `${counted(countOf(totals), 'finding')}${by}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}${unfinished.length === 0 ? '' : ', THE SCAN DID NOT FINISH'} (${summary.format})`;
}

const more = (count: number, what: string): string[] => (count > 0 ? [`  and ${counted(count, `more ${what}`)}`] : []);

function testLines({ suite, name, outcome, file, line, message }: ReportedTest): string {
  const place = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
  const said = message === null ? '' : `\n      ${message.slice(0, 200)}`;
  return `  ${outcome === 'error' ? 'error ' : 'failed'}  ${fullName(suite, name)}${place}${said}`;
}

/** CTest and jest-junit repeat the name as class, mocha-junit-reporter the end of it. */
const fullName = (suite: string, name: string): string =>
  suite === '' || name === suite || name.startsWith(`${suite} `) || name.endsWith(` ${suite}`)
    ? name
    : `${suite} > ${name}`;

const uncoveredLines = ({ uncovered }: FileCoverage): number =>
  uncovered.reduce((sum, { start, end }) => sum + end - start + 1, 0);

function coverageLine(file: FileCoverage): string[] {
  const missing = uncoveredLines(file);
  return missing === 0
    ? []
    : [`  ${file.path}: ${counted(missing, 'line')} not covered: ${rangesText(file.uncovered)}`];
}

function rangesText(ranges: readonly LineRange[]): string {
  const shown = ranges.slice(0, MAX_RANGES).map(({ start, end }) => (start === end ? `${start}` : `${start}-${end}`));
  return shown.join(', ') + (ranges.length > MAX_RANGES ? ', ...' : '');
}

function findingLine({ severity, tool, rule, file, line, message, package: about }: Finding): string {
  const place = file === null ? '' : ` ${file}${line === null ? '' : `:${line}`}`;
  const version = about === null ? '' : ` ${about.name} ${about.version ?? ''}`.trimEnd();
  const fixed = about?.fixedIn == null ? '' : ` (fixed in ${about.fixedIn})`;
  return `  ${severity.padEnd(8)}  ${rule}${version}${fixed}${place}: ${message.slice(0, 160)} [${tool}]`;
}

/** Characters that are held back, so that nothing is printed of an ordinary report that turns out to be damaged. */
const HELD_BACK = 32_000_000;

/**
 * The normal form as one line of JSON: `{version, file, tests|coverage|findings: [...], format, kind, totals, ...}`. The parts come before the totals,
 * which are known only at the end. Of a long report it is written while it is read; then the line of a damaged one stays without an end.
 */
export function makeJsonPrinter(file: string, write: (text: string) => Promise<void>): ReportPrinter {
  let held = '';
  let list: 'tests' | 'coverage' | 'findings' | null = null;
  const add = async (name: 'tests' | 'coverage' | 'findings', item: unknown): Promise<void> => {
    held += list === null ? `${opening(file)},"${name}":[` : ',';
    list = name;
    held += JSON.stringify(item);
    if (held.length < HELD_BACK) return;
    const text = held;
    held = '';
    await write(text);
  };
  return {
    wantsTest: () => true,
    test: (test) => add('tests', test),
    coverage: (one) => add('coverage', one),
    finding: (finding) => add('findings', finding),
    finish({ file: _file, ...facts }) {
      const begun = list === null ? `${opening(file)},"${facts.kind}":[` : held;
      return `${begun}],${JSON.stringify(facts).slice(1)}\n`;
    },
  };
}

const opening = (file: string): string => JSON.stringify({ version: VERSION, file }).slice(0, -1);
