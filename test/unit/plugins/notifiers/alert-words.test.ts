import { expect, it } from 'vitest';
import { signalOfAlert } from '#shared/domain/webhooks/alert.ts';
import { subjectOf } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { statusOf } from '#shared/plugins/notifiers/common/status-words.ts';
import { headlineOf } from '#shared/plugins/notifiers/common/story-words.ts';
import { anIncident } from '#test/builders/index.ts';

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
