import { expect, it } from 'vitest';
import { alarmReason } from '#shared/domain/incident/alarm-reason.ts';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { subjectOf } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { statusOf } from '#shared/plugins/notifiers/common/status-words.ts';
import { headlineOf } from '#shared/plugins/notifiers/common/story-words.ts';
import { anAlarmTarget, anIncident } from '#test/builders/index.ts';

const signal = signalOfAlert(
  {
    id: 'a',
    state: 'firing',
    severity: 'high',
    service: 'checkout',
    title: 'Errors above 5 %',
    text: 'Look at the dashboard.',
    url: 'https://grafana.example.com/d/1',
    startedAt: new Date('2026-11-21T10:00:00Z'),
    changedAt: new Date('2026-11-21T10:00:00Z'),
  },
  { provider: 'grafana', connection: 'grafana-eu' },
);
const incident = anIncident({ target: signal.target, tainted: signal.tainted, status: 'escalated', source: 'grafana' });
const story = { incident, diagnosis: null, evidence: null, actions: [], stage: 'final' } as never;

it("is told by its sender's title, its tool and its service", () => {
  expect(headlineOf(story)).toBe('Errors above 5 %');
  expect(subjectOf(signal.target)).toBe('An alert of grafana (connection grafana-eu) about checkout, severity high');
});

it('says that nothing is changed on the word of another tool, whatever the verdict is', () => {
  for (const verdict of ['regression', 'unknown'] as const) {
    const diagnosis = { classification: { verdict, class: 'unknown' }, fix: '', rootCause: '', evidence: [] };
    const { lead, rest } = statusOf({ ...(story as object), diagnosis } as never, null);
    expect(`${lead} ${rest}`).toBe(
      'Selfheal changed nothing. A person has to look: nothing is changed on the word of another tool.',
    );
  }
});

it('says in the headline of an alarm why it went off, where that is not a plain threshold', () => {
  const headline = (reason: string) => {
    const alarm = anIncident({ target: anAlarmTarget(), tainted: { title: 'checkout-errors', branch: null, reason } });
    return headlineOf({ ...(story as object), incident: alarm } as never);
  };
  expect(headline(alarmReason('Error rate (e / i) was 12.5, greater than 5. In it: e is Errors.', 'Crossed.'))).toBe(
    'Alarm checkout-errors went off: Error rate (e / i) was 12.5, greater than 5',
  );
  expect(headline('Threshold Crossed: 1 datapoint was greater than the threshold (5.0).')).toBe(
    'Alarm checkout-errors went off',
  );
});
