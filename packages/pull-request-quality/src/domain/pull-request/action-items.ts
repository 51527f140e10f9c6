import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import type { Finding, LineRange } from '@selfheal/reports/normal-form/normal-form.ts';
import type { FailedTest, PullRequestFacts } from './pull-request-facts.ts';

/** By GitHub's names of annotation levels; `failure` fails the check. */
export type ItemLevel = 'failure' | 'warning' | 'notice';

/** Something to do, with the place where it is done. `name` and `says` are tainted; `task` and `note` are ours. */
export interface ActionItem {
  readonly kind: 'report' | 'gate' | 'test' | 'finding' | 'cycle' | 'coverage';
  readonly level: ItemLevel;
  /** What to do: an imperative without a full stop. */
  readonly task: string;
  /** What it is done to: a test, a package, a rule. */
  readonly name: string | null;
  /** What the tool says. */
  readonly says: string | null;
  /** What else the reader should know: a sentence. */
  readonly note: string | null;
  readonly path: string | null;
  /** Empty without a path, and where only the file is known. */
  readonly lines: readonly LineRange[];
}

const MAX_SAYS = 300;
const LEVELS: readonly ItemLevel[] = ['failure', 'warning', 'notice'];
const KINDS: readonly ActionItem['kind'][] = ['report', 'test', 'gate', 'finding', 'cycle', 'coverage'];

/** What there is to do, most severe first. */
export function actionItemsOf(facts: PullRequestFacts): ActionItem[] {
  const items = [
    ...brokenReports(facts),
    ...facts.failedTests.filter(({ quarantined }) => !quarantined).map(testItem),
    ...failedGates(facts),
    ...(facts.addedFindings ?? []).map(findingItem),
    ...newCycles(facts),
    ...facts.uncovered.map(coverageItem),
  ];
  return items
    .map((item, at) => ({ item, at }))
    .sort(
      (a, b) =>
        LEVELS.indexOf(a.item.level) - LEVELS.indexOf(b.item.level) ||
        KINDS.indexOf(a.item.kind) - KINDS.indexOf(b.item.kind) ||
        a.at - b.at,
    )
    .map(({ item }) => item);
}

const NOWHERE = { path: null, lines: [] } as const;

/** `tests/cart.test.ts > rounds totals`, or the name alone. */
export const testName = ({ suite, name }: Pick<FailedTest, 'suite' | 'name'>): string =>
  suite === '' ? name : `${suite} > ${name}`;

function brokenReports({ jobs }: PullRequestFacts): ActionItem[] {
  return jobs
    .filter(({ status }) => status === 'broken')
    .map(({ job, summary }) => ({
      kind: 'report',
      level: 'failure',
      task: 'Mend the report of the job',
      name: job,
      says: summary,
      note: null,
      ...NOWHERE,
    }));
}

function testItem(test: FailedTest): ActionItem {
  const { message, file, line, flaky, owners, jobs } = test;
  const notes = [
    flaky === true ? 'It has failed by chance before.' : '',
    owners.length === 0 ? '' : `Owner: ${owners.join(', ')}.`,
    jobs.length > 1 ? `Failed in ${jobs.length} jobs.` : '',
  ].filter((note) => note !== '');
  return {
    kind: 'test',
    level: flaky === true ? 'warning' : 'failure',
    task: flaky === true ? 'Run again the flaky' : 'Fix',
    name: testName(test),
    says: message === null ? null : shortenedText(message, MAX_SAYS),
    note: notes.length === 0 ? null : notes.join(' '),
    path: file,
    lines: file === null || line === null ? [] : [{ start: line, end: line }],
  };
}

/** A failed gate about vulnerabilities lists the new ones, where they are known. */
function failedGates({ verdicts, addedFindings }: PullRequestFacts): ActionItem[] {
  const listed = (metric: string): boolean =>
    (addedFindings ?? []).some(({ severity }) => metric === `vulnerabilities.${severity}`);
  return verdicts
    .filter(({ status, metric }) => status === 'failed' && !listed(metric))
    .map(({ metric, explanation }) => ({
      kind: 'gate',
      level: 'failure',
      task: 'Gate',
      name: metric,
      // The explanation begins with the name, which is already in front of it.
      says: explanation.startsWith(`${metric}: `) ? explanation.slice(metric.length + 2) : explanation,
      note: null,
      ...NOWHERE,
    }));
}

const FINDING_LEVELS: Readonly<Record<Finding['severity'], ItemLevel>> = {
  critical: 'failure',
  high: 'failure',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
  unknown: 'notice',
};

function findingItem({ category, severity, rule, message, file, line, package: affected, tool }: Finding): ActionItem {
  const fixed = affected?.fixedIn ?? null;
  const tasks = {
    vulnerability: affected === null ? 'Close the vulnerability' : fixed === null ? 'Replace' : 'Update',
    secret: 'Revoke and remove the secret',
    misconfiguration: 'Mend the configuration',
    code: 'Mend',
  } satisfies Record<Finding['category'], string>;
  const version = affected?.version ?? null;
  return {
    kind: 'finding',
    level: category === 'secret' ? 'failure' : FINDING_LEVELS[severity],
    task: tasks[category],
    name:
      affected === null
        ? rule
        : `${affected.name}${version === null ? '' : ` ${version}`}${fixed === null ? '' : ` \u2192 ${fixed}`}`,
    says: shortenedText(affected === null ? message : `${rule}: ${message}`, MAX_SAYS),
    note: `${severityWords(severity)} (${tool}).`,
    path: file,
    lines: file === null || line === null ? [] : [{ start: line, end: line }],
  };
}

const severityWords = (severity: Finding['severity']): string =>
  severity === 'unknown' ? 'Severity unknown' : `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`;

function newCycles({ architecture }: PullRequestFacts): ActionItem[] {
  return (architecture?.newCycles ?? []).map((files) => ({
    kind: 'cycle',
    level: 'warning',
    task: 'Break the new circle of imports',
    name: shortenedText([...files, files[0] ?? ''].join(' > '), MAX_SAYS),
    says: null,
    note: null,
    path: files[0] ?? null,
    lines: [],
  }));
}

const coverageItem = ({ path, lines }: PullRequestFacts['uncovered'][number]): ActionItem => ({
  kind: 'coverage',
  level: 'warning',
  task: 'Test the changed lines that no test runs',
  name: null,
  says: null,
  note: null,
  path,
  lines,
});
