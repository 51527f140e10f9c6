import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import { CHANGE_OPTIONS, changeBy, reasonOf } from '../policy/policy-api.ts';

/** Names of older tools for the same settings. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  enable_ai_automation: 'features.automation',
  automation_confidence_threshold: 'policy.actAtConfidence',
  max_actions_per_incident: 'policy.maxActionsPerIncident',
  enable_risk_assessment: 'features.riskAssessment',
  monitoring_interval: 'verification.intervalSeconds',
};

/** The path of a setting. The name of a repository may hold dots. */
function pathOf(name: string): string[] {
  const ofRepository = /^(github)\.(repositories)\.([^/]+\/.+?)(?:\.(mode|mute)(?:\.(until|reason))?)?$/.exec(name);
  return ofRepository === null ? name.split('.') : ofRepository.slice(1).filter((part) => part !== undefined);
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function patchOf(operand: string): unknown {
  const at = operand.indexOf('=');
  if (at < 1) throw new UsageError(`${operand}: expected SETTING=VALUE, such as policy.maxActionsPerHour=5.`);
  const name = operand.slice(0, at);
  return pathOf(OTHER_NAMES[name] ?? name).reduceRight<unknown>(
    (inner, part) => ({ [part]: inner }),
    parsedValue(operand.slice(at + 1)),
  );
}

export const configSet = defineCommand({
  name: 'config set',
  summary: 'change modes, thresholds, limits, features, mutes and freezes within what is deployed',
  details:
    'SETTING=VALUE as "selfheal config show" names them; VALUE is JSON or a word, null takes a setting back to what is deployed. Examples:\n' +
    '  selfheal config set github.repositories.acme/shop.mode=suggest --reason "release weekend"\n' +
    '  selfheal config set \'services.orders.mute={"until":"2026-12-01T06:00:00Z","reason":"moving"}\' --reason "we move it"\n' +
    '  selfheal config set \'freezes.sale={"from":"2026-11-27T00:00:00Z","to":"2026-11-30T00:00:00Z","reason":"sale"}\' --reason "sale"\n' +
    'Also by other names: enable_ai_automation, automation_confidence_threshold, max_actions_per_incident, enable_risk_assessment,\n' +
    'monitoring_interval.\n' +
    'Needs the role admin. With --json: {changes: [{field, before, after}], policy}.',
  operands: { shown: 'SETTING=VALUE...', atLeast: 1, atMost: 50 },
  options: CHANGE_OPTIONS,
  async run({ operands, options }, terminal) {
    // `null` takes back, so patches are put together without applying them.
    const change = operands.map(patchOf).reduce((all, one) => joined(all, one), {});
    return await changeBy(change as Record<string, unknown>, reasonOf(options, 'config set'), options, terminal);
  },
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function joined(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, name in other ? joined(one[name], other[name]) : one[name]]),
  );
}
