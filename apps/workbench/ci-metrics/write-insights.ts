import { JSON_OPTION, type OptionValues, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { messageOf } from '@selfheal/kernel/errors.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { readDocument } from '@selfheal/pull-request-quality/app/quality-state/update-document.ts';
import { insightsOf } from '@selfheal/pull-request-quality/domain/ci-metrics/insights.ts';
import type {
  Measurement,
  OperationFigures,
  ProposalCounts,
} from '@selfheal/pull-request-quality/domain/ci-metrics/kpis.ts';
import { RUN_RECORDS, RUNS_DOCUMENT } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { API_OPTIONS, type ApiOptions, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { renderInsights } from '#apps/workbench/ci-metrics/render-insights.ts';
import { STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';
import { stateOption } from '#apps/workbench/input/state-place.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';

const DEFAULT_OUT = 'ci_insights.md';
export const INSIGHTS_OPTIONS = {
  days: { type: 'string', value: 'N', about: 'how many days back; 30 by default' },
  out: { type: 'string', value: 'FILE', about: `the report; ${DEFAULT_OUT} by default, - for standard output` },
  survey: { type: 'string', value: 'N', about: 'the mean of a survey among developers, 1 to 5' },
  repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
  ...stateOption('that keeps baselines and runs'),
  ...API_OPTIONS,
  ...JSON_OPTION,
} as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Writes the report about the runs that the state knows. */
export async function writeInsights(
  options: OptionValues<typeof INSIGHTS_OPTIONS>,
  state: QualityState,
  terminal: Terminal,
): Promise<void> {
  const days = wholeNumber('days', options.days, { otherwise: 30, atMost: 400 });
  const survey = options.survey === undefined ? null : Number(options.survey);
  if (survey !== null && !(survey >= 1 && survey <= 5))
    throw new UsageError(`--survey ${options.survey}: expected a number from 1 to 5.`);
  const { value } = await readDocument(state, RUNS_DOCUMENT, RUN_RECORDS);
  const now = new Date(terminal.now());
  const [operation, proposals] = await Promise.all([
    operationFigures(options, terminal),
    proposalCounts(
      options.repo ?? (terminal.environment.GITHUB_REPOSITORY || ''),
      new Date(now.getTime() - days * DAY_MS),
      terminal,
    ),
  ]);
  const insights = insightsOf({ runs: value.runs, now, days, operation, proposals, survey });
  const out = options.out ?? DEFAULT_OUT;
  const page = renderInsights(insights);
  if (options.json === true) await terminal.write(`${JSON.stringify(insights)}\n`);
  if (out === STANDARD_INPUT) {
    if (options.json !== true) await terminal.write(page);
    return;
  }
  await writeOutput(out, page, '--out');
  terminal.say(`selfheal: the report about ${counted(insights.runs, 'run')} is in ${out}.`);
}

/** What the API says of the last two weeks. */
async function operationFigures(options: ApiOptions, terminal: Terminal): Promise<Measurement<OperationFigures>> {
  try {
    const { api } = await openApi(options, terminal);
    const { seconds, accuracy, analysed } = await contentOf(await api.overview.$get());
    return { value: { secondsToComment: seconds.commented?.p50 ?? null, accuracy, analysed } };
  } catch (error) {
    return {
      missing: `Selfheal's API was not asked: ${firstSentence(error)}`,
    };
  }
}

async function proposalCounts(
  repository: string,
  from: Date,
  terminal: Terminal,
): Promise<Measurement<ProposalCounts>> {
  if (repository === '') return { missing: 'no repository is named (--repo, GITHUB_REPOSITORY)' };
  const { environment } = terminal;
  const [{ apiUrlOf, githubOptions }, { makeCiRunReader }] = await Promise.all([
    import('#apps/workbench/analyze/github-environment.ts'),
    import('#shared/adapters/github/ci-run-reader.ts'),
  ]);
  try {
    const reader = makeCiRunReader(githubOptions(environment, apiUrlOf(environment), { count() {} }));
    const found = await reader.fixProposals(repository, from);
    const count = (state: string): number => found.filter((one) => one.state === state).length;
    const unchanged = found.filter(({ state, commits }) => state === 'merged' && commits === 1).length;
    return { value: { merged: count('merged'), unchanged, closed: count('closed'), open: count('open') } };
  } catch (error) {
    return { missing: `the pull requests of ${repository} could not be read: ${firstSentence(error)}` };
  }
}

const firstSentence = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').slice(0, 200);
