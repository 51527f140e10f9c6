import { describe, expect, it } from 'vitest';
import type { IncidentStory } from '#shared/plugins/notifiers/contract.ts';
import { githubComment, markerOf, renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import {
  aClassification,
  aDiagnosis,
  aGithubTarget,
  anActionRecord,
  anEvidence,
  anIncident,
  aProposalStory,
  aResolvedStory,
  RERUN_RECORD,
} from '#test/builders/index.ts';
import { fakeCodeHost, makeMemoryComments, makeMemoryMailer } from '#test/fakes/index.ts';

describe('the comment', () => {
  it('[A10] has root cause, fix and prevention under their headings', () => {
    const headings = renderComment(aProposalStory()).match(/^#### .+$/gm);
    expect(headings).toEqual([
      '#### Root Cause Analysis',
      '#### Evidence',
      '#### Fix (proposed, not applied)',
      '#### Prevention',
    ]);
  });

  it('tells of a re-run that helped', () => {
    expect(renderComment(aResolvedStory())).toMatchSnapshot();
  });

  it('tells of a proposal that nobody verified, with what could not be checked', () => {
    const diagnosis = aDiagnosis({
      confidence: 0.4,
      preExisting: true,
      unchecked: [{ code: 'other', text: 'The lock file was not read.' }],
      fix: 'Pin it:\n```json\n{"left-pad": "1.3.0"}\n```\nThen run `npm ci`.',
    });
    const text = renderComment(
      aProposalStory({ diagnosis, evidence: anEvidence({ notes: ['The log archive is truncated.'] }) }),
    );
    expect(text).toMatchSnapshot();
    expect(text).toContain('Fix (proposed, not applied)');
    expect(text).toContain('Treat it as a hint.');
  });

  it('says that it acted and waits while the re-run is going on', () => {
    const acting = aResolvedStory({
      incident: anIncident(),
      stage: 'acting',
      actions: [{ ...RERUN_RECORD, verified: null }],
    });
    const text = renderComment(acting);
    expect(text).toContain('**Selfheal re-ran the failed jobs \\(attempt 2\\).** It is checking whether that helped.');
    expect(text).not.toMatch(/resolved/i);
  });

  it('says that a re-run did not help, and never calls that resolved', () => {
    const failed = aResolvedStory({
      incident: anIncident({ status: 'escalated', outcomeReason: 'Attempt 2 of run 1001 ended with failure.' }),
      actions: [{ ...RERUN_RECORD, verified: 'failed' }],
    });
    expect(renderComment(failed)).toContain('**Failed again on attempt 2.** A person has to look.');
    expect(renderComment(failed)).toContain('It did not help: it failed again on attempt 2.');
    expect(renderComment(failed)).not.toMatch(/resolved|recovered/i);
  });

  it('asks a human to look when it is not known whether an action happened', () => {
    const unknown = anActionRecord({ state: 'unknown' });
    expect(renderComment(aProposalStory({ actions: [unknown] }))).toContain('may or may not have taken effect');
  });

  it('says so when there is neither diagnosis nor evidence', () => {
    const text = renderComment(aProposalStory({ diagnosis: null, evidence: null }));
    expect(text).toContain('No diagnosis could be made.');
    expect(text).toContain('No log could be read.');
  });

  it('leads with what failed and why, then with what is left to do', () => {
    const diagnosis = aDiagnosis({
      summary: '`adds the prices` expected `4`, got `3`',
      classification: aClassification({ class: 'test_failure', verdict: 'regression' }),
      fix: 'Correct the sum, or the test.',
    });
    const [, headline, status] = renderComment(aProposalStory({ diagnosis })).split('\n\n');
    expect(headline).toBe('### build failed: `adds the prices` expected `4`, got `3`');
    expect(status).toBe('**Selfheal changed nothing.** A re-run would not help: a person has to fix it.');
  });

  it('says how the re-run ended', () => {
    const text = renderComment(aResolvedStory());
    expect(text).toContain('**Passed on attempt 2.** Selfheal re-ran the failed jobs; no code was changed');
    expect(text).toContain('#### Fix\n');
  });

  it('gives no percentage for a failure that nothing knows', () => {
    const classification = aClassification({ class: 'unknown', verdict: 'unknown', confidence: 0, signature: null });
    const text = renderComment(aProposalStory({ diagnosis: aDiagnosis({ classification, confidence: 0 }) }));
    expect(text).toContain('The built-in rules do not know this failure.');
    expect(text).not.toContain('0 %');
    expect(text).not.toContain('No safe action fits');
  });

  it('links the place it names, at the commit that failed', () => {
    const diagnosis = aDiagnosis({ rootCause: 'src/cart.ts:11 does not compile.' });
    const url = 'https://github.com/acme/shop/actions/runs/1001/job/2';
    const [source] = anEvidence().sources;
    const evidence = { ...anEvidence(), sources: source === undefined ? [] : [{ ...source, url }] };
    const sha = aGithubTarget().headSha;
    expect(renderComment(aProposalStory({ diagnosis, evidence }))).toContain(
      `- Where: [src/cart.ts line 11](https://github.com/acme/shop/blob/${sha}/src/cart.ts#L11)`,
    );
  });

  it.each(['../../etc/passwd.sh:1', 'a](https://evil.example)b.ts:1'])('links no place like %s', (place) => {
    const url = 'https://github.com/acme/shop/actions/runs/1001/job/2';
    const [source] = anEvidence().sources;
    const evidence = { ...anEvidence(), sources: source === undefined ? [] : [{ ...source, url }] };
    const text = renderComment(aProposalStory({ diagnosis: aDiagnosis({ rootCause: `See ${place}.` }), evidence }));
    expect(text).not.toMatch(/\/blob\/[0-9a-f]{40}\/\.\.|\]\(https:\/\/evil/);
  });

  it('stays within the length GitHub accepts', () => {
    const texts = Array.from({ length: 150 }, () => '*'.repeat(2000));
    const long = '<'.repeat(2000);
    const diagnosis = aDiagnosis({
      rootCause: long,
      fix: '<'.repeat(4000),
      prevention: long,
      unchecked: Array(10).fill({ code: 'other', text: '<'.repeat(300) }),
    });
    expect(renderComment(aProposalStory({ diagnosis, evidence: anEvidence({ texts }) })).length).toBeLessThanOrEqual(
      65_536,
    );
  });
});

describe('telling it on the pull request', () => {
  const ports = () => {
    const memory = makeMemoryComments();
    return {
      memory,
      ports: {
        codeHost: fakeCodeHost(memory),
        mailer: makeMemoryMailer(),
        poster: {} as never,
        smtp: {} as never,
        texter: {} as never,
      },
    };
  };

  it('[B39] rewrites its one comment on later runs and writes nothing when nothing changed', async () => {
    const { memory, ports: given } = ports();
    memory.addForeign(12, markerOf('intake-key-1'));
    await githubComment.notify(
      { kind: 'progress', story: aResolvedStory({ incident: anIncident(), stage: 'acting', actions: [] }) },
      given,
    );
    await githubComment.notify({ kind: 'progress', story: aResolvedStory() }, given);
    await githubComment.notify({ kind: 'progress', story: aResolvedStory() }, given);
    expect(memory.comments).toHaveLength(2);
    expect(memory.comments[1]?.body).toBe(renderComment(aResolvedStory()));
    expect(given.codeHost.count('updateComment')).toBe(1);
  });

  const aRun = (runId: number, change: Partial<IncidentStory> = {}) =>
    aProposalStory({ ...change, incident: anIncident({ id: `gh-run-${runId}`, target: aGithubTarget({ runId }) }) });
  const UNREAD = { diagnosis: aDiagnosis({ classification: aClassification({ class: 'unknown' }) }), evidence: null };

  it('leaves what is said of a newer run when an older one is reported late, unless a plan for that one waits', async () => {
    const { memory, ports: given } = ports();
    await githubComment.notify({ kind: 'progress', story: aRun(1002) }, given);
    expect(await githubComment.notify({ kind: 'progress', story: aRun(1001) }, given)).toBeNull();
    expect(memory.comments.map(({ body }) => body)).toEqual([renderComment(aRun(1002))]);
    await githubComment.notify({ kind: 'progress', story: aRun(1001, { stage: 'asking' }) }, given);
    expect(memory.comments[0]?.body).toContain('gh-run-1001');
    await githubComment.notify({ kind: 'progress', story: aRun(1003) }, given);
    expect(memory.comments.map(({ body }) => body)).toEqual([renderComment(aRun(1003))]);
  });

  it('keeps what is known of a run above which a later one, of which nothing could be read, gets one line', async () => {
    const { memory, ports: given } = ports();
    await githubComment.notify({ kind: 'progress', story: aRun(1001) }, given);
    const known = renderComment(aRun(1001));
    for (const runId of [1002, 1003, 1003])
      await githubComment.notify({ kind: 'progress', story: aRun(runId, UNREAD) }, given);
    const [comment] = memory.comments;
    expect(comment?.body.match(/A later run failed/g)).toHaveLength(1);
    expect(comment?.body).toMatch(
      /its log could not be read:\*\* \[run 1003\]\(https:.*\) \(Selfheal incident gh-run-1003\)/,
    );
    expect(comment?.body).toContain(known.split('\n').slice(1).join('\n'));
    // What nobody knows anything of is replaced by anything newer.
    const { memory: other, ports: fresh } = ports();
    await githubComment.notify({ kind: 'progress', story: aRun(1001, UNREAD) }, fresh);
    await githubComment.notify({ kind: 'progress', story: aRun(1002, UNREAD) }, fresh);
    expect(other.comments[0]?.body).toBe(renderComment(aRun(1002, UNREAD)));
  });

  it('wants pull requests only', () => {
    expect(githubComment.wants({ kind: 'progress', story: aResolvedStory() })).toBe(true);
    expect(
      githubComment.wants({
        kind: 'progress',
        story: aResolvedStory({ incident: anIncident({ target: aGithubTarget({ pullRequest: null }) }) }),
      }),
    ).toBe(false);
    expect(
      githubComment.wants({ kind: 'progress', story: aResolvedStory({ incident: anIncident({ status: 'linked' }) }) }),
    ).toBe(false);
  });
});
