import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

const DAY = Duration.days(1);
const WIDTH = 12;

interface Counter {
  /** The function that counts it, and the name it counts under. */
  readonly service: string;
  readonly name: string;
  readonly label: string;
  readonly statistic?: string;
}

const sumOf = (service: string, name: string, label: string): Counter => ({ service, name, label });
const lastOf = (service: string, name: string, label: string): Counter => ({
  ...sumOf(service, name, label),
  statistic: Stats.AVERAGE,
});

/** What a team judges Selfheal by, a day at a time: what became of incidents, whether answers were right, what was learned, what it cost. */
export class HealingDashboard extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(28) });
    dashboard.addWidgets(
      bars('What became of incidents', [
        sumOf('record', 'incident-resolved', 'resolved and verified'),
        sumOf('record', 'incident-suggested', 'left to people with a proposal'),
        sumOf('record', 'incident-escalated', 'escalated'),
        sumOf('classify', 'incident-recurred', 'came back'),
      ]),
      lines('Minutes from signal to end', [minutes('p50', 'half of them'), minutes('p90', 'nine in ten')]),
    );
    dashboard.addWidgets(
      shares('Actions that helped, of those that were verified', [successRate()]),
      shares('Answers that were right, of the last hundred judged', [
        metricOf(lastOf('quality', 'quality-accuracy', 'right')),
        metricOf(lastOf('quality', 'quality-calibration-error', 'off from the confidence that was said')),
      ]),
    );
    dashboard.addWidgets(
      bars('Learned', [
        sumOf('record', 'pattern-learned', 'new patterns'),
        sumOf('record', 'pattern-adjusted', 'patterns with a new outcome'),
        sumOf('record', 'incident-remembered', 'incidents remembered'),
      ]),
      lines('US dollars for models', [dollars()]),
    );
    dashboard.addWidgets(
      bars('Told to people', [
        sumOf('notify', 'told-github-comment', 'comments'),
        sumOf('notify', 'told-email', 'mails'),
        sumOf('escalate', 'incident-mailed', 'mails of escalations'),
      ]),
      bars('What the policy decided', [
        sumOf('plan', 'plan-act', 'act'),
        sumOf('plan', 'plan-approve', 'ask'),
        sumOf('plan', 'plan-suggest', 'propose'),
        sumOf('plan', 'plan-escalate', 'escalate'),
      ]),
    );
  }
}

function metricOf({ service, name, label, statistic = Stats.SUM }: Counter): Metric {
  return new Metric({
    namespace: 'Selfheal',
    metricName: name,
    dimensionsMap: { service },
    label,
    statistic,
    period: DAY,
  });
}

function minutes(statistic: string, label: string): IMetric {
  const milliseconds = metricOf({ ...sumOf('record', 'incident-duration', ''), statistic });
  return new MathExpression({
    expression: `${statistic} / 60000`,
    usingMetrics: { [statistic]: milliseconds },
    label,
    period: DAY,
  });
}

/** A day without a verified action has no rate, so that no graph shows a zero for it. */
function successRate(): IMetric {
  return new MathExpression({
    expression: 'helped / (helped + failed)',
    usingMetrics: {
      helped: metricOf(sumOf('verify', 'verified-recovered', '')),
      failed: metricOf(sumOf('verify', 'verified-failed', '')),
    },
    label: 'helped',
    period: DAY,
  });
}

function dollars(): IMetric {
  const microdollars = metricOf(sumOf('analyze', 'model-microdollars', ''));
  return new MathExpression({
    expression: 'microdollars / 1000000',
    usingMetrics: { microdollars },
    label: 'a day',
    period: DAY,
  });
}

function bars(title: string, counters: readonly Counter[]): GraphWidget {
  return new GraphWidget({
    title,
    width: WIDTH,
    view: GraphWidgetView.BAR,
    stacked: true,
    left: counters.map(metricOf),
  });
}

function lines(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width: WIDTH, left });
}

function shares(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width: WIDTH, left, leftYAxis: { min: 0, max: 1 } });
}
