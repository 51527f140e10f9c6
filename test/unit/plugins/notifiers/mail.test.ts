import { redact } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { renderMail } from '#shared/plugins/notifiers/common/mail/mail.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import { email } from '#shared/plugins/notifiers/email/index.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  anAlarmTarget,
  anIncident,
  aResolvedStory,
} from '#test/builders/index.ts';
import { anyText } from '../../any-text.ts';

it.each(SAMPLE_ANNOUNCEMENTS)('the mail "$title" names no instant as a machine writes it', ({ announcement }) => {
  const mail = mailOf(announcement);
  expect(`${mail?.subject} ${mail?.message}`).not.toMatch(/\d{4}-\d\d-\d\dT\d\d:/);
});

it.each(SAMPLE_ANNOUNCEMENTS)(
  'the page of the mail "$title" has one heading, which is no paragraph',
  ({ announcement }) => {
    const mail = mailOf(announcement);
    if (mail === null) return expect(announcement.kind).toMatch(/^approval-(?:decided|expired)$/);
    const headings = [...mailHtml(mail, announcement).matchAll(/<h1[^>]*>(.*?)<\/h1>/g)].map(([, words = '']) => words);
    expect(headings).toHaveLength(1);
    expect(headings[0]?.length).toBeLessThanOrEqual(160);
  },
);

describe('the mail', () => {
  const alarm = anIncident({
    target: anAlarmTarget(),
    status: 'resolved',
    tainted: { title: 'Größe checkout-errors\nBcc: x@example.com', branch: null, reason: 'Threshold crossed.' },
    outcomeReason: 'The alarm was OK at 3 polls in a row.',
  });

  it('tells what, why, where to look and what was done', () => {
    const mail = renderMail('Resolved', alarm.outcomeReason, aResolvedStory({ incident: alarm }));
    expect(`${mail.subject}\n\n${mail.message}`).toMatchSnapshot();
  });

  it('says first what happened and what is left to do, and leaves the line breaks to the screen', () => {
    const diagnosis = aDiagnosis({
      summary: 'database statements take too long',
      fix: 'Look at what the database is doing now, end the session that blocks the others, and explain the slow statement.',
      classification: aClassification({ class: 'resource_exhaustion', verdict: 'infrastructure' }),
    });
    const incident = { ...alarm, status: 'open' as const, outcomeReason: null };
    const { subject, message } = renderMail(
      'Needs a human',
      'No safe action fits.',
      aResolvedStory({ incident, diagnosis, actions: [] }),
    );
    const lines = message.split('\n');
    expect(lines[0]).toBe('Alarm checkout-errors: database statements take too long.');
    expect(lines[1]).toMatch(/^Selfheal changed nothing\. A person has to look/);
    expect(message).toContain('What to do\n----------\nLook at what the database is doing now');
    expect(lines.some((line) => line.startsWith(diagnosis.fix))).toBe(true);
    expect(subject).toBe('[Selfheal] Needs a human: checkout-errors: database statements take too long (cw-00000000)');
  });

  it('has a subject that SNS takes, whatever the title is', () => {
    fc.assert(
      fc.property(anyText(300), (title) => {
        const incident = anIncident({ tainted: { title: title.slice(0, 300), branch: null, reason: null } });
        const { subject } = renderMail('Needs a human', null, aResolvedStory({ incident }));
        expect(subject).toMatch(/^(?!.* {2})[\x20-\x7e]{1,100}$/);
        expect(subject).toContain(incident.id.slice(0, 11));
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the cause in the subject, however long the name of what failed is', () => {
    const name = fc.stringMatching(/^[a-z][a-z-]{0,200}$/);
    const cause = fc.stringMatching(/^[a-z]{3,9}( [a-z]{3,9}){0,30}$/);
    fc.assert(
      fc.property(
        name,
        cause,
        fc.constantFrom('Resolved', 'Needs a human', 'Needs a change'),
        (alarmName, summary, headline) => {
          // What follows a name such as `db-pw` is taken for a password.
          fc.pre(redact(`${alarmName}: ${summary}`).text === `${alarmName}: ${summary}`);
          const incident = anIncident({ id: `cw-${'7'.repeat(24)}`, target: anAlarmTarget({ alarmName }) });
          const { subject } = renderMail(
            headline,
            null,
            aResolvedStory({ incident, diagnosis: aDiagnosis({ summary }) }),
          );
          expect(subject).toMatch(/^\[Selfheal\] .+ \(cw-77777777\)$/);
          expect(subject.length).toBeLessThanOrEqual(100);
          const kept = summary.slice(0, 25).replace(/ \S*$/, '');
          expect(subject).toContain(kept);
        },
      ),
    );
  });

  it('is for ends that no pull request speaks of, escalations left out', () => {
    expect(email.wants({ kind: 'progress', story: aResolvedStory({ incident: alarm }) })).toBe(true);
    expect(email.wants({ kind: 'progress', story: aResolvedStory({ incident: alarm, stage: 'acting' }) })).toBe(false);
    expect(
      email.wants({ kind: 'progress', story: aResolvedStory({ incident: { ...alarm, status: 'escalated' } }) }),
    ).toBe(false);
    expect(email.wants({ kind: 'progress', story: aResolvedStory() })).toBe(false);
    const push = anIncident({ status: 'suggested', target: aGithubTarget({ pullRequest: null, event: 'push' }) });
    expect(email.wants({ kind: 'progress', story: aResolvedStory({ incident: push }) })).toBe(true);
    const fork = anIncident({
      status: 'suggested',
      target: aGithubTarget({ pullRequest: null, event: 'pull_request' }),
    });
    expect(email.wants({ kind: 'progress', story: aResolvedStory({ incident: fork }) })).toBe(false);
  });
});
