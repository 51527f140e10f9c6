import { UnreadableReport, WHOLE_REPORT } from '#shared/domain/reports/unreadable-report.ts';
import { objectOf, textOf } from '#shared/plugins/reports/common/json.ts';
import type { ReportFormat, ReportKind } from '#shared/plugins/reports/contract.ts';
import { REPORT_FORMATS } from '#shared/plugins/reports/registry.ts';
import { headOf } from './report-head.ts';

/** Words for a kind of report in a sentence. */
const KIND_WORDS: Readonly<Record<ReportKind, string>> = {
  tests: 'a test report',
  coverage: 'a coverage report',
  findings: 'a report of findings',
};

/**
 * The format of a report by its beginning: the one that is asked for, else the one that it is recognised as. Throws `UnreadableReport` when it is
 * empty, of no known format, or of another kind or format than asked for.
 */
export function chooseFormat(
  start: string,
  file: string,
  { kind, format: id }: { readonly kind?: ReportKind | undefined; readonly format?: string | undefined },
): ReportFormat {
  const asked = id === undefined ? undefined : formatNamed(id);
  if (start.trim() === '') {
    if (asked?.emptyMeansNone === true) return asked;
    throw new UnreadableReport('it is empty', 'The tool that writes it has failed or was not run', WHOLE_REPORT);
  }
  const head = headOf(start, file);
  const found = asked?.recognizes(head) === true ? asked : REPORT_FORMATS.find((one) => one.recognizes(head));
  if (found === undefined) {
    const said = toolError(start);
    if (said !== null)
      throw new UnreadableReport(
        `The scan did not finish: the tool wrote an error in place of its report (${said})`,
        'Mend what it names and run it again',
        WHOLE_REPORT,
      );
    if (asked !== undefined && head.xmlRoot === null && head.json === null) return asked;
    throw new UnreadableReport(
      head.xmlRoot === null
        ? 'it is no report of a known format'
        : `<${head.xmlRoot}> begins no report of a known format`,
      `Known formats: ${REPORT_FORMATS.map((one) => one.id).join(', ')}`,
      { line: 1, column: null },
      '',
      true,
    );
  }
  if (asked !== undefined && asked !== found)
    throw new UnreadableReport(
      `it is ${found.title}, expected ${asked.title}`,
      'Pass the other file, or name its format',
      WHOLE_REPORT,
    );
  if (kind !== undefined && found.kind !== kind)
    throw new UnreadableReport(
      `it is ${KIND_WORDS[found.kind]} (${found.title}), expected ${KIND_WORDS[kind]}`,
      'Pass the right file',
      WHOLE_REPORT,
    );
  return found;
}

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
  throw new UnreadableReport(
    `there is no report format "${id.slice(0, 40)}"`,
    `Use one of: ${REPORT_FORMATS.map((one) => one.id).join(', ')}`,
    WHOLE_REPORT,
  );
}
