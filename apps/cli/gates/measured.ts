import type { MetricValues } from '#shared/domain/gates/baseline.ts';
import { metricProblem } from '#shared/domain/gates/metric-kind.ts';
import type { JobFacts } from '#shared/domain/pull-request/job-result.ts';
import type { CoverageTotals } from '#shared/domain/reports/coverage-report.ts';
import { UsageError } from '../command.ts';

/** What the run measured, from reports and options. */
export interface Measured {
  readonly metrics: MetricValues;
  readonly changedLines: CoverageTotals | null;
  /** For the comment of the pull request. */
  readonly facts: readonly JobFacts[];
}

export const MEASURED_OPTIONS = {
  metric: {
    type: 'string',
    value: 'NAME=VALUE',
    multiple: true,
    about: 'a measured value: coverage=91.2, vulnerabilities.high=3, duration.tests=412; may be given several times',
  },
} as const;

interface MeasuredOptions {
  readonly metric?: readonly string[] | undefined;
}

/** Throws `UsageError` for values that cannot be. */
export async function measuredOf({ metric = [] }: MeasuredOptions): Promise<Measured> {
  const metrics: Record<string, number> = {};
  for (const given of metric) {
    const at = given.indexOf('=');
    const [name, text] = [given.slice(0, at), given.slice(at + 1)];
    if (at < 1 || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text))
      throw new UsageError(`--metric ${given}: expected NAME=NUMBER, such as coverage=91.2.`);
    const problem = metricProblem(name, Number(text));
    if (problem !== null) throw new UsageError(`--metric ${given}: ${problem}`);
    if (Object.hasOwn(metrics, name)) throw new UsageError(`--metric ${name} is given twice.`);
    metrics[name] = Number(text);
  }
  if (Object.keys(metrics).length === 0)
    throw new UsageError(
      'Nothing was measured: name a report with --report FILE, or a value with --metric NAME=VALUE.',
    );
  return { metrics, changedLines: null, facts: [] };
}
