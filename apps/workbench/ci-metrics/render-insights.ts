import { safeLine } from '@selfheal/kernel/text/markdown.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { CiInsights, MetricTrend } from '@selfheal/pull-request-quality/domain/ci-metrics/insights.ts';
import type { Kpi } from '@selfheal/pull-request-quality/domain/ci-metrics/kpis.ts';

const SIGNS = { met: 'met', missed: '**missed**', 'not-measured': 'not measured' } as const satisfies Record<
  Kpi['status'],
  string
>;

const NONE = '–';
const TRENDS: Readonly<Record<MetricTrend['direction'], string>> = {
  rising: 'rising',
  falling: 'falling',
  steady: 'steady',
  unknown: 'too few runs',
};

/** The words of goals are ours. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${'---|'.repeat(head.length)}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

function trendRow({ name, unit, values, median, trend, direction }: MetricTrend): string[] {
  const blank = unit === '' ? '' : ' ';
  const week =
    trend === null ? NONE : `${trend.slope >= 0 ? '+' : '-'}${Math.abs(7 * trend.slope).toFixed(1)}${blank}${unit}`;
  return [
    name,
    String(values),
    `${median.toFixed(1)}${blank}${unit}`,
    week,
    trend?.p.toFixed(3) ?? NONE,
    TRENDS[direction],
  ];
}

/** The insights as `ci_insights.md`. */
export function renderInsights(insights: CiInsights): string {
  const { at, days, runs, succeeded, trends, kpis, recommendations, reactions, survey } = insights;
  const count = (status: Kpi['status']): number => kpis.filter((kpi) => kpi.status === status).length;
  const open = kpis.filter(({ status }) => status === 'missed');
  return [
    `# CI insights, ${at.slice(0, 10)}`,
    '',
    `The last ${counted(days, 'day')}: ${counted(runs, 'run')}, ${succeeded} succeeded. ${count('met')} of ${kpis.length} goals are met, ${open.length} missed, ${count('not-measured')} not measured.`,
    '',
    '## Goals',
    '',
    ...table(
      ['goal', 'wanted', 'measured', 'status'],
      kpis.map(({ name, goal, measured, status }) => [
        cell(name),
        cell(goal),
        cell(measured.replace(/^not measured: /, '')),
        SIGNS[status],
      ]),
    ),
    '## What to do next',
    '',
    ...(open.length === 0
      ? [
          `No goal is missed.${count('not-measured') === 0 ? '' : ' The table says what the others need to be measured.'}`,
        ]
      : open.map(({ name, advice }) => `- ${name}: ${advice ?? ''}`)),
    '',
    '## Trends',
    '',
    ...(trends.length === 0
      ? ['No run is recorded yet: "selfheal ci metrics" records one.', '']
      : [
          ...table(['figure', 'runs', 'median', 'per week', 'p', 'trend'], trends.map(trendRow)),
          'The change is the median of the slopes between all pairs of runs (Theil-Sen), and p is that of the Mann-Kendall test: below 0.05 it is a trend.',
          '',
        ]),
    '## Where time is lost',
    '',
    ...(recommendations.length === 0 ? ['Nothing stands out.'] : recommendations.map((text) => `- ${safeLine(text)}`)),
    '',
    '## What developers say',
    '',
    `- Reactions to comments: ${reactions.positive} positive, ${reactions.negative} negative.`,
    `- Survey: ${survey === null ? 'none was given (--survey)' : `${survey.toFixed(1)} of 5`}.`,
    '',
  ].join('\n');
}
