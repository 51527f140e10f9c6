import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { email } from '#shared/plugins/notifiers/email.ts';
import { githubComment, markerOf, renderComment } from '#shared/plugins/notifiers/github-comment.ts';
import { renderMail } from '#shared/plugins/notifiers/mail.ts';
import { fenced, safeLine, safeProse } from '#shared/plugins/notifiers/markdown.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  anActionRecord,
  anAlarmTarget,
  anEvidence,
  anIncident,
} from '#test/builders/index.ts';
import { fakeCodeHost, makeMemoryComments, makeMemoryMailer } from '#test/fakes/index.ts';
import { anyText } from '../../any-text.ts';

const rerun = anActionRecord({
  state: 'done',
  verified: 'recovered',
  receipt: {
    summary: 'Re-ran the failed jobs of run 1001 as attempt 2.',
    at: '2026-11-21T12:01:00.000Z',
    facts: { attempt: 2 },
  },
});
const aStory = (change: Partial<IncidentStory> = {}): IncidentStory => ({
  incident: anIncident({ status: 'resolved', outcomeReason: 'Attempt 2 of run 1001 ended with success.' }),
  diagnosis: aDiagnosis(),
  evidence: anEvidence(),
  actions: [rerun],
  stage: 'final',
  ...change,
});
const suggested = (change: Partial<IncidentStory> = {}) =>
  aStory({
    incident: anIncident({ status: 'suggested', outcomeReason: 'No safe action fits.' }),
    actions: [],
    ...change,
  });

describe('the comment', () => {
  it('[A10] has root cause, fix and prevention under their headings', () => {
    const headings = renderComment(suggested()).match(/^#### .+$/gm);
    expect(headings).toEqual([
      '#### Root Cause Analysis',
      '#### Evidence',
      '#### Fix (proposed, not applied)',
      '#### Prevention',
      '#### What Selfheal did',
    ]);
  });

  it('tells of a re-run that helped', () => {
    expect(renderComment(aStory())).toMatchSnapshot();
  });

  it('tells of a proposal that nobody verified, with what could not be checked', () => {
    const diagnosis = aDiagnosis({
      confidence: 0.4,
      preExisting: true,
      unchecked: ['The lock file was not read.'],
      fix: 'Pin it:\n```json\n{"left-pad": "1.3.0"}\n```\nThen run `npm ci`.',
    });
    const text = renderComment(
      suggested({ diagnosis, evidence: anEvidence({ notes: ['The log archive is truncated.'] }) }),
    );
    expect(text).toMatchSnapshot();
    expect(text).toContain('Fix (proposed, not applied)');
    expect(text).toContain('Take it as a hint, not as a finding.');
  });

  it('says that it acted and waits while the re-run is going on', () => {
    const acting = aStory({ incident: anIncident(), stage: 'acting', actions: [{ ...rerun, verified: null }] });
    const text = renderComment(acting);
    expect(text).toContain('**Selfheal re-ran the failed jobs \\(attempt 2\\).** It is watching whether that helps.');
    expect(text).toContain('The result is not in yet.');
    expect(text).not.toMatch(/resolved/i);
  });

  it('says that a re-run did not help, and never calls that resolved', () => {
    const failed = aStory({
      incident: anIncident({ status: 'escalated', outcomeReason: 'Attempt 2 of run 1001 ended with failure.' }),
      actions: [{ ...rerun, verified: 'failed' }],
    });
    expect(renderComment(failed)).toContain('**Failed again on attempt 2.** A person has to look.');
    expect(renderComment(failed)).toContain('It did not help: it failed again on attempt 2.');
    expect(renderComment(failed)).not.toMatch(/resolved|recovered/i);
  });

  it('asks a human to look when it is not known whether an action happened', () => {
    const unknown = anActionRecord({ state: 'unknown' });
    expect(renderComment(suggested({ actions: [unknown] }))).toContain('not known whether it took effect');
  });

  it('says so when there is neither diagnosis nor evidence', () => {
    const text = renderComment(suggested({ diagnosis: null, evidence: null }));
    expect(text).toContain('No diagnosis could be made.');
    expect(text).toContain('No log could be read.');
  });

  it('leads with what failed and why, then with what is left to do', () => {
    const diagnosis = aDiagnosis({
      summary: '`adds the prices` expected `4`, got `3`',
      classification: aClassification({ class: 'test_failure', verdict: 'regression' }),
    });
    const [, headline, status] = renderComment(suggested({ diagnosis })).split('\n\n');
    expect(headline).toBe('### build failed: `adds the prices` expected `4`, got `3`');
    expect(status).toBe('**Selfheal changed nothing.** A re-run would not help: the code needs a change by a person.');
  });

  it('says how the re-run ended', () => {
    const text = renderComment(aStory());
    expect(text).toContain('**Passed on attempt 2.** Selfheal re-ran the failed jobs; no code was changed');
    expect(text).toContain('#### Fix\n');
  });

  it('gives no percentage for a failure that nothing knows', () => {
    const classification = aClassification({ class: 'unknown', verdict: 'unknown', confidence: 0, signature: null });
    const text = renderComment(suggested({ diagnosis: aDiagnosis({ classification, confidence: 0 }) }));
    expect(text).toContain('None of the built-in rules knows this failure.');
    expect(text).not.toContain('0 %');
    expect(text).not.toContain('No safe action fits');
  });

  it('links the place it names, at the commit that failed', () => {
    const diagnosis = aDiagnosis({ rootCause: 'src/cart.ts:11 does not compile.' });
    const url = 'https://github.com/acme/shop/actions/runs/1001/job/2';
    const [source] = anEvidence().sources;
    const evidence = { ...anEvidence(), sources: source === undefined ? [] : [{ ...source, url }] };
    const sha = aGithubTarget().headSha;
    expect(renderComment(suggested({ diagnosis, evidence }))).toContain(
      `- Where: [src/cart.ts line 11](https://github.com/acme/shop/blob/${sha}/src/cart.ts#L11)`,
    );
  });

  it.each(['../../etc/passwd.sh:1', 'a](https://evil.example)b.ts:1'])('links no place like %s', (place) => {
    const url = 'https://github.com/acme/shop/actions/runs/1001/job/2';
    const [source] = anEvidence().sources;
    const evidence = { ...anEvidence(), sources: source === undefined ? [] : [{ ...source, url }] };
    const text = renderComment(suggested({ diagnosis: aDiagnosis({ rootCause: `See ${place}.` }), evidence }));
    expect(text).not.toMatch(/\/blob\/[0-9a-f]{40}\/\.\.|\]\(https:\/\/evil/);
  });

  it('stays within the length GitHub accepts', () => {
    const texts = Array.from({ length: 150 }, () => '*'.repeat(2000));
    const long = '<'.repeat(2000);
    const diagnosis = aDiagnosis({
      rootCause: long,
      fix: '<'.repeat(4000),
      prevention: long,
      unchecked: Array(10).fill('<'.repeat(300)),
    });
    expect(renderComment(suggested({ diagnosis, evidence: anEvidence({ texts }) })).length).toBeLessThanOrEqual(65_536);
  });
});

describe('text from logs and models in the comment', () => {
  it.each([
    ['a mention', '@acme/owners look', /@acme/],
    ['a reference', 'see #12 and GH-12', /#12|GH-12/],
    ['a link', '[click](https://evil.example) and https://evil.example', /https:\/\/|\]\(/],
    ['an image', '![x](http://evil.example/pixel.png)', /!\[/],
    ['HTML', '<img src=x onerror=alert(1)>', /<img/],
    ['a heading', '# Resolved', /^# /m],
    ['our own marker', markerOf('another-key'), /<!-- selfheal:another-key/],
  ])('cannot make %s', (_what, text, forbidden) => {
    expect(safeProse(text)).not.toMatch(forbidden);
    expect(safeLine(text)).not.toMatch(forbidden);
  });

  it('cannot leave its fence', () => {
    const block = fenced('```\n# Resolved\n````\n@owner');
    expect(block.split('\n')[0]).toBe('`````text'.slice(0, 5));
    expect(block.endsWith('\n`````')).toBe(true);
  });

  it('cannot leave its fence, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '~', '\n', 'a', ' ', '<', '!', '-') }), (text) => {
        const lines = fenced(text).split('\n');
        const fence = lines[0] ?? '';
        expect(lines.slice(1, -1).some((line) => line.trim().startsWith(fence))).toBe(false);
      }),
    );
  });

  it('cannot forge the marker of another comment anywhere in the body', () => {
    const forged = markerOf('victim');
    fc.assert(
      fc.property(fc.constantFrom(forged, `\`${forged}\``, `\`\`\`\n${forged}\n\`\`\``, `~~~\n${forged}`), (text) => {
        const diagnosis = aDiagnosis({ rootCause: text, fix: text, prevention: text });
        const incident = anIncident({
          status: 'suggested',
          tainted: { title: text.replace(/\n/g, ' '), branch: null, reason: null },
        });
        const body = renderComment(
          suggested({ incident, diagnosis, evidence: anEvidence({ texts: [text], notes: [text] }) }),
        );
        expect(body).not.toContain(forged);
        expect(body).toContain(markerOf(incident.intakeKey));
      }),
    );
  });
});

describe('telling it on the pull request', () => {
  const ports = () => {
    const memory = makeMemoryComments();
    return { memory, ports: { codeHost: fakeCodeHost(memory), mailer: makeMemoryMailer() } };
  };

  it('[B39] rewrites its one comment on later runs and writes nothing when nothing changed', async () => {
    const { memory, ports: given } = ports();
    memory.addForeign(12, markerOf('intake-key-1'));
    await githubComment.notify(aStory({ incident: anIncident(), stage: 'acting', actions: [] }), given);
    await githubComment.notify(aStory(), given);
    await githubComment.notify(aStory(), given);
    expect(memory.comments).toHaveLength(2);
    expect(memory.comments[1]?.body).toBe(renderComment(aStory()));
    expect(given.codeHost.count('updateComment')).toBe(1);
  });

  it('wants pull requests only', () => {
    expect(githubComment.wants(aStory())).toBe(true);
    expect(
      githubComment.wants(aStory({ incident: anIncident({ target: aGithubTarget({ pullRequest: null }) }) })),
    ).toBe(false);
    expect(githubComment.wants(aStory({ incident: anIncident({ status: 'linked' }) }))).toBe(false);
  });
});

describe('the mail', () => {
  const alarm = anIncident({
    target: anAlarmTarget(),
    status: 'resolved',
    tainted: { title: 'Größe checkout-errors\nBcc: x@example.com', branch: null, reason: 'Threshold crossed.' },
    outcomeReason: 'The alarm was OK at 3 polls in a row.',
  });

  it('tells what, why, where to look and what was done', () => {
    const mail = renderMail('Resolved', alarm.outcomeReason, aStory({ incident: alarm }));
    expect(`${mail.subject}\n\n${mail.message}`).toMatchSnapshot();
  });

  it('says first what happened and what is left to do, in lines of at most 100 columns', () => {
    const diagnosis = aDiagnosis({
      summary: 'database statements take too long',
      fix: 'Look at what the database is doing now, end the session that blocks the others, and explain the slow statement.',
      classification: aClassification({ class: 'resource_exhaustion', verdict: 'infrastructure' }),
    });
    const incident = { ...alarm, status: 'open' as const, outcomeReason: null };
    const { subject, message } = renderMail(
      'Needs a human',
      'No safe action fits.',
      aStory({ incident, diagnosis, actions: [] }),
    );
    const lines = message.split('\n');
    expect(lines[0]).toBe('checkout-errors rings: database statements take too long.');
    expect(lines[1]).toMatch(/^Selfheal changed nothing\. A person has to look/);
    expect(message).toContain('What to do\n----------\nLook at what the database is doing now');
    expect(Math.max(...lines.filter((line) => !line.includes('://')).map(({ length }) => length))).toBeLessThanOrEqual(
      100,
    );
    expect(subject).toMatch(/^\[Selfheal\] Needs a human: checkout-errors: database.{1,40}\.\.\. \(cw-0{24}\)$/);
  });

  it('has a subject that SNS takes, whatever the title is', () => {
    fc.assert(
      fc.property(anyText(300), (title) => {
        const incident = anIncident({ tainted: { title: title.slice(0, 300), branch: null, reason: null } });
        const { subject } = renderMail('Needs a human', null, aStory({ incident }));
        expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        expect(subject).toContain(incident.id);
      }),
      { numRuns: 40 },
    );
  });

  it('is for ends that no pull request speaks of, escalations left out', () => {
    expect(email.wants(aStory({ incident: alarm }))).toBe(true);
    expect(email.wants(aStory({ incident: alarm, stage: 'acting' }))).toBe(false);
    expect(email.wants(aStory({ incident: { ...alarm, status: 'escalated' } }))).toBe(false);
    expect(email.wants(aStory())).toBe(false);
    const push = anIncident({ status: 'suggested', target: aGithubTarget({ pullRequest: null, event: 'push' }) });
    expect(email.wants(aStory({ incident: push }))).toBe(true);
    const fork = anIncident({
      status: 'suggested',
      target: aGithubTarget({ pullRequest: null, event: 'pull_request' }),
    });
    expect(email.wants(aStory({ incident: fork }))).toBe(false);
  });
});
