import { unknownValue } from '#shared/kernel/text/nearest-value.ts';
import { defineCommand, shareOption, UsageError } from '../command.ts';
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
const METRIC = /^\s*([\w.]+)\s*(?:>=?|<=?)\s*(\d+(?:\.\d+)?)\s*(%|[a-zA-Z]*)\s*$/;

/** Why no alert watches a metric, and what to write instead. */
function metricWords(pattern: string, action: string, service = 'SERVICE'): string {
  const [, metric = '', threshold = '', unit = ''] = METRIC.exec(pattern) ?? [];
  const alarm = `${service}-${metric.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  const actions = /scale/.test(action) ? ['scale-ecs-service'] : [];
  const entry = { id: service, alarms: [alarm], ...(actions.length === 0 ? {} : { actions }) };
  return (
    `"${pattern}" is about a metric, and an alert looks at log lines: nothing was set. A metric is watched by an alarm of CloudWatch. ` +
    `Create the alarm ${alarm} at ${threshold}${unit}, then list it in config/selfheal.json with the action that is planned when it rings, and deploy:\n` +
    `  ${JSON.stringify({ services: [entry] })}`
  );
}

export const alertSet = defineCommand({
  name: 'alert set',
  aliases: ['set-alert'],
  summary: 'tell people, ask them or hand over to them when a message is seen in failures of a service',
  details:
    'The pattern is the text of a log line with * for what varies. notify: people are told at once. ask: they are told, and nothing is done without\n' +
    'them. escalate: nothing is done, a person takes over. An alert only adds questions; it never lets Selfheal do more. Needs the role admin.\n' +
    "Example: selfheal alert set --pattern 'connection to * refused' --service payment --action notify --confidence 0.8\n" +
    'With --json: {changes, policy}. "selfheal alert list" lists them; --off takes one back.',
  options: {
    pattern: { type: 'string', value: 'TEXT', about: 'the message' },
    service: { type: 'string', value: 'ID', about: 'of this service; by default of every service and repository' },
    action: { type: 'string', value: 'ACTION', about: 'notify, ask or escalate; notify by default' },
    confidence: { type: 'string', value: 'SHARE', about: 'how sure the class must be, 0 to 1; 0 by default' },
    name: { type: 'string', value: 'NAME', about: 'of the alert; made of service and pattern by default' },
    off: { type: 'boolean', about: 'take the alert of this name, or of this pattern and service, back' },
    ...CHANGE_OPTIONS,
  },
  async run({ options }, terminal) {
    const { pattern, service, off = false, action: given = 'notify' } = options;
    if (pattern === undefined && (!off || options.name === undefined))
      throw new UsageError('"selfheal alert set" needs --pattern TEXT, or --off and --name NAME.');
    if (pattern !== undefined && METRIC.test(pattern)) throw new UsageError(metricWords(pattern, given, service));
    const action = Object.hasOwn(ACTIONS, given) ? ACTIONS[given] : undefined;
    if (action === undefined) throw new UsageError(unknownValue('action', given, ['notify', 'ask', 'escalate']));
    const confidence = shareOption('confidence', options.confidence, 0);
    const name = options.name ?? nameOf(pattern ?? '', service);
    const rule = off ? null : { pattern, service: service ?? null, action, confidence };
    const reason = options.reason ?? `set with selfheal alert set${off ? ' --off' : ''}`;
    return await changeBy({ alerts: { [name]: rule } }, reason, options, terminal);
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
