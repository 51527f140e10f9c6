import {
  DRY_RUN_OPTION,
  defineCommand,
  type ExitCode,
  JSON_OPTION,
  UsageError,
  wholeNumber,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { type StateDeps, updateDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import {
  BASELINES,
  BASELINES_DOCUMENT,
  withImported,
  withoutRun,
} from '@selfheal/pull-request-quality/domain/gates/baseline.ts';
import { driftOf } from '@selfheal/pull-request-quality/domain/gates/drift.ts';
import { metricKindOf, valueText } from '@selfheal/pull-request-quality/domain/gates/metric-kind.ts';
import {
  baselinesOf,
  baselineVersions,
  QUALITY_METRICS_FILE,
  QualityMetricsFile,
  runsOfFile,
} from '@selfheal/pull-request-quality/domain/gates/quality-metrics-file.ts';
import { exportedBaseline, runsOfBranch } from '#apps/workbench/gates/baseline-file.ts';
import { GATE_OPTIONS, gateSettingsOf } from '#apps/workbench/gates/gate-options.ts';
import { decidingFilesHere } from '#apps/workbench/input/deciding-files.ts';
import { jsonIn } from '#apps/workbench/input/json-file.ts';
import { STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';
import { stateAt, stateOption, withState } from '#apps/workbench/input/state-place.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';

const SHOWN_VERSIONS = 20;
type Baseline = Readonly<Record<string, { readonly value: number; readonly runs: number }>>;

export const gateBaseline = defineCommand({
  name: 'gate baseline',
  summary: 'show, review, export and import the baseline of the gates',
  details:
    'Without an option: the baseline of today. Each recorded run makes a version of it; --at RUN shows or exports the one after that run. --drift says by\n' +
    'how much it moved, though every run passed: look once a week. --forget takes out a run that measured something wrong.\n' +
    `The file of --out and --import is ${QUALITY_METRICS_FILE}: {version, branch, updated_at, baseline, history}.\n` +
    '\n' +
    'Example: selfheal gate baseline --drift --days 7',
  options: {
    ...stateOption('that keeps baselines and runs'),
    ...GATE_OPTIONS,
    branch: { type: 'string', value: 'NAME', about: 'the branch; the default branch by default' },
    history: { type: 'boolean', about: `the last ${SHOWN_VERSIONS} versions, newest first` },
    at: { type: 'string', value: 'RUN', about: 'the version after the run with this id' },
    drift: { type: 'boolean', about: 'how the baseline moved; exit code 1 when something gets worse' },
    days: { type: 'string', value: 'N', about: 'how many days back --drift looks; 7 by default' },
    out: { type: 'string', value: 'FILE', about: 'write it as a file; - for standard output' },
    import: { type: 'string', value: 'FILE', about: 'add the runs of a file' },
    forget: { type: 'string', value: 'RUN', about: 'take out the run with this id' },
    ...yesOption('do what --import or --forget says'),
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const chosen = (['history', 'drift', 'out', 'import', 'forget'] as const).filter(
      (one) => options[one] !== undefined,
    );
    if (chosen.length > 1) throw new UsageError(`Use one of ${chosen.map((one) => `--${one}`).join(' and ')}.`);
    const { settings } = await gateSettingsOf(options, terminal.environment, decidingFilesHere(terminal));
    const deps = stateAt(options.state, terminal, { dryRun: options['dry-run'] });
    const id = (name: 'at' | 'forget') => {
      const given = options[name];
      return given === undefined ? null : wholeNumber(name, given, { otherwise: 1, atMost: Number.MAX_SAFE_INTEGER });
    };
    const json = options.json === true;
    const branch = options.branch ?? null;
    if (options.import !== undefined || options.forget !== undefined) {
      if (options.yes !== true && options['dry-run'] !== true)
        throw new UsageError('"selfheal gate baseline" needs --yes to change the baseline.');
      const what = options.import ?? id('forget') ?? 0;
      return await changed(deps, { branch, what }, terminal);
    }
    if (options.out !== undefined) {
      const file = await exportedBaseline(deps.state, branch, terminal, id('at'));
      const text = `${JSON.stringify(file, null, 2)}\n`;
      if (options.out === STANDARD_INPUT) await terminal.write(text);
      else await writeOutput(options.out, text, '--out');
      return 0;
    }
    const found = await runsOfBranch(deps.state, branch);
    if (options.drift === true) {
      const days = wholeNumber('days', options.days, { otherwise: 7, atMost: 400 });
      const drifts = driftOf(found.runs, { now: new Date(terminal.now()), days, settings });
      const lines = drifts.map(({ explanation }) => `${explanation}\n`).join('');
      await terminal.write(json ? `${JSON.stringify({ branch: found.branch, days, drifts })}\n` : lines);
      if (drifts.length === 0) terminal.say(`selfheal: ${found.branch} has no recorded run yet.`);
      return drifts.some(({ direction }) => direction === 'worse') ? 1 : 0;
    }
    if (options.history === true) {
      const versions = baselineVersions(found.runs, SHOWN_VERSIONS);
      const lines = versions.map((one) => `run ${one.run}  ${one.at}  ${inWords(one.baseline)}\n`).join('');
      await terminal.write(json ? `${JSON.stringify({ branch: found.branch, versions })}\n` : lines);
      return 0;
    }
    const at = id('at');
    const runs = at === null ? found.runs : found.runs.filter(({ run }) => run <= at);
    return await shown({ ...found, runs }, json, terminal);
  },
});

const textOf = (metric: string, value: number): string => valueText(metricKindOf(metric)?.unit ?? 'count', value);
const inWords = (baseline: Baseline): string =>
  Object.entries(baseline)
    .map(([metric, { value }]) => `${metric} ${textOf(metric, value)}`)
    .join(', ');

async function shown(
  { branch, runs, revision }: Awaited<ReturnType<typeof runsOfBranch>>,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const baseline = baselinesOf(runs);
  const last = runs.at(-1);
  if (json) {
    await terminal.write(`${JSON.stringify({ branch, revision, lastRun: last?.run ?? null, baseline })}\n`);
    return 0;
  }
  if (last === undefined) {
    terminal.say(`selfheal: ${branch} has no recorded run yet: 90 % coverage and 0 vulnerabilities are assumed.`);
    return 0;
  }
  const lines = Object.entries(baseline).map(
    ([metric, { value, runs: count }]) => `${metric}: ${textOf(metric, value)} (mean of ${counted(count, 'run')})\n`,
  );
  await terminal.write(
    `${branch}, ${counted(runs.length, 'run')}, the last one ${last.run} of ${last.at}\n${lines.join('')}`,
  );
  return 0;
}

/** `what`: the file to import, or the run to forget. */
async function changed(
  deps: StateDeps,
  { branch, what }: { readonly branch: string | null; readonly what: string | number },
  terminal: Terminal,
): Promise<ExitCode> {
  const at = new Date(terminal.now()).toISOString();
  const found = await runsOfBranch(deps.state, branch);
  if (typeof what === 'number') {
    const { changed: isThere } = await withState(() =>
      updateDocument(deps, BASELINES_DOCUMENT, BASELINES, (known) => withoutRun(known, found.branch, what, at)),
    );
    if (!isThere) throw new UsageError(`The baseline of ${found.branch} has no run ${what}. --history lists its runs.`);
    terminal.say(`selfheal: run ${what} was taken out of the baseline of ${found.branch}.`);
    return 0;
  }
  const file = await jsonIn(what, QualityMetricsFile, 'file of a baseline', terminal);
  const into = branch ?? file.branch;
  const { runs: before } = await runsOfBranch(deps.state, into);
  await withState(() =>
    updateDocument(deps, BASELINES_DOCUMENT, BASELINES, (known) =>
      withImported(known, into, runsOfFile(file), { at, from: what }),
    ),
  );
  const known = new Set(before.map(({ run }) => run));
  const added = file.history.filter((one) => !known.has(one.workflow_run_id)).length;
  terminal.say(
    `selfheal: ${added} of the ${counted(file.history.length, 'run')} of ${what} ${added === 1 ? 'was' : 'were'} new and ${added === 1 ? 'is' : 'are'} in the baseline of ${into} now.`,
  );
  return 0;
}
