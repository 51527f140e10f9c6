import { codeSpan, safeLine } from '@selfheal/kernel/text/markdown.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { LineRange } from '@selfheal/reports/normal-form/normal-form.ts';
import type { GateVerdict } from '../gates/metric-kind.ts';
import { type ActionItem, actionItemsOf, type ItemLevel, testName } from './action-items.ts';
import { changeAsText } from './code-suggestion.ts';
import { figuresOf, percent, rangesWords, signed } from './fact-words.ts';
import type { CodeChange } from './job-result.ts';
import type { JobStatus, PullRequestFacts } from './pull-request-facts.ts';
import type { ReportWords } from './report-words.ts';

/** The run that the facts come from, by the environment of its job. */
export interface ReportedRun {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: number;
  readonly attempt: number;
  /** Name of the workflow. Tainted. */
  readonly workflow: string;
  /** Head of the pull request, not GitHub's merge of it. */
  readonly headSha: string;
  /** `https://github.com`, without a slash at its end. */
  readonly serverUrl: string;
  /** Whose pages it has; those of GitHub by default. */
  readonly host?: 'github' | 'gitlab';
}

/** Where pages of the repository begin, and how a host calls its runs there. */
function pagesOf({ serverUrl, repository, host }: ReportedRun) {
  const at = `${serverUrl}/${repository}`;
  return host === 'gitlab'
    ? { files: `${at}/-/blob`, runs: `${at}/-/pipelines`, lineEnd: '-' }
    : { files: `${at}/blob`, runs: `${at}/actions/runs`, lineEnd: '-L' };
}

/** The page of the run. */
export const runUrl = (run: ReportedRun): string => `${pagesOf(run).runs}/${run.runId}`;

/** How much of a report is shown. A comment is short; a check or a job summary has room for everything. */
interface Detail {
  readonly items: number;
  readonly jobs: number;
  readonly says: number;
  readonly details: boolean;
}

const DETAILS: readonly Detail[] = [
  { items: 1000, jobs: 1000, says: 300, details: true },
  { items: 200, jobs: 200, says: 300, details: true },
  { items: 10, jobs: 25, says: 200, details: true },
  { items: 5, jobs: 15, says: 120, details: false },
  { items: 2, jobs: 5, says: 80, details: false },
];
/** Limits of a comment, even where there is room for more: nobody reads more. */
const COMMENT_DETAIL = 2;

const STATUS_SIGNS: Readonly<Record<JobStatus, string>> = {
  passed: '\u2705',
  failed: '\u274c',
  broken: '\u{1f6ab}',
  unavailable: '\u26a0\ufe0f',
  skipped: '\u23ed\ufe0f',
};
const LEVEL_SIGNS: Readonly<Record<ItemLevel, string>> = {
  failure: '\u{1f534}',
  warning: '\u{1f7e1}',
  notice: '\u{1f535}',
};

export interface ReportOptions {
  readonly place: 'comment' | 'page';
  readonly maxCharacters: number;
  /** Suggested changes that could not be offered at their lines. */
  readonly changes?: readonly CodeChange[];
}

/** One line without markup that names the outcome: `1 of 4 jobs failed`. */
export function headlineOf({ conclusion, jobs }: PullRequestFacts): string {
  const count = (...statuses: JobStatus[]): number => jobs.filter(({ status }) => statuses.includes(status)).length;
  if (conclusion === 'failure' && jobs.length === 1) return 'The job failed';
  if (conclusion === 'failure') return `${count('failed', 'broken')} of ${counted(jobs.length, 'job')} failed`;
  const passed = count('passed');
  if (conclusion === 'success') return passed === 1 ? 'The job passed' : `All ${passed} jobs passed`;
  const unavailable = count('unavailable');
  if (unavailable === 0) return 'Nothing was checked';
  return `Selfheal could not check ${counted(unavailable, 'job')}; nothing else failed`;
}

/**
 * The report in Markdown, at most `maxCharacters` long (at least 12,000). Texts of jobs, tests and tools are escaped. In a `comment` at most ten
 * things to do are shown, and everything is folded once nothing is wrong any more.
 */
export function renderReport(
  facts: PullRequestFacts,
  run: ReportedRun,
  words: ReportWords,
  options: ReportOptions,
): string {
  const { place, maxCharacters } = options;
  for (const detail of DETAILS.slice(place === 'comment' ? COMMENT_DETAIL : 0)) {
    const text = render(facts, run, words, detail, options);
    if (text.length <= maxCharacters) return text;
  }
  return `### ${signOf(facts)} ${headlineOf(facts)}\n\nThe report is too long to be shown here.\n\n${footer(run)}`;
}

const signOf = ({ conclusion }: PullRequestFacts): string =>
  ({ failure: STATUS_SIGNS.failed, neutral: STATUS_SIGNS.unavailable, success: STATUS_SIGNS.passed })[conclusion];

function render(
  facts: PullRequestFacts,
  run: ReportedRun,
  words: ReportWords,
  detail: Detail,
  { place, changes = [] }: ReportOptions,
): string {
  const failed = facts.jobs.filter(({ status }) => status === 'failed' || status === 'broken');
  const names = failed.slice(0, 3).map(({ job }) => codeSpan(cleanText(job, 60)));
  const which = names.length === 0 ? '' : `: ${names.join(', ')}${failed.length > 3 ? ' and others' : ''}`;
  const folded = [
    ...(facts.conclusion === 'failure' ? [] : [jobTable(facts, detail)]),
    ...(detail.details ? [...detailSections(facts), changesSection(changes, run)] : []),
  ].filter((part) => part !== '');
  const open = [
    `### ${signOf(facts)} ${headlineOf(facts)}${which}`,
    wordsSection(words),
    capitalised(figuresOf(facts).map(figure).join(' \u00b7 ')),
    itemsSection(facts, run, detail),
    facts.conclusion === 'failure' ? jobTable(facts, detail) : '',
  ];
  const rest = folded.length === 0 || place === 'page' ? folded : [fold('Details', folded.join('\n\n'))];
  return [...open, ...rest, footer(run, words)].filter((part) => part !== '').join('\n\n');
}

/** Our own figures, which contain names of jobs: nothing but their bold type is markup. */
const figure = (text: string): string =>
  text
    .split('**')
    .map((part, at) => (at % 2 === 1 ? `**${safeLine(part)}**` : safeLine(part)))
    .join('');

const capitalised = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());

function wordsSection({ summary, nextSteps, by }: ReportWords): string {
  const lines = summary.split('\n').filter((line) => line.trim() !== '');
  const label = by === 'model' ? '' : lines.length > 1 ? '**Causes**' : '**Cause:** ';
  const causes =
    lines.length === 0
      ? ''
      : by === 'model'
        ? lines.map(safeLine).join(' ')
        : lines.length === 1
          ? `${label}${safeLine(lines[0] ?? '')}`
          : `${label}\n${lines.map((line) => `- ${safeLine(line)}`).join('\n')}`;
  const next =
    nextSteps.length === 0
      ? ''
      : nextSteps.length === 1
        ? `**Next:** ${safeLine(nextSteps[0] ?? '')}`
        : `**Next**\n${nextSteps.map((step, at) => `${at + 1}. ${safeLine(step)}`).join('\n')}`;
  return [causes, next].filter((part) => part !== '').join('\n\n');
}

function itemsSection(facts: PullRequestFacts, run: ReportedRun, { items: most, says }: Detail): string {
  const items = actionItemsOf(facts);
  if (items.length === 0) return '';
  const lines = items.slice(0, most).map((item) => `- ${itemLine(item, run, says)}`);
  const rest = items.length - lines.length;
  if (rest > 0) lines.push(`- \u2026 and ${rest} more.`);
  return `**To do**\n\n${lines.join('\n')}`;
}

function itemLine(item: ActionItem, run: ReportedRun, width: number): string {
  const { level, task, name, says, note, path, lines } = item;
  const what = `${LEVEL_SIGNS[level]} ${task}${name === null ? '' : ` ${codeSpan(cleanText(name, width))}`}`;
  const where = path === null ? '' : `${name === null ? ': ' : ' \u2014 '}${placeOf(path, lines, run)}`;
  const message = says === null ? '' : `${item.kind === 'gate' ? ' failed: ' : '  \n  '}${itemMessage(item, width)}`;
  return `${what}${where}${note === null ? '' : `. ${safeLine(cleanText(note, width))}`}${message}`;
}

/** Gates and broken reports are explained in our own sentences; what a tool says is shown as code. */
const itemMessage = ({ kind, says }: ActionItem, width: number): string =>
  kind === 'gate' || kind === 'report'
    ? safeLine(cleanText(says ?? '', width))
    : codeSpan(cleanText(says ?? '', width));

/** The file, linked at the commit, and its lines. */
function placeOf(path: string, lines: readonly LineRange[], run: ReportedRun): string {
  const shown = cleanText(path, 200);
  const [first] = lines;
  const single = lines.length === 1 && first?.start === first?.end;
  const ranges = lines.length === 0 || single ? '' : ` ${rangesWords(lines)}`;
  const label = codeSpan(single ? `${shown}:${first?.start}` : shown);
  if (shown !== path || path.split('/').includes('..')) return `${label}${ranges}`;
  const encoded = path.split('/').map(urlPart).join('/');
  const { files, lineEnd } = pagesOf(run);
  const end = first === undefined || first.end === first.start ? '' : `${lineEnd}${first.end}`;
  const anchor = first === undefined ? '' : `#L${first.start}${end}`;
  return `[${label}](${files}/${run.headSha}/${encoded}${anchor})${ranges}`;
}

const urlPart = (part: string): string =>
  encodeURIComponent(part).replace(/[()'!*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function jobTable({ jobs }: PullRequestFacts, { jobs: most, says }: Detail): string {
  if (jobs.length === 0) return '';
  const rows = jobs
    .slice(0, most)
    .map(
      ({ job, status, summary }) =>
        `| ${STATUS_SIGNS[status]} | ${codeSpan(cleanText(job, 100), { inTable: true })} | ${cell(cleanText(summary, says))} |`,
    );
  if (jobs.length > most) rows.push(`| | | and ${jobs.length - most} more |`);
  return ['| | Job | Result |', '|---|---|---|', ...rows].join('\n');
}

/** A bar would end a code span in a table, so a cell has no code spans. */
const cell = (text: string): string => safeLine(text.replaceAll('`', "'"));

function detailSections(facts: PullRequestFacts): string[] {
  const quarantined = facts.failedTests.filter((test) => test.quarantined);
  const { architecture, selection } = facts;
  return [
    gateTable(facts.verdicts),
    quarantined.length === 0
      ? ''
      : `**Failed, but quarantined:** ${quarantined
          .slice(0, 10)
          .map((test) => codeSpan(cleanText(testName(test), 160)))
          .join(', ')}${quarantined.length > 10 ? ` and ${quarantined.length - 10} more` : ''}`,
    selection
      .map(({ run, skipped, sampled, mode, reason }) => {
        const chance = sampled === 0 ? '' : ` (${sampled} of them at random, to measure what selection misses)`;
        const how = mode === 'full' ? 'every test ran' : `${counted(run, 'test')} ran${chance}, ${skipped} skipped`;
        return `**Test selection:** ${how}. ${safeLine(cleanText(reason, 300))}`;
      })
      .join('\n\n'),
    architecture === null || architecture.hotspots.length === 0
      ? ''
      : `**Complex code that changes often**\n\n${architecture.hotspots
          .slice(0, 5)
          .map(
            ({ file, line, reason }) =>
              `- ${codeSpan(cleanText(`${file}:${line}`, 200))}: ${safeLine(cleanText(reason, 200))}`,
          )
          .join('\n')}`,
  ].filter((part) => part !== '');
}

const MAX_CHANGES = 5;

function changesSection(changes: readonly CodeChange[], run: ReportedRun): string {
  if (changes.length === 0) return '';
  const shown = changes
    .slice(0, MAX_CHANGES)
    .map(
      (change) => `${placeOf(change.path, [change.lines], run)}: ${safeLine(change.reason)}\n\n${changeAsText(change)}`,
    );
  const rest = changes.length - shown.length;
  const more = rest > 0 ? [`${counted(rest, 'more change')}.`] : [];
  return ['**Suggested changes, not tried**', ...shown, ...more].join('\n\n');
}

function gateTable(verdicts: readonly GateVerdict[]): string {
  if (verdicts.length === 0) return '';
  const signs = { passed: STATUS_SIGNS.passed, failed: STATUS_SIGNS.failed, skipped: STATUS_SIGNS.skipped };
  const rows = verdicts.map(({ metric, status, current, baseline, delta, threshold, unit }) => {
    const value = (one: number | null): string => (one === null ? '\u2013' : inUnit(one, unit));
    const change = delta === null ? '\u2013' : signed(delta, unit === 'count' ? 0 : 1);
    const name = codeSpan(metric, { inTable: true });
    return `| ${signs[status]} | ${name} | ${value(current)} | ${value(baseline)} | ${change} | ${value(threshold)} |`;
  });
  const head = ['| | Gate | Now | Baseline | Change | Limit |', '|---|---|--:|--:|--:|--:|'];
  return [...head, ...rows].join('\n');
}

const inUnit = (value: number, unit: GateVerdict['unit']): string =>
  unit === 'percent' ? percent(value) : unit === 'seconds' ? `${value.toFixed(1)} s` : String(value);

const fold = (title: string, content: string): string =>
  `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;

function footer(from: ReportedRun, words?: ReportWords): string {
  const { runId, attempt, workflow, headSha } = from;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  const run = `[run ${runId}](${runUrl(from)})`;
  const model =
    words?.by === 'model'
      ? ' A language model wrote the summary; its figures and names were checked against the facts.'
      : '';
  return `<sub>Selfheal, ${safeLine(cleanText(workflow, 80))}, ${run}${again}, commit ${headSha.slice(0, 7)}.${model}</sub>`;
}
