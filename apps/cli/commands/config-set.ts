import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { CHANGE_OPTIONS, changeBy, reasonOf } from '../policy/policy-api.ts';
import { patchOfOperands } from '../policy/setting-patch.ts';

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
    return await changeBy(patchOfOperands(operands), reasonOf(options, 'config set'), options, terminal);
  },
});
