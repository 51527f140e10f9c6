import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Overview } from '../../api/answers.ts';
import { CHART_AXIS, CHART_TOOLTIP, ChartTable } from '../../ui/figures.tsx';
import { dayName } from '../../ui/time.tsx';

/** Bars for the eye, a table for a screen reader. */
export default function DaysChart({ days }: { readonly days: Overview['days'] }) {
  return (
    <>
      <div aria-hidden="true" className="chart-area">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={[...days]}
            margin={{ top: 12, right: 12, bottom: 0, left: -24 }}
            barCategoryGap="28%"
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="day" tickFormatter={dayName} {...CHART_AXIS} minTickGap={18} />
            <YAxis allowDecimals={false} {...CHART_AXIS} />
            <Tooltip {...CHART_TOOLTIP} labelFormatter={(day) => dayName(String(day))} />
            <Bar dataKey="healed" name="Healed" stackId="ended" fill="var(--good)" isAnimationActive={false} />
            <Bar
              dataKey="human"
              name="With a human"
              stackId="ended"
              fill="var(--bad)"
              radius={[3, 3, 0, 0]}
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <ChartTable
        caption="Incidents by day"
        columns={['Day', 'Opened', 'Healed', 'With a human']}
        rows={days.map(({ day, opened, healed, human }) => [day, opened, healed, human])}
      />
    </>
  );
}
