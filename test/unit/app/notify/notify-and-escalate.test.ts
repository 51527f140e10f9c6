import { OutcomeUnknown, RateLimited, Refused, Retryable, Unreachable } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { describe, expect, it, vi } from 'vitest';
import { makeCounts } from '#shared/app/common/counts.ts';
import { escalate } from '#shared/app/notify/escalate.ts';
import { mayMail } from '#shared/app/notify/mail-limit.ts';
import { notify } from '#shared/app/notify/notify.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import {
  aConfiguration,
  aDiagnosis,
  anAlarmTarget,
  anEvidence,
  anIncident,
  aPrediction,
  aService,
} from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  makeMemoryComments,
  makeMemoryControlStore,
  makeMemoryCounters,
  makeMemoryEscalationChains,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeMemoryPolicyStore,
  makeMemoryPredictionStore,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

async function setUp(incident: Incident, configuration = aConfiguration()) {
  const clock = fakeClock();
  const mailer = makeMemoryMailer();
  const counters = makeMemoryCounters();
  const comments = makeMemoryComments();
  const codeHost = fakeCodeHost(comments);
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    notifiers: NOTIFIERS,
    ports: { codeHost, mailer },
    mailer,
    configuration,
    clock,
    counts: makeCounts(counters, clock, () => undefined),
    meter: makeRecordingMeter(),
    log: makeRecordingLog(),
    actions: ACTIONS,
    dashboardUrl: 'https://dashboard.example/',
    control: makeMemoryControlStore(clock),
    chains: makeMemoryEscalationChains(),
    policy: makeMemoryPolicyStore(),
    predictions: makeMemoryPredictionStore(),
  };
  await deps.incidents.create(incident);
  await deps.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
  await deps.evidence.putDiagnosis(incident.id, aDiagnosis());
  const announceEnd = (stage: 'acting' | 'final' = 'final') => notify({ incidentId: incident.id, stage }, deps);
  const handOver = () => escalate({ incidentId: incident.id, reason: 'No safe action fits.', error: null }, deps);
  return { deps, counters, mailer, comments, codeHost, announceEnd, handOver };
}

const pullRequest = anIncident({ status: 'suggested' });
const alarm = anIncident({ target: anAlarmTarget(), status: 'resolved' });

describe('announcing the end of an incident', () => {
  it('comments on the pull request and sends no mail', async () => {
    const { announceEnd, comments, mailer } = await setUp(pullRequest);
    await announceEnd();
    expect(comments.comments).toHaveLength(1);
    expect(mailer.mails).toEqual([]);
  });

  it('counts each message, and how long people waited for the first one', async () => {
    const { announceEnd, counters, deps, codeHost } = await setUp(pullRequest);
    const { id: incidentId, openedAt, attempt } = pullRequest;
    await deps.predictions.addPrediction(aPrediction({ incidentId, openedAt, attempt }));
    deps.clock.advance(Math.max(0, Date.parse(openedAt) + 40_000 - deps.clock.now().getTime()));
    const waited = (deps.clock.now().getTime() - Date.parse(openedAt)) / 1000;
    await announceEnd();
    deps.clock.advance(60_000);
    codeHost.program({ findComment: async () => Promise.reject(new Retryable('502')) });
    await expect(announceEnd()).rejects.toThrow(Retryable);
    const totals = await counters.totals();
    const channel = 'github-comment';
    expect(totals).toEqual(
      expect.arrayContaining([
        { name: 'notifications_total', labels: { channel, outcome: 'sent' }, value: 1 },
        { name: 'notifications_total', labels: { channel, outcome: 'failed' }, value: 1 },
        { name: 'time_to_comment_seconds_sum', labels: { channel }, value: waited },
      ]),
    );
    expect(totals.filter(({ name }) => name === 'time_to_comment_seconds_bucket')).toMatchObject([{ value: 1 }]);
  });

  it('keeps when the comment was posted first, and writes that once', async () => {
    const { announceEnd, deps } = await setUp(pullRequest);
    const { id: incidentId, openedAt, attempt } = pullRequest;
    await deps.predictions.addPrediction(aPrediction({ incidentId, openedAt, attempt }));
    const at = deps.clock.now().toISOString();
    await announceEnd('acting');
    const noteAnnounced = vi.spyOn(deps.predictions, 'noteAnnounced');
    deps.clock.advance(60_000);
    await announceEnd();
    await announceEnd();
    expect((await deps.predictions.recentPredictions(1))[0]?.announced).toEqual({ at, channel: 'github-comment' });
    expect(noteAnnounced).not.toHaveBeenCalled();
  });

  it('comments all the same when the time of it cannot be kept', async () => {
    const { announceEnd, comments, deps } = await setUp(pullRequest);
    deps.predictions.noteAnnounced = () => Promise.reject(new Error('throttled'));
    await announceEnd();
    expect(comments.comments).toHaveLength(1);
    expect(deps.meter.counts['announcement-time-lost']).toBe(1);
  });

  it('mails the end of an alarm once, however often the step is repeated', async () => {
    const { announceEnd, mailer } = await setUp(alarm);
    await announceEnd();
    await announceEnd();
    expect(mailer.mails).toHaveLength(1);
    expect(mailer.mails[0]?.subject).toContain('Resolved');
  });

  it('is quiet where Selfheal only observes', async () => {
    const { announceEnd, mailer } = await setUp(alarm, aConfiguration({ services: [aService({ mode: 'observe' })] }));
    await announceEnd();
    expect(mailer.mails).toEqual([]);
  });

  it('mails instead when GitHub refuses the comment, once', async () => {
    const { announceEnd, mailer, codeHost } = await setUp(pullRequest);
    codeHost.program({ findComment: async () => Promise.reject(new Refused('403')) });
    await announceEnd();
    await announceEnd();
    expect(mailer.mails).toHaveLength(1);
    expect(mailer.mails[0]?.message.replace(/\s+/g, ' ')).toContain('Comment on the pull request was refused');
  });

  it.each([
    ['suggested', new Unreachable('503'), 'GitHub could not be reached, so the comment on the pull request is missing'],
    ['escalated', new OutcomeUnknown('timeout'), 'GitHub could not be reached, so the comment'],
    ['resolved', new RateLimited('403'), 'GitHub accepted no more requests (rate limit), so the comment'],
  ] as const)('mails instead, once, when GitHub is gone and the incident is %s', async (status, error, words) => {
    const incident = anIncident({ status, outcomeReason: redactOutgoing('The jobs never ended.') });
    const { mailer, codeHost, deps } = await setUp(incident);
    codeHost.program({ findComment: async () => Promise.reject(error) });
    const since = '2026-11-21T11:55:00.000Z';
    const announceEnd = () =>
      notify({ incidentId: incident.id, stage: 'final', githubGone: { since, tries: 6 } }, deps);
    // Also when the two mails a day for one pull request are used up, because no comment shows the failure.
    for (const key of ['first', 'second']) await mayMail(incident, key, deps, 'email');
    await announceEnd();
    await announceEnd();
    expect(mailer.mails).toHaveLength(1);
    const text = mailer.mails[0]?.message.replace(/\s+/g, ' ');
    expect(text).toContain(words);
    expect(text).toContain('Selfheal tried 7 times since 21 Nov 2026, 11:55 UTC.');
    expect(text).toContain('The connection to the package registry was reset');
  });

  it('writes the comment and mails nothing when GitHub is back on the last try', async () => {
    const { mailer, comments, deps } = await setUp(pullRequest);
    const githubGone = { since: '2026-11-21T11:55:00.000Z', tries: 6 };
    await notify({ incidentId: pullRequest.id, stage: 'final', githubGone }, deps);
    expect(comments.comments).toHaveLength(1);
    expect(mailer.mails).toEqual([]);
  });

  it('asks for a repeat when GitHub is busy, or when the answer to a new comment is lost', async () => {
    const { announceEnd, codeHost } = await setUp(pullRequest);
    codeHost.program({ findComment: async () => Promise.reject(new Retryable('429')) });
    await expect(announceEnd()).rejects.toMatchObject({ name: 'Retryable' });
    codeHost.program({
      findComment: async () => null,
      createComment: async () => Promise.reject(new OutcomeUnknown('timeout')),
    });
    await expect(announceEnd()).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('handing an incident to a human', () => {
  it('mails once per execution, and again after a restart', async () => {
    const { handOver, mailer, deps } = await setUp({ ...alarm, status: 'open' });
    await handOver();
    await handOver();
    expect(mailer.mails).toHaveLength(1);
    expect(mailer.mails[0]).toMatchObject({
      subject: expect.stringContaining('Needs a human'),
      message: expect.stringContaining('Selfheal changed nothing.'),
    });
    await deps.incidents.update(alarm.id, { attempt: 2 });
    await handOver();
    expect(mailer.mails).toHaveLength(2);
  });

  it('sends the mail again when it is not known whether it went out', async () => {
    const { deps, mailer } = await setUp({ ...alarm, status: 'open' });
    let lost = true;
    const flaky = {
      publish: async (subject: RedactedText, message: RedactedText) => {
        if (lost) {
          lost = false;
          throw new OutcomeUnknown('timeout');
        }
        await mailer.publish(subject, message);
      },
    };
    const input = { incidentId: alarm.id, reason: 'The step Plan failed.', error: 'CorruptRecord' };
    await expect(escalate(input, { ...deps, mailer: flaky })).rejects.toMatchObject({ name: 'Retryable' });
    await escalate(input, { ...deps, mailer: flaky });
    expect(mailer.mails).toHaveLength(1);
  });

  it('works without evidence and diagnosis, as after an early failure', async () => {
    const { deps, mailer } = await setUp({ ...alarm, status: 'open' });
    const empty = { ...deps, evidence: makeMemoryEvidenceStore() };
    await escalate({ incidentId: alarm.id, reason: 'The step Gather failed.', error: 'States.Timeout' }, empty);
    expect(mailer.mails[0]?.message).toContain('The step Gather failed. (States.Timeout)');
  });
});

describe('twenty failures of one pull request', () => {
  /** The same place, another run each time. */
  const nth = (count: number): Incident =>
    anIncident({ id: `gh-${String(count).padStart(24, '0')}`, status: 'escalated', intakeKey: 'one-place' });

  it('are mailed twice a day at most, and every repeat of a mail is the same mail', async () => {
    const { deps, mailer } = await setUp(nth(0));
    for (let count = 1; count < 20; count += 1) await deps.incidents.create(nth(count));
    for (let count = 0; count < 20; count += 1)
      await escalate({ incidentId: nth(count).id, reason: 'No safe action fits.', error: null }, deps);
    expect(mailer.mails).toHaveLength(2);
    deps.clock.advance(24 * 3_600_000);
    await deps.incidents.create(nth(20));
    await escalate({ incidentId: nth(20).id, reason: 'No safe action fits.', error: null }, deps);
    expect(mailer.mails).toHaveLength(3);
  });

  it('are each mailed where there is no pull request with a comment', async () => {
    const alarms = Array.from({ length: 5 }, (_one, count) =>
      anIncident({ id: `cw-${String(count).padStart(24, '0')}`, target: anAlarmTarget(), status: 'escalated' }),
    );
    const { deps, mailer } = await setUp(alarms[0] as Incident);
    for (const incident of alarms.slice(1)) await deps.incidents.create(incident);
    for (const { id } of alarms) await escalate({ incidentId: id, reason: 'No safe action fits.', error: null }, deps);
    expect(mailer.mails).toHaveLength(5);
  });
});

describe('a name that outsiders word', () => {
  it('adds no header to a mail and no line to its subject', async () => {
    const name = 'checkout\r\nBcc: everybody@example.com\u0000\u001b[31m\u2028Subject: You won \u{1f4b8}';
    const target = anAlarmTarget({ alarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}` });
    const { handOver, mailer } = await setUp(anIncident({ target, status: 'escalated' }));
    await handOver();
    const [mail] = mailer.mails;
    expect(mail?.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(mail?.message.split('\n').filter((line) => /^(?:Bcc|Subject):/i.test(line))).toEqual([]);
    expect(mail?.message).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});
