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
  /** The function that publishes the metric. */
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

/** CloudWatch dashboard with daily figures: outcomes of incidents, accuracy of answers, what was learned, cost. */
export class HealingDashboard extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(28) });
    dashboard.addWidgets(
      bars('Outcomes of incidents', [
        sumOf('record', 'incident-resolved', 'resolved and verified'),
        sumOf('record', 'incident-suggested', 'proposal made to people'),
        sumOf('record', 'incident-escalated', 'escalated'),
        sumOf('classify', 'incident-recurred', 'recurred'),
      ]),
      lines('Minutes from signal to end', [minutes('p50', 'median'), minutes('p90', '90th percentile')]),
    );
    dashboard.addWidgets(
      shares('Success rate of verified actions', [successRate()]),
      shares('Accuracy of the last hundred scored answers', [
        metricOf(lastOf('answers', 'quality-accuracy', 'accuracy')),
        metricOf(lastOf('answers', 'quality-calibration-error', 'calibration error')),
      ]),
    );
    dashboard.addWidgets(
      bars('Learned', [
        sumOf('record', 'pattern-learned', 'new patterns'),
        sumOf('record', 'pattern-adjusted', 'patterns with a new outcome'),
        sumOf('record', 'incident-remembered', 'past incidents kept for search'),
      ]),
      lines('US dollars for models', [dollars()]),
    );
    dashboard.addWidgets(
      bars('Notifications', [
        sumOf('notify', 'notified-github-comment', 'comments'),
        sumOf('notify', 'notified-email', 'mails'),
        sumOf('escalate', 'incident-mailed', 'escalation mails'),
      ]),
      bars('Decisions of the policy', [
        sumOf('plan', 'plan-act', 'act'),
        sumOf('plan', 'plan-approve', 'ask for approval'),
        sumOf('plan', 'plan-suggest', 'suggest'),
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

/** Undefined on a day without a verified action, so that the graph shows a gap instead of zero. */
function successRate(): IMetric {
  return new MathExpression({
    expression: 'helped / (helped + failed)',
    usingMetrics: {
      helped: metricOf(sumOf('verify', 'verified-recovered', '')),
      failed: metricOf(sumOf('verify', 'verified-failed', '')),
    },
    label: 'success rate',
    period: DAY,
  });
}

function dollars(): IMetric {
  const microdollars = metricOf(sumOf('analyze', 'model-microdollars', ''));
  return new MathExpression({
    expression: 'microdollars / 1000000',
    usingMetrics: { microdollars },
    label: 'per day',
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
