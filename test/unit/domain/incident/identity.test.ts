import { preExistingOf } from '@selfheal/diagnosis/failure/run-history.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modeOf, serviceOf } from '#shared/domain/configuration/scope.ts';
import { transitionOf } from '#shared/domain/incident/alarm-recurrence.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { alarmNameOf, identify, minuteOf } from '#shared/domain/incident/identity.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { openIncident } from '#shared/domain/incident/open-incident.ts';
import {
  aConfiguration,
  aGithubTarget,
  anAlarmTarget,
  anIncident,
  aService,
  aSignal,
  aTelemetry,
  someRunFacts,
} from '#test/builders/index.ts';
import { anyText } from '../../any-text.ts';

const idsOf = (target: ReturnType<typeof aGithubTarget>, branch = 'feature/basket') =>
  identify(aSignal({ target, tainted: { title: 'CI', branch, reason: null } }));

describe('ids of incidents', () => {
  it('are the same for every attempt of a run, so that reruns and re-deliveries meet', () => {
    expect(idsOf(aGithubTarget({ runAttempt: 3 }))).toEqual(idsOf(aGithubTarget()));
  });

  it('differ between runs of one place, which share the intake key', () => {
    const other = idsOf(aGithubTarget({ runId: 1002 }));
    expect(other.intakeKey).toBe(idsOf(aGithubTarget()).intakeKey);
    expect(other.incidentId).not.toBe(idsOf(aGithubTarget()).incidentId);
  });

  it('keep a fork that names its branch like the default branch apart from it', () => {
    const main = idsOf(aGithubTarget({ pullRequest: null, event: 'push', onDefaultBranch: true }), 'main');
    const fork = idsOf(aGithubTarget({ pullRequest: null, onDefaultBranch: false, actor: 'stranger' }), 'main');
    const other = idsOf(aGithubTarget({ pullRequest: null, onDefaultBranch: false, actor: 'somebody' }), 'main');
    expect(new Set([main.intakeKey, fork.intakeKey, other.intakeKey]).size).toBe(3);
  });

  it('separate pull requests, workflows and repositories', () => {
    const targets = [
      aGithubTarget(),
      aGithubTarget({ pullRequest: 13 }),
      aGithubTarget({ workflowId: 78 }),
      aGithubTarget({ repository: 'acme/till' }),
    ];
    expect(new Set(targets.map((target) => idsOf(target).intakeKey)).size).toBe(4);
  });

  it('tell two raisings of one alarm apart, which share the intake key', () => {
    const first = identify(aSignal({ target: anAlarmTarget() }));
    const second = identify(aSignal({ target: anAlarmTarget({ changedAt: '2026-11-21T13:00:00.000Z' }) }));
    expect(second.intakeKey).toBe(first.intakeKey);
    expect(second.incidentId).not.toBe(first.incidentId);
  });

  it('make records that fit the schema, from any signal', () => {
    for (const target of [aGithubTarget(), anAlarmTarget()]) {
      const signal = aSignal({ target });
      const incident = openIncident(signal, identify(signal), new Date('2026-11-21T12:00:00.000Z'));
      expect(Incident.parse(incident)).toEqual(incident);
    }
  });

  it('name the minute in UTC', () => {
    expect(minuteOf(new Date('2026-11-21T12:34:56.789Z'))).toBe('2026-11-21T12:34:00.000Z');
  });

  it('keep colons of an alarm name', () => {
    expect(alarmNameOf(anAlarmTarget({ alarmName: 'shop:checkout' }))).toBe('shop:checkout');
  });
});

describe('what a failure signal does to its incident', () => {
  it.each([
    ['open', 1, 'resume'],
    ['open', 2, 'occurrence'],
    ['resolved', 1, 'stale'],
    ['resolved', 2, 'reopen'],
    ['suggested', 2, 'reopen'],
    ['escalated', 1, 'stale'],
    ['linked', 2, 'reopen'],
    ['grouped', 1, 'stale'],
  ] as const)('%s at attempt 1, signal of attempt %i: %s', (status, runAttempt, kind) => {
    const signal = aSignal({ target: aGithubTarget({ runAttempt }) });
    expect(transitionOf(anIncident({ status }), signal).kind).toBe(kind);
  });
});

describe('how far Selfheal may go', () => {
  const configuration = aConfiguration({
    github: { defaultMode: 'suggest', repositories: [{ name: 'Acme/Shop', mode: 'off' }] },
    services: [aService({ mode: 'observe' })],
  });
  it('is what the repository says, by its name in any case, else the default', () => {
    expect(modeOf(configuration, aGithubTarget())).toBe('off');
    expect(modeOf(configuration, aGithubTarget({ repository: 'acme/till' }))).toBe('suggest');
  });
  it('is what the service of the alarm says; an alarm of no service is only reported', () => {
    expect(modeOf(configuration, anAlarmTarget())).toBe('observe');
    expect(serviceOf(configuration, anAlarmTarget({ alarmName: 'unknown' }))).toBeNull();
    expect(modeOf(configuration, anAlarmTarget({ alarmName: 'unknown' }))).toBe('suggest');
  });
});

describe('the same failure in the same place', () => {
  it('needs a fingerprint, and for an alarm a service', () => {
    expect(fingerprintKeyOf(anIncident(), null, null)).toBeNull();
    expect(fingerprintKeyOf(anIncident({ target: anAlarmTarget() }), 'f'.repeat(16), null)).toBeNull();
    expect(fingerprintKeyOf(anIncident({ target: anAlarmTarget() }), 'f'.repeat(16), 'checkout')).toMatch(/^fp#/);
  });
  it('is shared by workflows of one pull request, not by two pull requests', () => {
    const key = (change: Parameters<typeof aGithubTarget>[0]) =>
      fingerprintKeyOf(anIncident({ target: aGithubTarget(change) }), 'f'.repeat(16), null);
    expect(key({ workflowId: 78 })).toBe(key({}));
    expect(key({ pullRequest: 13 })).not.toBe(key({}));
  });
});

describe('whether the default branch fails too', () => {
  it.each([
    [['failure', 'success'], true],
    [['success', 'failure'], false],
    [['cancelled', 'timed_out'], true],
    [['cancelled', 'skipped'], null],
    [[], null],
  ])('%j gives %s', (defaultBranchConclusions, expected) => {
    expect(preExistingOf(aTelemetry({ facts: someRunFacts({ defaultBranchConclusions }) }))).toBe(expected);
  });
});

describe('texts of outsiders', () => {
  it('are cut without splitting a character and lose what cannot be seen', () => {
    expect(cleanText('a\u202eb\u0000c\ud800d  e\n', 50)).toBe('abc\ufffdd e');
    expect(cleanText('😀😀', 3)).toBe('😀');
  });
  it('fit the limit and are well-formed, always', () => {
    fc.assert(
      fc.property(anyText(80), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const clean = cleanText(text, limit);
        expect(clean.length).toBeLessThanOrEqual(limit);
        expect(clean.isWellFormed()).toBe(true);
      }),
    );
  });
});
