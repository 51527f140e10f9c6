import { JSON_OPTION, type OptionValues, shareOption, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { CorruptRecord, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import {
  collectRun,
  emitMetrics,
  type Measurements,
  storeRun,
} from '@selfheal/pull-request-quality/app/ci-metrics/collect-run.ts';
import type { StateDeps } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import { metricsArtifact, type RunRecord } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { CI_METRICS } from '@selfheal/pull-request-quality/domain/ci-metrics/samples.ts';
import { MEASURED_OPTIONS, measuredIfAny } from '#apps/workbench/gates/measured.ts';
import { stateOption } from '#apps/workbench/input/state-place.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { connectPlatforms, METRIC_PLATFORMS } from './metric-platforms.ts';

const DEFAULT_OUT = 'ci_metrics/run_metrics.json';
export const METRICS_OPTIONS = {
  repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
  run: { type: 'string', value: 'ID', about: 'the id of the run; GITHUB_RUN_ID by default' },
  report: MEASURED_OPTIONS.report,
  coverage: MEASURED_OPTIONS.coverage,
  findings: MEASURED_OPTIONS.findings,
  metric: MEASURED_OPTIONS.metric,
  'fix-confidence': { type: 'string', value: 'N', about: 'confidence of the proposed fix, 0 to 1' },
  flaky: { type: 'string', value: 'BOOLEAN', about: 'whether the run had flaky tests: true or false' },
  out: { type: 'string', value: 'FILE', about: `the file for the artifact; ${DEFAULT_OUT} by default` },
  ...stateOption('that keeps baselines and runs'),
  ...JSON_OPTION,
} as const;
const SWITCHES: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** Collects the metrics of a run, keeps them in the state, and sends them on. Null when GitHub did not say how the run went. */
export async function collectMetrics(
  options: OptionValues<typeof METRICS_OPTIONS>,
  stateOf: () => Promise<StateDeps>,
  terminal: Terminal,
): Promise<RunRecord | null> {
  const { environment } = terminal;
  const repository = options.repo ?? (environment.GITHUB_REPOSITORY || '');
  if (!RepositoryName.safeParse(repository).success)
    throw new UsageError(
      `Name the repository: --repo owner/name, or GITHUB_REPOSITORY${repository === '' ? '' : ` (not "${repository}")`}.`,
    );
  const id = options.run ?? (environment.GITHUB_RUN_ID || undefined);
  if (id === undefined) throw new UsageError('Name the run: --run ID, or GITHUB_RUN_ID.');
  const runId = wholeNumber('run', id, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER });
  const measurements = await measurementsOf(options, terminal);
  const record = await recordOf(repository, runId, measurements, terminal);
  if (record === null) return null;
  const at = new Date(terminal.now());
  const artifact = metricsArtifact(record, at.toISOString());
  await writeOutput(options.out ?? DEFAULT_OUT, `${JSON.stringify(artifact, null, 2)}\n`, '--out');
  await keep(record, stateOf, terminal);
  const sinks = await connectPlatforms(environment);
  if (sinks.length === 0)
    terminal.say(
      `selfheal: no monitoring platform is configured (${METRIC_PLATFORMS.map(({ variable }) => variable).join(', ')}): the metrics are only in the file and the state.`,
    );
  for (const { sink, reason } of await emitMetrics(sinks, { record, repository, at })) {
    const said = reason === null ? `the metrics were sent to ${sink}.` : `${reason} The build is not affected.`;
    terminal.say(`selfheal: ${said}`);
  }
  await terminal.write(options.json === true ? `${JSON.stringify(artifact)}\n` : summaryOf(record));
  return record;
}

type MeasuringOptions = Parameters<typeof measuredIfAny>[0] & {
  readonly 'fix-confidence'?: string | undefined;
  readonly flaky?: string | undefined;
};

async function measurementsOf(options: MeasuringOptions, terminal: Terminal): Promise<Measurements> {
  const { metrics = {}, unfinishedScans = [] } = (await measuredIfAny(options)) ?? {};
  for (const sentence of unfinishedScans)
    terminal.say(`selfheal: ${sentence} The metrics hold no vulnerabilities of this run.`);
  const { 'vulnerabilities.critical': critical, 'vulnerabilities.high': high } = metrics;
  const flaky = options.flaky;
  if (flaky !== undefined && flaky !== '' && SWITCHES[flaky] === undefined)
    throw new UsageError(`--flaky ${flaky}: expected true or false.`);
  const confidence = options['fix-confidence'];
  return {
    coverage: metrics.coverage ?? null,
    vulnerabilities: critical === undefined && high === undefined ? null : { critical: critical ?? 0, high: high ?? 0 },
    fixConfidence: confidence === undefined || confidence === '' ? null : shareOption('fix-confidence', confidence, 0),
    hasFlakyTests: SWITCHES[flaky ?? ''] ?? null,
  };
}

/** Null when GitHub cannot be reached or refuses, which is said and breaks no build. */
async function recordOf(
  repository: string,
  runId: number,
  measurements: Measurements,
  terminal: Terminal,
): Promise<RunRecord | null> {
  const [{ apiUrlOf, githubOptions }, { makeCiRunReader }] = await Promise.all([
    import('#apps/workbench/analyze/github-environment.ts'),
    import('#shared/adapters/github/ci-run-reader.ts'),
  ]);
  const { environment } = terminal;
  const reader = makeCiRunReader(githubOptions(environment, apiUrlOf(environment), { count() {} }));
  try {
    return await collectRun(reader, { repository, runId, measurements });
  } catch (error) {
    if (!(error instanceof Retryable || error instanceof Refused)) throw error;
    terminal.say(
      `selfheal: run ${runId} of ${repository} could not be read, so nothing was recorded: ${error.message} The build is not affected.`,
    );
    return null;
  }
}

async function keep(record: RunRecord, stateOf: () => Promise<StateDeps>, terminal: Terminal): Promise<void> {
  try {
    await storeRun(await stateOf(), record);
  } catch (error) {
    if (!(error instanceof Retryable || error instanceof Refused || error instanceof CorruptRecord)) throw error;
    terminal.say(
      `selfheal: the run could not be kept for the insights, and the build is not affected: ${error.message}`,
    );
  }
}

function summaryOf(record: RunRecord): string {
  const lines = Object.values(CI_METRICS).map((metric) => {
    const value = metric.value(record);
    return `${metric.dotted.replace('selfheal.ci.', '')}: ${value ?? 'not measured'}\n`;
  });
  return `run ${record.run}, attempt ${record.attempt}, of ${record.workflow}: ${record.status}\n${lines.join('')}`;
}
