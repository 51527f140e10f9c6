import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';
import { objectOf, textOf } from '../formats/common/json.ts';
import type { ReportFormat, ReportHead, ReportKind } from '../formats/contract.ts';
import { REPORT_FORMATS } from '../formats/registry.ts';
import { UnreadableReport, WHOLE_REPORT } from '../normal-form/unreadable-report.ts';
import { headOf, MAX_HEAD_LENGTH } from './report-head.ts';

/** Words for a kind of report in a sentence. */
const KIND_WORDS: Readonly<Record<ReportKind, string>> = {
  tests: 'a test report',
  coverage: 'a coverage report',
  findings: 'a report of findings',
};

/** What lies beside reports and only sums them up, by its first element, and where the report is. */
const SUMMARIES: Readonly<Record<string, readonly [what: string, instead: string]>> = {
  'failsafe-summary': ['the summary of Maven Failsafe', 'the TEST-*.xml files beside it'],
  'testng-results': ['the summary of TestNG', 'the junitreports/*.xml files beside it'],
  mutations: ['a report of mutation tests', 'the report of the tests themselves'],
};

/** What is asked of a report. */
export interface AskedFormat {
  readonly kind?: ReportKind | undefined;
  readonly format?: string | undefined;
}

export interface ChosenFormat {
  readonly format: ReportFormat;
  /** What the report looks like although it was asked for as another one, if anything; null when it is as asked. */
  readonly overruled: { readonly looksLike: ReportFormat | null; readonly isEmptyList: boolean } | null;
}

/**
 * The format of a report by its beginning: the one that is asked for, whatever it looks like, else the one that it is recognised as. Null when the
 * rest of the file, which `isWhole` says is none, may tell it. Throws `UnreadableReport` when it is empty, of no known format, or of another kind
 * than asked for.
 */
export function chooseFormat(
  start: string,
  file: string,
  { kind, format: id }: AskedFormat,
  isWhole: boolean,
): ChosenFormat | null {
  const asked = id === undefined ? undefined : formatNamed(id);
  if (start.trim() === '') {
    if (!isWhole) return null;
    if (asked?.emptyMeansNone === true) return { format: asked, overruled: null };
    throw new UnreadableReport('it is empty', 'The tool that writes it has failed or was not run', WHOLE_REPORT);
  }
  const head = headOf(start, file);
  const isEmptyList = /^\s*(?:\[\s*\]|null)\s*$/.test(start);
  const found =
    asked?.recognizes(head) === true
      ? asked
      : (REPORT_FORMATS.find((one) => one.recognizes(head)) ??
        (isEmptyList ? listNamedAfter(head.fileName) : undefined));
  const mayTellLater = !isWhole && found === undefined && (head.json !== null || start.trimStart().startsWith('<'));
  if (mayTellLater && head.text.length < MAX_HEAD_LENGTH) return null;
  const said = found === undefined ? toolError(start) : null;
  if (said !== null)
    throw new UnreadableReport(
      `The scan did not finish: the tool wrote an error in place of its report (${said})`,
      'Mend what it names and run it again',
      WHOLE_REPORT,
    );
  const chosen = asked ?? found ?? unknownFormat(head, isEmptyList);
  if (kind !== undefined && chosen.kind !== kind)
    throw new UnreadableReport(
      `it is ${KIND_WORDS[chosen.kind]} (${chosen.title}), expected ${KIND_WORDS[kind]}`,
      'Pass the right file',
      WHOLE_REPORT,
    );
  const isAsked = chosen === found || (found === undefined && head.json === null && head.xmlRoot === null);
  return { format: chosen, overruled: isAsked ? null : { looksLike: found ?? null, isEmptyList } };
}

function unknownFormat({ xmlRoot }: ReportHead, isEmptyList: boolean): never {
  const [what, instead] = (xmlRoot === null ? undefined : SUMMARIES[xmlRoot]) ?? [];
  if (what !== undefined)
    throw new UnreadableReport(`it is ${what}, not a report`, `Pass ${instead}`, WHOLE_REPORT, '', 'summary');
  if (isEmptyList)
    throw new UnreadableReport(
      'it is an empty list, which does not say whose',
      'Name the tool that wrote it (--format ID): then it is a report without findings',
      WHOLE_REPORT,
      '',
      'unknown',
    );
  throw new UnreadableReport(
    xmlRoot === null ? 'it is no report of a known format' : `<${xmlRoot}> begins no report of a known format`,
    `Known formats: ${REPORT_FORMATS.map((one) => one.id).join(', ')}`,
    { line: 1, column: null },
    '',
    'unknown',
  );
}

const listNamedAfter = (fileName: string): ReportFormat | undefined =>
  REPORT_FORMATS.find(({ namesOfEmptyList = [] }) => namesOfEmptyList.some((name) => fileName.includes(name)));

const MAX_SAID = 300;

/**
 * What a tool says that wrote an error as JSON where its report should stand, as npm audit, pnpm audit and Snyk do: `{"error": {"code", "summary"}}`,
 * `{"ok": false, "error": "..."}`, `{"message": "..."}`. Null for any other text.
 */
function toolError(text: string): string | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const { error, message, ok } = objectOf(document);
  if (error === undefined && !(ok === false && message !== undefined)) return null;
  const { code, summary, detail, message: inner } = objectOf(error);
  const words = [code, summary, detail, inner, error, message].flatMap((one) => {
    const word = textOf(one)?.trim();
    return word === undefined || word === '' ? [] : [word.replace(/\s+/g, ' ')];
  });
  return words.length === 0 ? null : [...new Set(words)].slice(0, 3).join(': ').slice(0, MAX_SAID);
}

/** The format with this id. Throws `UnreadableReport` when there is none. */
function formatNamed(id: string): ReportFormat {
  const found = REPORT_FORMATS.find((one) => one.id === id);
  if (found !== undefined) return found;
  const ids = REPORT_FORMATS.map((one) => one.id);
  const nearest = nearestValue(id, ids);
  throw new UnreadableReport(
    `there is no report format "${id.slice(0, 40)}"`,
    `${nearest === null ? '' : `Did you mean ${nearest}? `}Use one of: ${ids.join(', ')}`,
    WHOLE_REPORT,
  );
}
