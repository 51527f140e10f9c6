import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, forEachFile, JSON_OPTION, UsageError } from '../command.ts';
import { shippedModel, shippedRecall, shippedSignatures } from '../input/shipped-content.ts';
import { type Triage, triageLog } from '../triage/triage-log.ts';

/** Logs with the same cause: the same signature, else the same fingerprint, else the same class. */
interface Group {
  readonly cause: string;
  readonly class: string;
  readonly files: readonly string[];
}

function groupsOf(triages: readonly Triage[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { file, fingerprint, signature, class: failureClass, root_cause, failed } of triages) {
    if (!failed) continue;
    const key = signature ?? fingerprint ?? failureClass;
    const known = groups.get(key) ?? { cause: root_cause, class: failureClass, files: [] };
    groups.set(key, { ...known, files: [...known.files, file] });
  }
  return [...groups.values()].sort((a, b) => b.files.length - a.files.length);
}

/** Outputs for the next steps of a pipeline. The confidence is the lowest of all logs. */
function outputsOf(triages: readonly Triage[], groups: readonly Group[]) {
  const flaky = triages.some((one) => one.verdict === 'flaky' || one.class === 'flaky_tests');
  const confidence = triages.length === 0 ? 0 : Math.min(...triages.map((one) => one.confidence));
  const causes = groups.map((group) => `${group.files.length}x ${group.class}`).join(', ');
  const logs = `${triages.length} ${triages.length === 1 ? 'log' : 'logs'}`;
  return {
    fix_confidence: confidence.toFixed(2),
    has_flaky_tests: String(flaky),
    triage_summary: `${logs}, ${groups.length} ${groups.length === 1 ? 'cause' : 'causes'}: ${causes || 'none'}`,
  };
}

function asText(triages: readonly Triage[], summary: string): string {
  const output = triages.map(({ file, failed, comment }) =>
    failed ? `${file}\n\n${comment}\n\n` : `${file}: nothing failed (no line reports a failure)\n\n`,
  );
  return `${output.join('')}${summary}\n`;
}

async function writeReports(folder: string, triage: object, errors: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'triage_report.json'), `${JSON.stringify(triage, null, 2)}\n`);
  await writeFile(join(folder, 'error_report.json'), `${JSON.stringify(errors, null, 2)}\n`);
}

export const logTriage = defineCommand({
  name: 'log triage',
  summary: 'report on several logs together: causes, confidence, similar failures, what to do',
  details:
    'Prints for each log what the pull request comment would say. With --out DIR it also writes triage_report.json and error_report.json. In a\n' +
    'GitHub Actions job it sets the outputs fix_confidence, has_flaky_tests and triage_summary (GITHUB_OUTPUT).\n' +
    'With --json it prints the triage report instead of the text.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: 1000 },
  options: { out: { type: 'string', value: 'DIR', about: 'write the reports to this folder' }, ...JSON_OPTION },
  async run({ operands, options }, terminal) {
    if (operands.includes('-'))
      throw new UsageError(
        '"selfheal log triage" reads each log twice and cannot read standard input. Name files instead of "-".',
      );
    const content = {
      signatures: await shippedSignatures(terminal.say),
      model: await shippedModel(terminal.say),
      recall: await shippedRecall(terminal.say),
    };
    const triages: Triage[] = [];
    const code = await forEachFile(operands, terminal, async (file) => {
      triages.push(await triageLog(file, content, terminal));
    });
    const groups = groupsOf(triages);
    const outputs = outputsOf(triages, groups);
    const logs = triages.map(({ errors: _errors, comment: _comment, ...triage }) => triage);
    const report = { version: 1, ...outputs, groups, logs };
    const errors = { version: 1, logs: triages.map(({ file, errors: clusters }) => ({ file, clusters })) };
    if (options.out !== undefined) await writeReports(options.out, report, errors);
    const { GITHUB_OUTPUT: outputFile } = terminal.environment;
    if (outputFile) {
      const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
      await appendFile(outputFile, lines.join(''));
    }
    await terminal.write(
      options.json === true ? `${JSON.stringify(report)}\n` : asText(triages, outputs.triage_summary),
    );
    return code;
  },
});
