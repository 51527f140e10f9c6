import { resolve } from 'node:path';
import {
  filesOfRepository,
  readReportFile,
  readReportStream,
  reportFilesOf,
} from '#shared/adapters/archive/report-files.ts';
import type { ReportInput } from '#shared/app/reports/read-report.ts';
import { UnreadableReport } from '#shared/domain/reports/unreadable-report.ts';
import { defineCommand, type ExitCode, forEachFile, JSON_OPTION, UsageError } from '../command.ts';
import { inSmallHeap, STANDARD_INPUT } from '../input/open-input.ts';
import { makeJsonPrinter, makeTextPrinter } from '../reports/render-report.ts';
import type { Terminal } from '../terminal.ts';

const KINDS = ['tests', 'coverage', 'findings'] as const;

export const reportParse = defineCommand({
  name: 'report parse',
  summary: 'read reports of tests, coverage and findings in one form',
  details:
    'A file, gzipped or not, a folder with reports, or - for standard input. The format is recognised by content; docs/guide/reports.md lists them.\n' +
    'With --json: {version, file, tests|coverage|findings: [...], format, outsidePaths, kind, totals, ...} per file, on one line.\n' +
    'Exit code 2 when a report is missing, damaged, or of another kind than --kind says; with --fail 1 when a test failed.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal report parse build/test-results coverage/lcov.info\n' +
    '  selfheal report parse trivy.json --kind findings --json',
  operands: { shown: 'FILE...', atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  options: {
    kind: { type: 'string', value: 'KIND', about: 'refuse other reports: tests, coverage or findings' },
    format: { type: 'string', value: 'ID', about: 'refuse other formats, such as junit, lcov or sarif' },
    root: { type: 'string', value: 'DIR', about: 'folder of the repository; paths below it become relative to it' },
    fail: { type: 'boolean', about: 'exit with 1 if a test failed' },
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const kind = KINDS.find((one) => one === options.kind);
    if (options.kind !== undefined && kind === undefined)
      throw new UsageError(`--kind ${options.kind}: expected ${KINDS.join(', ')}.`);
    // Loaded here, because the parsers are not needed to start.
    const { readReport } = await import('#shared/app/reports/read-report.ts');
    const root = resolve(options.root ?? '.');
    const paths = { workspaces: [root], files: filesOfRepository(root) };
    let failed = false;
    const parse = async (file: string): Promise<void> => {
      const name = file === STANDARD_INPUT ? 'standard input' : file;
      const printer = options.json === true ? makeJsonPrinter(name, (text) => terminal.write(text)) : makeTextPrinter();
      const input = inputOf(file, name, terminal);
      const summary = await readReport(input, { kind, format: options.format, paths }, printer).catch(asUsageError);
      failed ||= summary.kind === 'tests' && summary.totals.failures + summary.totals.errors > 0;
      await terminal.write(printer.finish(summary));
    };
    const codes: ExitCode[] = [];
    const code = await forEachFile(operands, terminal, async (operand) => {
      const files = operand === STANDARD_INPUT ? [operand] : await reportFilesOf(operand).catch(asUsageError);
      codes.push(await forEachFile(files, terminal, parse));
    });
    if ([code, ...codes].includes(2)) return 2;
    return failed && options.fail === true ? 1 : 0;
  },
});

/** A command ends with exit code 2 and the message of a report that cannot be read. */
function asUsageError(error: unknown): never {
  throw error instanceof UnreadableReport ? new UsageError(error.message) : error;
}

const inputOf = (file: string, name: string, terminal: Terminal): ReportInput => ({
  name,
  pieces: inSmallHeap(file === STANDARD_INPUT ? readReportStream(name, terminal.stdin) : readReportFile(file)),
});
