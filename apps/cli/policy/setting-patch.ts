import { UsageError } from '@selfheal/cli-kit/command.ts';

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

/** Operands as one JSON merge patch (RFC 7396) of the overlay; `null` takes a setting back. Throws `UsageError` for what is no SETTING=VALUE. */
export const patchOfOperands = (operands: readonly string[]): Record<string, unknown> =>
  // `null` takes back, so patches are put together without applying them.
  operands.map(patchOf).reduce((all, one) => joined(all, one), {}) as Record<string, unknown>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function joined(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, name in other ? joined(one[name], other[name]) : one[name]]),
  );
}
