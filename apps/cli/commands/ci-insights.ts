import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { INSIGHTS_OPTIONS, writeInsights } from '#apps/workbench/ci-metrics/write-insights.ts';
import { stateAt, withState } from '#apps/workbench/input/state-place.ts';

export const ciInsights = defineCommand({
  name: 'ci insights',
  summary: 'report how the runs of the last days went: trends, goals, what to do next, where time is lost',
  details:
    'Made from the runs that "selfheal ci metrics" kept, the pull requests with fixes (GITHUB_TOKEN), and the incidents of a deployed or local Selfheal\n' +
    '(--url). What cannot be read is not measured, and the report says why. Trends: Theil-Sen and Mann-Kendall. --days 30 makes the page of a\n' +
    'monthly review. With --json: {at, days, runs, succeeded, trends, kpis, recommendations, reactions, survey}.\n' +
    '\n' +
    'Example, in a workflow that runs daily: selfheal ci insights --days 30 --out ci_insights.md',
  options: INSIGHTS_OPTIONS,
  async run({ options }, terminal) {
    await withState(() => writeInsights(options, stateAt(options.state, terminal).state, terminal));
    return 0;
  },
});
