import { describe, expect, it } from 'vitest';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { maxExecutionSeconds } from '#shared/domain/workflow/workflow-time.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { templatesFor } from './assembly.ts';

const HOUR = 3600;
const configure = (policy: object = {}, verification: object = {}) =>
  Configuration.parse({ version: 1, policy, verification });

function timeoutOf(configuration: unknown): number {
  const { selfheal } = templatesFor(configuration);
  const [machine] = Object.values(selfheal.findResources('AWS::StepFunctions::StateMachine'));
  return JSON.parse(String(machine?.Properties.DefinitionString)).TimeoutSeconds;
}

describe('the time that an execution may take', () => {
  it('has room for an approval at the last moment in every round, and for all its verification', () => {
    const slow = configure(
      { approvalMinutes: 1440, maxActionsPerIncident: 20 },
      { alarmIntervalSeconds: 60, alarmMaxPolls: 500 },
    );
    const rounds = ACTIONS.length;
    expect(maxExecutionSeconds(slow, rounds)).toBeGreaterThan(rounds * (24 * HOUR + 60 * 500));
  });

  it('counts no more rounds than an incident may have actions, and never none', () => {
    const of = (maxActionsPerIncident: number) => maxExecutionSeconds(configure({ maxActionsPerIncident }), 4);
    expect(of(2)).toBeLessThan(of(3));
    expect(of(20)).toBe(of(4));
    expect(of(0)).toBe(of(1));
  });

  it('is what the state machine is given, when it is more than the two days of its definition', () => {
    const policy = { approvalMinutes: 1440 };
    expect(timeoutOf({ version: 1, policy })).toBe(maxExecutionSeconds(configure(policy), ACTIONS.length));
    expect(timeoutOf({ version: 1 })).toBe(48 * HOUR);
  });
});
