import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Signal } from '#shared/domain/incident/signal.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import { anyText } from '../../any-text.ts';
import { aWorkflowRunBody } from './deliveries.ts';

const receivedAt = new Date('2026-11-21T12:00:00.000Z');
const translate = (body: unknown, headers: Record<string, string> = {}) =>
  translateWebhook(github, {
    headers: { 'x-github-event': 'workflow_run', 'x-github-delivery': 'guid-1', ...headers },
    body,
    receivedAt,
  });
const signalOf = (body: unknown) => {
  const result = translate(body);
  if (result.kind !== 'signal') throw new Error(JSON.stringify(result));
  return Signal.parse(result.signal);
};

describe('the GitHub source', () => {
  it.each([
    ['failure', 'run-failed'],
    ['timed_out', 'run-failed'],
    ['startup_failure', 'run-failed'],
    ['success', 'run-succeeded'],
  ])('takes a run that ended with %s as %s', (conclusion, kind) => {
    expect(signalOf(aWorkflowRunBody({ run: { conclusion } })).kind).toBe(kind);
  });

  it.each(['cancelled', 'skipped', 'neutral', 'action_required', 'stale'])(
    'ignores a run that ended with %s',
    (conclusion) => {
      expect(translate(aWorkflowRunBody({ run: { conclusion } }))).toEqual({
        kind: 'ignored',
        reason: `conclusion-${conclusion}`,
      });
    },
  );

  it('counts words of outsiders under static codes only', () => {
    expect(translate(aWorkflowRunBody({ run: { conclusion: 'x'.repeat(500) } }))).toEqual({
      kind: 'ignored',
      reason: 'conclusion-other',
    });
    expect(translate(aWorkflowRunBody({ action: '<script>' }))).toEqual({ kind: 'ignored', reason: 'action-other' });
    expect(translate({}, { 'x-github-event': 'made-up' })).toEqual({ kind: 'ignored', reason: 'event-other' });
  });

  it('ignores what becomes of a change that Selfheal itself tries, so that no fix is made of a fix', () => {
    const tried = { conclusion: 'failure', head_branch: 'autofix-20261122-120000' };
    expect(translate(aWorkflowRunBody({ run: tried }))).toEqual({ kind: 'ignored', reason: 'branch-of-a-fix' });
    const title = `Selfheal try ${'a'.repeat(32)}`;
    const inSandbox = { event: 'workflow_dispatch', display_title: title, conclusion: 'failure' };
    expect(translate(aWorkflowRunBody({ run: inSandbox }))).toEqual({ kind: 'ignored', reason: 'try-of-a-fix' });
    const named = { event: 'push', display_title: title, conclusion: 'failure' };
    expect(translate(aWorkflowRunBody({ run: named })).kind).toBe('signal');
    const own = { conclusion: 'failure', head_branch: 'autofix-of-mine' };
    expect(signalOf(aWorkflowRunBody({ run: own })).kind).toBe('run-failed');
  });

  it.each(['requested', 'in_progress'])('ignores a run that is %s', (action) => {
    expect(translate(aWorkflowRunBody({ action, run: { conclusion: null } }))).toEqual({
      kind: 'ignored',
      reason: `action-${action}`,
    });
  });

  it.each(['workflow_job', 'check_suite', 'ping'])('ignores the event %s', (event) => {
    expect(translate({ action: 'completed' }, { 'x-github-event': event })).toEqual({
      kind: 'ignored',
      reason: `event-${event}`,
    });
  });

  it.each([
    [{ id: 'nine' }, 'workflow_run.id'],
    [{ head_sha: 'not a sha' }, 'headSha'],
    [{ workflow_id: undefined }, 'workflow_run.workflow_id'],
    [{ updated_at: 'yesterday' }, 'workflow_run.updated_at'],
    [{ run_attempt: 0 }, 'runAttempt'],
  ])('rejects a body with %j and names the field', (run, field) => {
    const result = translate(aWorkflowRunBody({ run }));
    expect(result).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(field) });
  });

  it('takes the repository of a managed user, whose name has an underscore', () => {
    expect(translate(aWorkflowRunBody({ repository: { full_name: 'dev_acme/shop' } })).kind).toBe('signal');
  });

  it.each(['../../etc/passwd', 'acme/..', 'acme/.'])(
    'rejects a repository name that GitHub does not allow: %s',
    (name) => {
      const body = aWorkflowRunBody({ repository: { full_name: name } });
      expect(translate(body)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('repository') });
    },
  );

  it('makes the target of authenticated fields', () => {
    expect(signalOf(aWorkflowRunBody()).target).toEqual({
      kind: 'run',
      host: 'github',
      installationId: 31,
      repository: 'acme/shop',
      repositoryId: 4711,
      workflowId: 77,
      runId: 9001,
      runAttempt: 1,
      headSha: 'b'.repeat(40),
      event: 'pull_request',
      pullRequest: 12,
      onDefaultBranch: false,
      actor: 'octo-dev',
    });
  });

  it('takes no pull request of another repository for its own', () => {
    const run = { pull_requests: [{ number: 99, base: { repo: { id: 1 } } }] };
    expect(signalOf(aWorkflowRunBody({ run })).target).toMatchObject({ pullRequest: null });
  });

  it("does not take a fork's branch of the same name for the default branch", () => {
    const run = { event: 'push', head_branch: 'main', pull_requests: [] };
    expect(signalOf(aWorkflowRunBody({ run })).target).toMatchObject({ onDefaultBranch: true });
    const fork = { ...run, head_repository: { id: 5 } };
    expect(signalOf(aWorkflowRunBody({ run: fork })).target).toMatchObject({ onDefaultBranch: false });
  });

  it('keeps target, id and kind the same whatever outsiders write', () => {
    const plain = signalOf(aWorkflowRunBody());
    fc.assert(
      fc.property(anyText(), anyText(), (title, branch) => {
        const signal = signalOf(aWorkflowRunBody({ run: { display_title: title, name: title, head_branch: branch } }));
        expect({ ...signal, tainted: null }).toEqual({ ...plain, tainted: null });
        for (const text of [signal.tainted.title, signal.tainted.branch ?? '']) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toMatch(/\p{Cc}/u);
          expect(text.length).toBeLessThanOrEqual(300);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, whatever the body is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (whole, part) => {
        const bodies = [
          whole,
          { ...aWorkflowRunBody(), workflow_run: part },
          { ...aWorkflowRunBody(), repository: part },
        ];
        for (const body of bodies) expect(() => translate(body)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });
});
