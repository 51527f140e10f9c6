import { DRY_RUN_OPTION, defineCommand, dryRunFact, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { QUALITY_METRICS_FILE } from '@selfheal/pull-request-quality/domain/gates/quality-metrics-file.ts';
import { exportedBaseline } from '#apps/workbench/gates/baseline-file.ts';
import { MEASURED_OPTIONS, measuredOf, REPORT_OPERANDS } from '#apps/workbench/gates/measured.ts';
import { originalExitCode, recordRun } from '#apps/workbench/gates/record-run.ts';
import { gateRunOf, RUN_OPTIONS } from '#apps/workbench/input/described-run.ts';
import { stateAt, stateOption } from '#apps/workbench/input/state-place.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';

export const gateUpdate = defineCommand({
  name: 'gate update',
  summary: 'record what a successful run of the default branch measured in the baseline of the gates',
  details:
    'Leaves the baseline as it is for a pull request, another branch, or a run that failed, and says so. Runs may come in any order and more than\n' +
    'once: the id of the run orders them, and a later attempt replaces an earlier one. With --json: {recorded, reason, baseline}.\n' +
    '\n' +
    'Example: selfheal gate update --coverage coverage/lcov.info --conclusion "$JOB_STATUS"',
  operands: REPORT_OPERANDS,
  options: {
    ...MEASURED_OPTIONS,
    ...stateOption('that keeps baselines and runs'),
    ...RUN_OPTIONS,
    conclusion: { type: 'string', value: 'WORD', about: 'how the job ended (job.status); success by default' },
    'original-exit-code': { type: 'string', value: 'N', about: 'the exit code of the step before; it is never lost' },
    out: {
      type: 'string',
      value: 'FILE',
      about: `also write the baseline as a file, such as ${QUALITY_METRICS_FILE}`,
    },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const original = originalExitCode(options['original-exit-code']);
    try {
      const run = gateRunOf(options, terminal.environment);
      const measured = await measuredOf(options, operands);
      const deps = stateAt(options.state, terminal, { dryRun: options['dry-run'] });
      const conclusion = original === 0 ? (options.conclusion ?? run.conclusion ?? 'success') : 'failure';
      const recorded = await recordRun(deps, { run, measured, conclusion }, terminal);
      const file = await exportedBaseline(deps.state, run.branch, terminal).catch(() => null);
      if (options.out !== undefined && file !== null && options['dry-run'] !== true)
        await writeOutput(options.out, `${JSON.stringify(file, null, 2)}\n`, '--out');
      if (options.json === true) {
        const reason = recorded === null ? 'the state could not be written' : null;
        await terminal.write(
          `${JSON.stringify({
            recorded: recorded?.kind === 'recorded',
            reason: recorded?.kind === 'left-out' ? recorded.reason : reason,
            baseline: file?.baseline ?? {},
            ...dryRunFact(options),
          })}\n`,
        );
      }
      return original;
    } catch (error) {
      if (original === 0 || !(error instanceof UsageError || error instanceof InvalidInput)) throw error;
      terminal.say(`selfheal: ${error.message}`);
      return original;
    }
  },
});
