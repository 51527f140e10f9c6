import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import {
  CartesianGrid,
  ErrorBar,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { CHART_AXIS, CHART_TOOLTIP, ChartTable } from '../../ui/figures.tsx';
import { dayName } from '../../ui/time.tsx';
import { percent } from '../../ui/words.ts';
import type { Accuracy, Quality } from './learning-api.ts';

/** Lines are pointed at by a line, bars by what lies behind them. */
const TOOLTIP = { ...CHART_TOOLTIP, cursor: { stroke: 'var(--line-strong)' } } as const;

const nameOf = (at: string): string => dayName(at.slice(0, 10));

/** Lines for the eye, a table for a screen reader. */
export function AccuracyChart({ series }: { readonly series: Accuracy }) {
  const points = series.points.map(({ from, judged, accuracy, meanConfidence }) => ({
    from,
    judged,
    right: accuracy?.value ?? null,
    confidence: judged === 0 ? null : meanConfidence,
  }));
  return (
    <>
      <div aria-hidden="true" className="chart-area">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 12, right: 16, bottom: 0, left: -12 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="from" tickFormatter={nameOf} minTickGap={24} {...CHART_AXIS} />
            <YAxis domain={[0, 1]} ticks={[0, 0.25, 0.5, 0.75, 1]} tickFormatter={percent} {...CHART_AXIS} />
            <Tooltip
              labelFormatter={(from) => nameOf(String(from))}
              formatter={(value) => percent(Number(value))}
              {...TOOLTIP}
            />
            <Line
              dataKey="confidence"
              name="Confidence"
              stroke="var(--warn)"
              strokeDasharray="4 4"
              dot={{ r: 2.5 }}
              connectNulls
              isAnimationActive={false}
            />
            <Line
              dataKey="right"
              name="Right"
              stroke="var(--accent)"
              strokeWidth={2}
              dot={{ r: 3 }}
              connectNulls
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
      <ChartTable
        caption="Accuracy over time"
        columns={['From', 'Judged', 'Right', 'Mean confidence']}
        rows={points
          .filter(({ judged }) => judged > 0)
          .map(({ from, judged, right, confidence }) => [
            nameOf(from),
            judged,
            right === null ? '–' : percent(right),
            confidence === null ? '–' : percent(confidence),
          ])}
      />
    </>
  );
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Of answers of about the same confidence, how many were right, with the 95 % interval; on the diagonal they agree. */
export function ReliabilityChart({ reliability }: { readonly reliability: Quality['reliability'] }) {
  const points = reliability
    .filter(({ cases }) => cases > 0)
    .map(({ confidence, right, cases, interval: [low = right, high = right] }) => ({
      confidence,
      right,
      cases,
      error: [right - low, high - right],
    }));
  return (
    <>
      <div aria-hidden="true" className="chart-area">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 12, right: 16, bottom: 0, left: -12 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" />
            <XAxis
              dataKey="confidence"
              type="number"
              domain={[0, 1]}
              ticks={TICKS}
              tickFormatter={(share: number) => (share === 0 ? 'said 0 %' : percent(share))}
              {...CHART_AXIS}
            />
            <YAxis domain={[0, 1]} ticks={TICKS} tickFormatter={percent} {...CHART_AXIS} />
            <ReferenceLine
              segment={[
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ]}
              stroke="var(--line-strong)"
              strokeDasharray="5 4"
            />
            <Tooltip
              labelFormatter={(said) => `Said ${percent(Number(said))}`}
              formatter={(value, _name, { payload }) =>
                `${percent(Number(value))} of ${numberText((payload as { cases: number }).cases)}`
              }
              {...TOOLTIP}
            />
            <Line
              dataKey="right"
              name="Right"
              stroke="var(--accent)"
              strokeWidth={2}
              dot={{ r: 4, fill: 'var(--accent)' }}
              isAnimationActive={false}
            >
              <ErrorBar dataKey="error" width={4} stroke="var(--soft)" direction="y" />
            </Line>
          </LineChart>
        </ResponsiveContainer>
      </div>
      <ChartTable
        caption="Confidence and how often it was right"
        columns={['Confidence', 'Right', 'Answers']}
        rows={points.map(({ confidence, right, cases }) => [percent(confidence), percent(right), cases])}
      />
    </>
  );
}
