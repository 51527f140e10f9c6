import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { CHART_AXIS, CHART_TOOLTIP, ChartTable } from '../../ui/figures.tsx';
import { timeOfDay } from '../../ui/time.tsx';
import type { WatchedLog } from './logs-api.ts';

const LEVELS = [
  ['debug', 'Debug', 'var(--line-strong)'],
  ['info', 'Info', 'var(--soft)'],
  ['warning', 'Warning', 'var(--warn)'],
  ['error', 'Error', 'var(--bad)'],
  ['critical', 'Critical', 'var(--bad)'],
] as const;

/** Lines by level over the last day beside the usual number of lines: bars for the eye, a table for a screen reader. */
export default function LevelsChart({ windows }: { readonly windows: WatchedLog['windows'] }) {
  const points = windows.map(({ at, levels, usualLines }) => ({ at, usual: Math.round(usualLines), ...levels }));
  return (
    <>
      <div aria-hidden="true" className="chart-area">
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart
            data={points}
            margin={{ top: 12, right: 12, bottom: 0, left: -12 }}
            barCategoryGap={0}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="at" tickFormatter={timeOfDay} minTickGap={32} {...CHART_AXIS} />
            <YAxis allowDecimals={false} tickFormatter={numberText} {...CHART_AXIS} />
            <Tooltip
              {...CHART_TOOLTIP}
              labelFormatter={(at) => timeOfDay(String(at))}
              formatter={(value) => numberText(Number(value))}
            />
            {LEVELS.map(([level, name, fill]) => (
              <Bar key={level} dataKey={level} name={name} stackId="lines" fill={fill} isAnimationActive={false} />
            ))}
            <Line
              dataKey="usual"
              name="Usually"
              stroke="var(--accent)"
              strokeDasharray="4 4"
              dot={false}
              isAnimationActive={false}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <ChartTable
        caption="Lines by level in windows of five minutes"
        columns={['From', ...LEVELS.map(([, name]) => name), 'Usually in all']}
        rows={points
          .slice(-36)
          .map((point) => [
            point.at,
            ...LEVELS.map(([level]) => numberText(point[level] ?? 0)),
            numberText(point.usual),
          ])}
      />
    </>
  );
}
