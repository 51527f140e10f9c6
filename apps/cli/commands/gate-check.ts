import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { InvalidInput, messageOf } from '@selfheal/kernel/errors.ts';
import { checkGates, type GateCheck, summarizeGates } from '@selfheal/pull-request-quality/app/gates/check-gates.ts';
import type { GateVerdict } from '@selfheal/pull-request-quality/domain/gates/metric-kind.ts';
import type { JobFacts } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { leaveResult, RESULT_OPTIONS } from '#apps/workbench/feedback/write-result.ts';
import { GATE_OPTIONS, gateSettingsOf } from '#apps/workbench/gates/gate-options.ts';
import { MEASURED_OPTIONS, type Measurements, measuredOf, REPORT_OPERANDS } from '#apps/workbench/gates/measured.ts';
import { originalExitCode, recordRun } from '#apps/workbench/gates/record-run.ts';
import { decidingFilesHere } from '#apps/workbench/input/deciding-files.ts';
import { gateRunOf, RUN_OPTIONS } from '#apps/workbench/input/described-run.ts';
import { stateAt, stateOption } from '#apps/workbench/input/state-place.ts';

const WORDS = { passed: 'pass', failed: 'fail', unavailable: 'unavailable', skipped: 'skipped' } as const;

export const gateCheck = defineCommand({
  name: 'gate check',
  summary: 'compare coverage, vulnerabilities and durations of a run with the last runs of the default branch',
  details:
    'Fails on a regression beyond the delta and the noise of the last ten runs, and on fixed limits (MIN_COVERAGE, MAX_HIGH, MAX_CRITICAL); each\n' +
    'verdict is one line. Vulnerabilities fail it only with VULN_GATING=1. --update also records a run of the default branch that passed.\n' +
    'When Selfheal itself cannot read its baseline, it says so and keeps the exit code of the build. A report that is missing or cannot be read is an\n' +
    'error. With --json: {verdict, checks: [{metric, current, baseline, delta, limit, verdict, unit, explanation}], notes}.\n' +
    '\n' +
    'Example: selfheal gate check --coverage coverage/lcov.info --findings trivy.json --base origin/main\n' +
    'Exit codes: 0 passed, or Selfheal could not judge; 1 failed; 2 bad usage or report; with --original-exit-code N that code when it is not 0.',
  operands: REPORT_OPERANDS,
  options: {
    ...MEASURED_OPTIONS,
    ...stateOption('that keeps baselines and runs'),
    ...RUN_OPTIONS,
    ...GATE_OPTIONS,
    'original-exit-code': { type: 'string', value: 'N', about: 'the exit code of the step before; it is never lost' },
    update: { type: 'boolean', about: 'record the run when it passed and is of the default branch' },
    ...RESULT_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const original = originalExitCode(options['original-exit-code']);
    try {
      const run = gateRunOf(options, terminal.environment);
      const { settings, notes } = await gateSettingsOf(options, terminal.environment, decidingFilesHere(terminal));
      const measured = await measuredOf(options, operands);
      const deps = stateAt(options.state, terminal);
      const { branch } = run;
      const inputs = { ...measured, branch, run: run.isProposal ? null : run.run, settings, notes };
      const check = await checkGates(deps.state, inputs);
      await show(check, options.json === true, terminal);
      await leaveResult(options, 'gates', resultOf(check, measured), terminal);
      if (options.update === true && check.status === 'passed')
        await recordRun(
          deps,
          { run, measured, conclusion: original === 0 ? (run.conclusion ?? 'success') : 'failure' },
          terminal,
        );
      return original !== 0 ? original : check.status === 'failed' ? 1 : 0;
    } catch (error) {
      if (error instanceof UsageError || error instanceof InvalidInput) {
        if (original === 0) throw error;
        terminal.say(`selfheal: ${error.message}`);
        return original;
      }
      terminal.say(
        `selfheal: the gates could not be judged: ${messageOf(error)} The build keeps its exit code ${original}.`,
      );
      return original;
    }
  },
});

async function show({ status, verdicts, notes }: GateCheck, json: boolean, terminal: Terminal): Promise<void> {
  if (json) {
    const checks = verdicts.map(checkOf);
    await terminal.write(`${JSON.stringify({ verdict: WORDS[status], checks, notes })}\n`);
    return;
  }
  const count = (of: GateVerdict['status']): number => verdicts.filter((one) => one.status === of).length;
  const head = { passed: 'PASS', failed: 'FAIL', unavailable: 'NOT JUDGED' }[status];
  await terminal.write(
    [
      ...verdicts.map(({ explanation }) => explanation),
      ...notes.map((note) => `note: ${note}`),
      `gates: ${head} (${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped)`,
      '',
    ].join('\n'),
  );
}

const checkOf = ({ metric, status, current, baseline, delta, threshold, unit, explanation }: GateVerdict) => ({
  metric,
  current,
  baseline,
  delta,
  limit: threshold,
  verdict: WORDS[status],
  unit,
  explanation,
});

function resultOf(check: GateCheck, measured: Measurements) {
  const { status, verdicts } = check;
  const summary = summarizeGates(check, 'Selfheal could not read its baseline, so regressions were not judged.');
  const facts: JobFacts[] = [{ kind: 'gates', verdicts: verdicts.slice(0, 50) }, ...measured.facts];
  return { status, summary, facts };
}
