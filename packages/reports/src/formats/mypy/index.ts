import { counted } from '@selfheal/kernel/time-words.ts';
import { openLines, refuseLine } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { RawFinding, ReportFormat, ReportParser, ReportSink } from '../contract.ts';

const MESSAGE = /^(.+?\.pyi?):(?:(\d{1,8}):)?(?:\d+:)?(?:\d+:\d+:)? (error|warning|note): (.*?)(?: {2}\[([\w-]+)\])?$/;
/** The code at the end of a message that `--pretty` broke. */
const CODE = /^(.*?)\s*\[([\w-]+)\]$/;
const SOURCE_EXCERPT = /^ {4}/;
/** Characters of a line that are read. */
const MAX_LINE = 10_000;
const SUCCESS = /^Success: no issues found in \d+ source file/;
const SUMMARY = /^Found (\d{1,9}) errors? in \d+ files?/;

/** https://mypy.readthedocs.io/en/stable/command_line.html#configuring-error-messages */
export const mypy: ReportFormat = {
  id: 'mypy',
  title: 'mypy text',
  kind: 'findings',
  writers: 'mypy',
  recognizes: ({ text, json, xmlRoot }) =>
    json === null &&
    xmlRoot === null &&
    (text.split(/\r?\n/, 200).some((line) => SUCCESS.test(line)) || hasMessage(text)),
  emptyMeansNone: true,
  open: openMypy,
};

const hasMessage = (text: string): boolean =>
  text.split(/\r?\n/, 200).some((line) => MESSAGE.test(line.slice(0, MAX_LINE)));

function openMypy(sink: ReportSink): ReportParser {
  let errors = 0;
  let hasAnswer = false;
  /** The last message, and its text with the lines to which `--pretty` may have broken it. */
  let last: { readonly finding: RawFinding; wrapped: string } | null = null;
  const passOn = (isWrapped: boolean): void => {
    if (last === null) return;
    const { finding, wrapped } = last;
    last = null;
    const [, message = wrapped, code] = CODE.exec(wrapped) ?? [];
    sink.finding(isWrapped ? { ...finding, message, rule: code ?? finding.rule } : finding);
  };
  return openLines({
    line(line, number) {
      const text = line.slice(0, MAX_LINE);
      hasAnswer ||= SUCCESS.test(text);
      const total = SUMMARY.exec(text)?.[1];
      if (total !== undefined && Number(total) !== errors)
        refuseLine(
          number,
          `mypy found ${counted(Number(total), 'error')}, ${errors} ${errors === 1 ? 'is' : 'are'} listed`,
          'A part of its output is missing: keep all of it',
        );
      const [, file, at, level, message = '', code] = MESSAGE.exec(text) ?? [];
      hasAnswer ||= file !== undefined;
      if (file === undefined && last !== null && total === undefined) {
        // The excerpt of the source is indented and ends what was broken.
        if (SOURCE_EXCERPT.test(text)) passOn(true);
        else if (last.wrapped.length < MAX_LINE)
          last.wrapped += `${last.wrapped.endsWith(' ') ? '' : ' '}${text.trim()}`;
        return;
      }
      passOn(false);
      // A note explains the error before it.
      if (file === undefined || level === 'note') return;
      errors += level === 'error' ? 1 : 0;
      const finding: RawFinding = {
        tool: 'mypy',
        category: 'code',
        rule: code ?? 'mypy',
        severity: level === 'error' ? 'high' : 'medium',
        message,
        file,
        line: lineOf(at),
      };
      last = { finding, wrapped: code === undefined ? message : `${message}  [${code}]` };
    },
    end(number) {
      passOn(false);
      if (!hasAnswer && number > 0)
        refuseLine(number, 'it lists no error and does not say "Success"', 'mypy has failed or its output is cut off');
    },
  });
}
