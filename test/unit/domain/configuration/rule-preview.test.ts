import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import type { OverlaySettings } from '#shared/domain/configuration/overlay.ts';
import { effectWords, type PastEvent, type PastWeek, previewRules } from '#shared/domain/configuration/rule-preview.ts';
import type { Policy } from '#shared/domain/policy/policy-settings.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, aService } from '#test/builders/index.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const deployed = aConfiguration({
  services: [aService({ mode: 'act' })],
  github: { defaultMode: 'suggest', repositories: [{ name: 'acme/shop', mode: 'act' }] },
});
const after = (overlay: OverlaySettings) => effectivePolicy(deployed, overlay, NOW);
const withPolicy = (policy: Partial<Policy>) => ({ ...deployed, policy: { ...deployed.policy, ...policy } });

const event = (change: Partial<PastEvent>): PastEvent => ({
  target: aGithubTarget(),
  count: 1,
  at: '2026-11-25T10:00:10.000Z',
  opened: true,
  ...change,
});
const action = (at: string, incidentId = 'gh-1') => ({ incidentId, ofRun: true, at });
const week: PastWeek = {
  events: [
    event({}),
    event({ at: '2026-11-25T10:00:20.000Z' }),
    event({ at: '2026-11-25T10:00:30.000Z' }),
    event({ count: 7, opened: false, at: '2026-11-25T11:00:00.000Z' }),
    event({ target: anAlarmTarget(), at: '2026-11-24T10:00:00.000Z' }),
  ],
  actions: [
    action('2026-11-25T10:01:00.000Z'),
    action('2026-11-25T10:02:00.000Z'),
    action('2026-11-25T11:00:00.000Z'),
    action('2026-11-26T10:00:00.000Z', 'gh-2'),
  ],
};
const effects = (overlay: OverlaySettings) =>
  previewRules(deployed, after(overlay), week).map(({ rule, setting, count }) => [rule, setting, count]);

describe('a change of rules, tried on the last week', () => {
  it('counts what would have been dropped, only recorded, or only suggested, by modes and mutes', () => {
    expect(effects({ github: { repositories: { 'acme/shop': { mode: 'off' } } } })).toEqual([['drop', 'modes', 10]]);
    expect(effects({ github: { repositories: { 'acme/shop': { mute: { reason: 'moving' } } } } })).toEqual([
      ['record-only', 'modes', 10],
    ]);
    expect(effects({ features: { automation: false } })).toEqual([['suggest-only', 'modes', 11]]);
  });

  it('says that a mode would have touched nothing, and nothing of what does not differ', () => {
    expect(effects({ github: { repositories: { 'acme/other': { mode: 'off' } } } })).toEqual([['drop', 'modes', 0]]);
    expect(effects({})).toEqual([]);
    expect(effects({ policy: { actAtConfidence: 0.99 } })).toEqual([]);
  });

  it('counts what would go further when a change is taken back', () => {
    const narrow = after({ github: { repositories: { 'acme/shop': { mode: 'off' } } } });
    expect(previewRules(narrow, deployed, week)).toMatchObject([{ rule: 'go-further', count: 10 }]);
  });

  it('groups opened incidents alone, each kind by itself, in the minute and the hour in which they came', () => {
    const grouped = (policy: Partial<Policy>) =>
      previewRules(deployed, withPolicy(policy), week).map(({ rule, setting, count }) => [rule, setting, count]);
    expect(grouped({ stormIncidentsPerMinute: 1 })).toEqual([['group', 'policy.stormIncidentsPerMinute', 2]]);
    expect(grouped({ stormIncidentsPerHour: 2 })).toEqual([['group', 'policy.stormIncidentsPerHour', 1]]);
    expect(grouped({ stormIncidentsPerMinute: 5 })).toEqual([['group', 'policy.stormIncidentsPerMinute', 0]]);
  });

  it('counts the actions beyond a limit of the hour, the day and the incident', () => {
    expect(effects({ policy: { maxActionsPerHour: 1 } })).toEqual([['limit', 'policy.maxActionsPerHour', 1]]);
    expect(effects({ policy: { maxActionsPerDay: 1 } })).toEqual([['limit', 'policy.maxActionsPerDay', 2]]);
    expect(effects({ policy: { maxActionsPerIncident: 2 } })).toEqual([['limit', 'policy.maxActionsPerIncident', 1]]);
  });

  it.each([
    // A Wednesday from 10:00 to 10:30, and one that lasts ten days.
    ['2026-12-02T10:00:00Z', '2026-12-02T10:30:00Z', 2],
    ['2026-12-02T10:03:00Z', '2026-12-02T10:30:00Z', 0],
    ['2026-12-01T00:00:00Z', '2026-12-11T00:00:00Z', 4],
  ])('counts the actions at the same times of the week as a freeze from %s to %s', (from, to, count) => {
    const freeze = { from, to, reason: 'sale' };
    expect(effects({ freezes: { sale: freeze } })).toEqual([['delay', `freeze ${from} to ${to}`, count]]);
  });

  it('says it in one sentence', () => {
    const one = { rule: 'drop', setting: 'modes', of: 'events', count: 14 } as const;
    expect(effectWords(one, { events: 120, actions: 3 })).toBe(
      'modes: of 120 events of the last 7 days 14 would have been dropped.',
    );
  });
});
