import { UsageError } from '@selfheal/cli-kit/command.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { actionsMeaning } from '#shared/app/actions/action-meanings.ts';
import { MetricAlert, metricAlertWords } from '#shared/domain/capacity/metric-alert.ts';
import { AlertRule, alertWords } from '#shared/domain/policy/alert-rule.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { changeLines, clean, previewLines } from '../policy/policy-api.ts';
import { patchOfOperands } from '../policy/setting-patch.ts';
import { type AnswerOf, requestCommand } from './request-command.ts';

const time = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;
const dollars = (microdollars: number | null): string =>
  microdollars === null ? 'unknown' : `$${(microdollars / 1_000_000).toFixed(4)}`;

/** An action under the name that it has here: `scale_ecs_service` is `scale-ecs-service`. */
function idOfAction(given: string): string {
  const id = given.toLowerCase().replaceAll('_', '-');
  return ACTIONS.some((action) => action.id === id) ? id : given;
}

/** What to look at where a name with underscores is none of an action: other names may be playbooks of the deployment. */
function noActionWords(given: unknown): string {
  if (typeof given !== 'string' || !given.includes('_')) return '';
  const near = actionsMeaning(given);
  const hint = near.length === 0 ? '' : `; actions of this kind are ${near.join(', ')}`;
  return ` ${clean(given)} is no action here${hint}. How often a solution in words helped stands beside its pattern: "selfheal knowledge patterns".`;
}

/** The alerts that hold, with the name under which the overlay has them; null for one that is deployed. */
function alertsOf({ effective, overlay }: AnswerOf<'GET /api/config'>) {
  const named = Object.entries((overlay.alerts ?? {}) as Record<string, unknown>);
  const onText = AlertRule.array()
    .parse(effective.alerts)
    .map((rule) => ({
      name: named.find(([, one]) => JSON.stringify(one) === JSON.stringify(rule))?.[0] ?? null,
      rule,
      words: `${rule.action} at ${clean(alertWords(rule))}`,
    }));
  const onMetric = Object.entries(overlay.metricAlerts ?? {}).map(([name, alert]) => {
    const rule = MetricAlert.parse(alert);
    return { name, rule, words: clean(metricAlertWords(rule)) };
  });
  return [...onText, ...onMetric];
}

/** Services, actions, approvals, costs and the policy of a deployment. */
export const OPERATION = [
  requestCommand({
    name: 'action list',
    request: 'GET /api/actions',
    summary: 'list the actions of a deployment, and where its configuration allows them',
    details: 'With --json: JSON Lines, one action per line.',
    more: { allowed: { type: 'boolean', about: 'only those that may be executed somewhere now' } },
    lines: ({ actions }, { options }) => actions.filter(({ allowed }) => options.allowed !== true || allowed),
    text: ({ actions }, { options }) =>
      actions
        .filter(({ allowed }) => options.allowed !== true || allowed)
        .map(({ id, risk, title, allowed, switchedOff, alwaysAsks, reversible, services, needs }) => {
          const where = services
            .filter(({ mode }) => mode === 'act')
            .map(({ service, maximum }) => (maximum === null ? service : `${service} (up to ${maximum})`));
          const notes = [
            switchedOff ? 'switched off' : allowed ? 'allowed' : `not allowed; needs ${needs}`,
            ...(alwaysAsks ? ['asks first'] : []),
            ...(reversible ? [] : ['cannot be undone']),
            ...(where.length === 0 ? [] : [`on ${where.join(', ')}`]),
          ];
          return `${id.padEnd(26)}  ${risk.padEnd(6)}  ${title}: ${notes.join('; ')}\n`;
        }),
  }),
  requestCommand({
    name: 'action stats',
    aliases: ['action-stats'],
    request: 'GET /api/actions/stats',
    summary: 'how often each action helped, was undone, and how fast it helped',
    details: 'From outcomes that were verified or judged by people. With --json: JSON Lines, one action per line.',
    options: {
      action: { value: 'ID', aliases: ['action-type'], about: 'this action only' },
      days: { value: 'N', about: 'of the last N days' },
    },
    lines: ({ actions }) => actions,
    text: ({ actions }) =>
      actions.map(({ action, helped, undone, meanSecondsToRecover: seconds, judgedByPeople, lastAt }) => {
        const parts = [
          helped === null ? 'no outcome' : `helped in ${helped.hits} of ${helped.cases}`,
          `undone ${undone}`,
          ...(judgedByPeople === 0 ? [] : [`${judgedByPeople} judged by people`]),
          ...(seconds === null ? [] : [`${Math.round(seconds)} s to recover on average`]),
        ];
        return `${action.padEnd(26)}  ${parts.join(', ')}; last ${lastAt.slice(0, 10)}\n`;
      }),
    prepare: ({ fields: { action } }) => (action === undefined ? {} : { action: idOfAction(`${action}`) }),
    none: ({ fields: { days = 90, action } }) =>
      `no outcome${action === undefined ? '' : ` of ${action}`} in the last ${days} days.${noActionWords(action)}`,
  }),
  requestCommand({
    name: 'service list',
    aliases: ['services'],
    request: 'GET /api/applications',
    summary: 'list the services of a deployment, and what may be done to them',
    details: 'With --json: JSON Lines, one service per line.',
    lines: ({ applications }) => applications,
    text: ({ applications }) =>
      applications.map(({ id, mode, criticality, actions, scaling }) => {
        const scales = scaling.map(({ action, maximum }) => `${action} up to ${maximum}`);
        const what = actions.length === 0 ? 'no action' : actions.join(', ');
        return `${id.padEnd(20)}  ${mode.padEnd(8)}  ${criticality.padEnd(8)}  ${what}${scales.length === 0 ? '' : `; ${scales.join(', ')}`}\n`;
      }),
    none: () => 'the configuration lists no service.',
  }),
  requestCommand({
    name: 'service health',
    request: 'GET /api/applications/:id/health',
    summary: 'how a service is now: its alarms, open incidents, last actions',
    details: 'With --json: one document. Exit code 1 unless it is healthy.',
    operand: { shown: 'ID', field: 'id', aliases: ['service-name'] },
    text: ({ state, mode, alarms, openIncidents, lastActions, lastHealed }, { operands: [id] }) => [
      `${id}: ${state} (mode ${mode})\n`,
      ...alarms.map(
        ({ name, state: alarm, since }) =>
          `  alarm ${name}: ${alarm}${since === null ? '' : ` since ${time(since)}`}\n`,
      ),
      ...openIncidents.map((one) => `  open incident ${one.id} since ${time(one.openedAt)}\n`),
      ...lastActions.map(
        (one) =>
          `  ${time(one.at)} ${one.action}: ${one.verified ?? one.state}${one.summary === null ? '' : `. ${cleanText(one.summary, 300)}`}\n`,
      ),
      lastHealed === null
        ? '  never healed by Selfheal\n'
        : `  last healed ${time(lastHealed.at)} in ${lastHealed.incident}\n`,
    ],
    code: ({ state }) => (state === 'healthy' ? 0 : 1),
  }),
  requestCommand({
    name: 'baseline list',
    aliases: ['baselines'],
    request: 'GET /api/baselines',
    summary: 'how the workflows of a repository ended lately',
    details:
      'Workflows that failed lately, with the results of their latest runs. With --json: JSON Lines, one workflow per line.',
    operand: { shown: 'OWNER/NAME', field: 'repository' },
    lines: ({ baselines }) => baselines,
    text: ({ baselines }) =>
      baselines.map(({ workflowId, runs, passRate }) => {
        const passed = passRate === null ? 'no result' : `${shareText(passRate.value)} passed`;
        const latest = runs.map(({ conclusion }) => conclusion).join(' ');
        return `workflow ${workflowId}  ${counted(runs.length, 'run')}, ${passed}: ${latest}\n`;
      }),
    none: ({ operands: [repository] }) => `no workflow of ${repository} failed lately.`,
  }),
  requestCommand({
    name: 'approval list',
    request: 'GET /api/approvals',
    summary: 'list pending plans and whether you may approve them',
    details:
      'With --json: JSON Lines {incidentId, digest, title, description, risk, expiresAt, mayApprove, objection, facts, state, decidedBy}.',
    lines: ({ approvals }) => approvals,
    text: ({ approvals }) =>
      approvals.map(({ incidentId, digest, description, risk, expiresAt, objection }) => {
        const objected =
          objection === null ? '' : `\n              you may not approve it: ${cleanText(objection, 300)}`;
        const what = cleanText(`${description} (risk ${risk}, expires ${expiresAt})`, 600);
        return `${digest.slice(0, 12)}  ${incidentId}\n              ${what}${objected}\n`;
      }),
    none: () => 'no plan is pending approval.',
  }),
  requestCommand({
    name: 'experiment stop',
    request: 'POST /api/experiments/:id/stop',
    summary: 'end an experiment that somebody started; its results stay',
    details:
      'Incidents that open afterwards take no part in it. A deployed experiment is ended in the configuration instead.\n' +
      'Stopping it twice changes nothing.',
    operand: { shown: 'ID', field: 'id' },
    text: ({ id }) => `stopped: ${id}. "selfheal experiment results --id ${id}" shows how it went.\n`,
  }),
  requestCommand({
    name: 'policy stop',
    request: 'POST /api/config/stop',
    summary: 'stop every action within seconds: the kill switch',
    details:
      'Incidents are still recorded, diagnosed and reported; nothing is changed until "selfheal policy resume". Needs --yes, or --dry-run to look\n' +
      'first. With --json: the policy as "selfheal config show" gives it.',
    options: { reason: { value: 'TEXT', about: 'why; everybody who reads the history sees it' } },
    confirms: () => 'stop everything',
    prepare({ fields: { reason } }) {
      if (typeof reason === 'string' && reason.trim() !== '') return {};
      throw new UsageError('"selfheal policy stop" needs --reason TEXT: the history shows it to everybody.');
    },
    text: ({ killSwitch }, { fields: { reason } }) => `Stopped: ${clean(killSwitch.reason ?? String(reason))}\n`,
  }),
  requestCommand({
    name: 'policy preview',
    request: 'POST /api/config/preview',
    summary: 'try a change of the policy on what came in and was done in the last 7 days; changes nothing',
    details:
      'SETTING=VALUE as for "selfheal config set", and policy.stormIncidentsPerMinute and policy.stormIncidentsPerHour, which only a deployment\n' +
      'changes. Says of how many events and actions of the last 7 days how many would have been dropped, only recorded, grouped, held back by a\n' +
      'limit or delayed. Examples:\n' +
      '  selfheal policy preview services.orders.mode=off\n' +
      '  selfheal policy preview policy.maxActionsPerHour=2 policy.stormIncidentsPerMinute=5\n' +
      'With --json: {changes: [{field, before, after}], preview}.',
    operand: { shown: 'SETTING=VALUE...', field: 'change', atMost: 50 },
    prepare: ({ operands }) => ({ change: patchOfOperands(operands) }),
    text({ changes, preview }) {
      const nothing =
        changes.length === 0
          ? ['Nothing differs from what holds now.']
          : preview === null
            ? ['None of this acts on events or actions as they come, so there is nothing to try on the last week.']
            : [];
      return [...changeLines(changes), ...previewLines(preview), ...nothing, 'Nothing was changed.'].map(
        (line) => `${line}\n`,
      );
    },
  }),
  requestCommand({
    name: 'config history',
    request: 'GET /api/config/history',
    summary: 'who changed the policy, when and why, newest first',
    details:
      'Changes, resets, restored revisions, stops and resumptions. With --json: JSON Lines {sequence, at, what, by, reason, revision, changes}.',
    options: { limit: { value: 'N', about: 'how many at most' } },
    lines: ({ entries }) => entries,
    text: ({ entries }) =>
      entries.map(({ at, what, by, reason, revision, changes }) => {
        const number = revision === null ? '' : ` revision ${revision}`;
        const more = changes === null ? '' : `  ${clean(changes)}\n`;
        return `${at}  ${clean(what)}${number} by ${clean(by)}: ${clean(reason)}\n${more}`;
      }),
    none: () => 'nobody changed the policy yet.',
  }),
  requestCommand({
    name: 'alert list',
    request: 'GET /api/config',
    summary: 'the alerts that hold: which message or metric, of which service, what happens',
    details:
      'With --json: JSON Lines {name, pattern, service, action, confidence}, of a metric {name, service, metric, side, limit, action}; the name is\n' +
      'null for an alert that is deployed.',
    lines: (config) => alertsOf(config).map(({ name, rule }) => ({ name, ...rule })),
    text: (config) => alertsOf(config).map(({ name, words }) => `${name ?? 'deployed'}: ${words}\n`),
    none: () => 'no alert holds. "selfheal alert set" makes one.',
  }),
  requestCommand({
    name: 'cost report',
    aliases: ['costs'],
    request: 'GET /api/costs',
    summary: 'report what language models and AWS cost, by incident and day',
    details:
      "Models by their configured prices. AWS is an estimate of state transitions, calls and requests, without logs and the functions' time and memory.",
    options: { days: { value: 'N', about: 'how many days back' } },
    text: ({ days, total, awsMicrodollarsPerIncident, byDay }) =>
      [
        `${counted(total.incidents, 'incident')} in ${counted(days, 'day')}: models ${dollars(total.microdollars)}, AWS about ${dollars(total.awsMicrodollars)}`,
        `  per incident: models ${dollars(total.microdollarsPerIncident)}, AWS about ${dollars(awsMicrodollarsPerIncident)}`,
        ...(total.unpriced === 0 ? [] : [`  ${total.unpriced} used a model without a price and are not in the sums`]),
        ...byDay
          .filter(({ incidents }) => incidents > 0)
          .map(
            ({ day, incidents, asked, microdollars, awsMicrodollars }) =>
              `  ${day.slice(0, 10)}  ${counted(incidents, 'incident')}, ${asked} with a model: ${dollars(microdollars)}, AWS about ${dollars(awsMicrodollars)}`,
          ),
      ].map((line) => `${line}\n`),
  }),
];
