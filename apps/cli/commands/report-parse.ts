import { relative, resolve } from 'node:path';
import { defineCommand, type ExitCode, forEachFile, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import type { ReportInput } from '@selfheal/reports/read/read-report.ts';
import { inSmallHeap, STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';
import {
  filesOfRepository,
  readReportFile,
  readReportStream,
  reportFilesOf,
} from '#shared/adapters/archive/report-files.ts';
import { makeJsonPrinter, makeTextPrinter } from '../reports/render-report.ts';

/** Files that are named of those that are no reports. */
const MAX_NAMED = 5;
const KINDS = ['tests', 'coverage', 'findings'] as const;

const WINDOWS_PATH = /^(?:[A-Za-z]:[\\/]|\\\\)/;

export const reportParse = defineCommand({
  name: 'report parse',
  summary: 'read reports of tests, coverage and findings in one form',
  details:
    'A file, gzipped or not, a folder with reports, or - for standard input. The format is recognised by content; docs/guide/reports.md lists them.\n' +
    'With --json: {version, file, tests|coverage|findings: [...], format, outsidePaths, kind, totals, ...} per file, on one line.\n' +
    'Exit code 2 when a report is missing, damaged, of another kind than --kind says, or of a scan that did not finish; with --fail 1 when a test failed.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal report parse build/test-results coverage/lcov.info\n' +
    '  selfheal report parse trivy.json --kind findings --json',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: {
    kind: { type: 'string', value: 'KIND', about: 'refuse other reports: tests, coverage or findings' },
    format: {
      type: 'string',
      value: 'ID',
      about: 'read it as this format, such as junit, lcov or sarif, whatever it looks like',
    },
    root: { type: 'string', value: 'DIR', about: 'folder of the repository; paths below it become relative to it' },
    fail: { type: 'boolean', about: 'exit with 1 if a test failed' },
    verbose: { type: 'boolean', about: 'say of each file of a folder why it is no report' },
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const kind = KINDS.find((one) => one === options.kind);
    if (options.kind !== undefined && kind === undefined)
      throw new UsageError(`--kind ${options.kind}: expected ${KINDS.join(', ')}.`);
    // Loaded here, because the parsers are not needed to start.
    const { readReport } = await import('@selfheal/reports/read/read-report.ts');
    const { unfinishedWords } = await import('@selfheal/reports/read/read-reports.ts');
    // A report may come from a machine with Windows, whose folder is no path here.
    const root = WINDOWS_PATH.test(options.root ?? '') ? (options.root ?? '') : resolve(options.root ?? '.');
    const paths = { workspaces: [root], files: filesOfRepository(root) };
    let failed = false;
    const parse = async (file: string, others?: string[]): Promise<void> => {
      const name = file === STANDARD_INPUT ? 'standard input' : file;
      const printer = options.json === true ? makeJsonPrinter(name, (text) => terminal.write(text)) : makeTextPrinter();
      const input = inputOf(file, name, terminal);
      const summary = await readReport(input, { kind, format: options.format, paths }, printer).catch((error) => {
        if (others === undefined || !(error instanceof UnreadableReport) || error.otherFile === null)
          asUsageError(error);
        if (error.otherFile === 'unknown') others.push(file);
        return null;
      });
      if (summary === null) return;
      failed ||= summary.kind === 'tests' && summary.totals.failures + summary.totals.errors > 0;
      await terminal.write(printer.finish(summary));
      // Said when its findings are printed: no findings of such a scan must not look like good news.
      if (summary.kind === 'findings' && summary.unfinished.length > 0)
        throw new UsageError(unfinishedWords(summary).join('\n'));
    };
    const codes: ExitCode[] = [];
    const code = await forEachFile(operands, terminal, async (operand) => {
      const files = operand === STANDARD_INPUT ? [operand] : await reportFilesOf(operand).catch(asUsageError);
      if (files.length === 1 || options.verbose === true) {
        codes.push(await forEachFile(files, terminal, (file) => parse(file)));
        return;
      }
      const others: string[] = [];
      codes.push(await forEachFile(files, terminal, (file) => parse(file, others)));
      if (others.length > 0) throw new UsageError(othersWords(operand, others, files.length));
    });
    if ([code, ...codes].includes(2)) return 2;
    return failed && options.fail === true ? 1 : 0;
  },
});

/** A command ends with exit code 2 and the message of a report that cannot be read. */
function asUsageError(error: unknown): never {
  throw error instanceof UnreadableReport ? new UsageError(error.message) : error;
}

/** Names the files of a folder that are no reports, in one line. */
function othersWords(folder: string, others: readonly string[], files: number): string {
  const shown = others.slice(0, MAX_NAMED).map((file) => relative(folder, file));
  return (
    `${folder}: ${others.length} of ${counted(files, 'file')} ${others.length === 1 ? 'is' : 'are'} no report of a known format: ` +
    `${shown.join(', ')}${others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : ''}. Name the reports, or add --verbose to see why.`
  );
}

const inputOf = (file: string, name: string, terminal: Terminal): ReportInput => ({
  name,
  pieces: inSmallHeap(file === STANDARD_INPUT ? readReportStream(name, terminal.stdin) : readReportFile(file)),
});
