import { defineCommand, forEachFile, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { triageLog } from '#apps/workbench/triage/triage-log.ts';
import { TRIAGE_OPTIONS, triageContent, triageModel, writeTriage } from '#apps/workbench/triage/triage-output.ts';
import type { Triage } from '#shared/app/triage/triage-failures.ts';

export const logTriage = defineCommand({
  name: 'log triage',
  summary: 'report on several logs together: causes, confidence, similar failures, what to do',
  details:
    'Prints for each log what the pull request comment would say. Logs with one root cause are counted as one. In a GitHub Actions job it sets the\n' +
    'outputs fix_confidence, has_flaky_tests and triage_summary (GITHUB_OUTPUT).\n' +
    'With --json it prints the triage report instead of the text.',
  operands: { shown: 'FILE...', atLeast: 1, atMost: 1000 },
  options: { ...TRIAGE_OPTIONS, ...JSON_OPTION },
  async run({ operands, options }, terminal) {
    if (operands.includes('-'))
      throw new UsageError(
        '"selfheal log triage" reads each log twice and cannot read standard input. Name files instead of "-".',
      );
    const content = await triageContent(terminal, triageModel(options.model, terminal), process.cwd());
    const triages: Triage[] = [];
    const code = await forEachFile(operands, terminal, async (file) => {
      triages.push(await triageLog(file, content, terminal));
    });
    await writeTriage(triages, {}, options, terminal);
    return code;
  },
});
