import { defineCommand, type OptionValues, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { type API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import type { MetricAlert } from '#shared/domain/capacity/metric-alert.ts';
import { CHANGE_OPTIONS, changeBy } from '../policy/policy-api.ts';

/** What an alert may do, also by the words of older tools. */
const ACTIONS: Readonly<Record<string, 'notify' | 'ask' | 'escalate'>> = {
  notify: 'notify',
  immediate_notification: 'notify',
  ask: 'ask',
  require_approval: 'ask',
  escalate: 'escalate',
  escalate_to_human: 'escalate',
};

/** `memory_usage > 85%`: a metric and a threshold, not the text of a log line. */
const METRIC = /^\s*([a-zA-Z][\w.]*)\s*(>=?|<=?)\s*(\d+(?:\.\d+)?)\s*(%|[a-zA-Z]*)\s*$/;
const METRICS: readonly (readonly [MetricAlert['metric'], RegExp])[] = [
  ['memory', /mem|ram\b|heap/i],
  ['cpu', /cpu|processor/i],
  ['disk', /disk|storage|volume/i],
  ['connections', /conn/i],
];
/** What an alert on a metric may do, also by the words of older tools. */
const METRIC_ACTIONS: Readonly<Record<string, MetricAlert['action']>> = {
  notify: 'notify',
  immediate_notification: 'notify',
  scale: 'scale',
  preemptive_scale: 'scale',
  scale_infrastructure: 'scale',
  scale_database: 'scale',
};

/** The alert that a comparison means; null where the pattern is the text of a message. */
function metricAlertOf(pattern: string, given: string, service: string | undefined): MetricAlert | null {
  const [, name = '', sign = '', limit = ''] = METRIC.exec(pattern) ?? [];
  if (sign === '') return null;
  const metric = METRICS.find(([, words]) => words.test(name))?.[0];
  if (metric === undefined)
    throw new UsageError(unknownValue('metric', name, ['memory', 'cpu', 'disk', 'connections']));
  if (service === undefined)
    throw new UsageError(
      `"${pattern}" is about a metric of one service: add --service ID. "selfheal service list" names them.`,
    );
  const action = Object.hasOwn(METRIC_ACTIONS, given) ? METRIC_ACTIONS[given] : undefined;
  if (action === undefined) throw new UsageError(unknownValue('action of a metric', given, ['notify', 'scale']));
  return { service, metric, side: sign.startsWith('>') ? 'above' : 'below', limit: Number(limit), action };
}

/** Refuses an alert that could never scale anything. */
async function requireScaling(
  { service, metric }: MetricAlert,
  options: OptionValues<typeof API_OPTIONS>,
  terminal: Terminal,
): Promise<void> {
  const { api } = await openApi(options, terminal);
  const { applications } = await contentOf(await api.applications.$get());
  const found = applications.find(({ id }) => id === service);
  if (found === undefined || found.scaling.some(({ onRequest }) => onRequest)) return;
  throw new UsageError(
    `${service} has no remedy that may be asked for before an alarm rings, so nothing could be scaled when ${metric} crosses the limit. ` +
      `List one in "remedies" of the service in config/selfheal.json, such as {"action": "scale-ecs-service", "alarms": ["${found.alarms[0] ?? ''}"], "maxDesiredCount": 4, "onRequest": true}, and deploy; or use --action notify.`,
  );
}

export const alertSet = defineCommand({
  name: 'alert set',
  aliases: ['set-alert'],
  summary: 'tell people or ask them when a message is seen in failures, or a metric of a service crosses a limit',
  details:
    'The pattern is the text of a log line with * for what varies. notify: people are told at once. ask: they are told, and nothing is done without\n' +
    'them. escalate: nothing is done, a person takes over. An alert only adds questions; it never lets Selfheal do more. Needs the role admin.\n' +
    'A comparison such as "memory_usage > 85%" is an alert on a metric of the service (memory, cpu, disk, connections), looked at every five\n' +
    'minutes: notify mails once when the limit is crossed, scale also plans the remedy that makes room, which a person has to approve.\n' +
    "Example: selfheal alert set --pattern 'connection to * refused' --service payment --action notify --confidence 0.8\n" +
    'With --json: {changes, policy}. "selfheal alert list" lists them; --off takes one back.',
  options: {
    pattern: { type: 'string', value: 'TEXT', about: 'the message, or METRIC > LIMIT' },
    service: { type: 'string', value: 'ID', about: 'of this service; by default of every service and repository' },
    action: {
      type: 'string',
      value: 'ACTION',
      about: 'notify, ask or escalate; of a metric notify or scale; notify by default',
    },
    confidence: { type: 'string', value: 'SHARE', about: 'how sure the class must be, 0 to 1; 0 by default' },
    name: { type: 'string', value: 'NAME', about: 'of the alert; made of service and pattern by default' },
    off: { type: 'boolean', about: 'take the alert of this name, or of this pattern and service, back' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const { pattern, service, off = false, action: given = 'notify' } = options;
    if (pattern === undefined && (!off || options.name === undefined))
      throw new UsageError('"selfheal alert set" needs --pattern TEXT, or --off and --name NAME.');
    const reason = options.reason ?? `set with selfheal alert set${off ? ' --off' : ''}`;
    const metric = pattern === undefined ? null : metricAlertOf(pattern, given, service);
    const name = options.name ?? nameOf(pattern ?? '', service);
    if (metric !== null) {
      if (metric.action === 'scale' && !off) await requireScaling(metric, options, terminal);
      if (options.confidence !== undefined && !off)
        terminal.say(
          'selfheal: --confidence changes nothing here: what an alert on a metric plans always waits for an approval.',
        );
      return await changeBy({ metricAlerts: { [name]: off ? null : metric } }, reason, options, terminal);
    }
    const action = Object.hasOwn(ACTIONS, given) ? ACTIONS[given] : undefined;
    if (action === undefined) throw new UsageError(unknownValue('action', given, ['notify', 'ask', 'escalate']));
    const confidence = shareOption('confidence', options.confidence, 0);
    const rule = off ? null : { pattern, service: service ?? null, action, confidence };
    // A name alone takes back whichever alert has it.
    const both = pattern === undefined ? { metricAlerts: { [name]: null } } : {};
    return await changeBy({ alerts: { [name]: rule }, ...both }, reason, options, terminal);
  },
});

/** `payment-connection-to-refused`. */
function nameOf(pattern: string, service: string | undefined): string {
  const words = [...(service === undefined ? [] : [service]), ...pattern.toLowerCase().split(/[^a-z0-9]+/)];
  return words
    .filter((word) => word !== '')
    .join('-')
    .slice(0, 60)
    .replace(/-$/, '');
}
