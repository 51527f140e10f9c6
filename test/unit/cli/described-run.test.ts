import { describe, expect, it } from 'vitest';
import { gateRunOf, testRunOf } from '#apps/workbench/input/described-run.ts';
import { aFile } from './run-command.ts';

const SHA = 'a'.repeat(40);
const PUSH = { GITHUB_EVENT_NAME: 'push', GITHUB_REF_NAME: 'main', GITHUB_RUN_ID: '41', GITHUB_SHA: SHA };
const PULL = { ...PUSH, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF_NAME: '7/merge', GITHUB_BASE_REF: 'main' };
/** A run that GitHub starts on the default branch after one of this event. */
const following =
  (event: string, branch: string, repository = 7) =>
  () => ({
    ...PUSH,
    GITHUB_EVENT_NAME: 'workflow_run',
    GITHUB_EVENT_PATH: aFile(
      JSON.stringify({
        repository: { id: 7, default_branch: 'main' },
        workflow_run: { event, conclusion: 'success', head_branch: branch, head_repository: { id: repository } },
      }),
      'event.json',
    ),
  });

describe('the run that GitHub describes', () => {
  it.each([
    ['a push', PUSH, 'main', 'main', true],
    ['a push to another branch', { ...PUSH, GITHUB_REF_NAME: 'topic' }, 'topic', 'topic', false],
    ['a pull request', { ...PULL, GITHUB_HEAD_REF: 'topic' }, 'main', 'topic', false],
    ['a pull request from a fork that calls it main', { ...PULL, GITHUB_HEAD_REF: 'main' }, 'main', 'main', false],
    ['a tag that is called main', { ...PUSH, GITHUB_REF_TYPE: 'tag' }, 'tags/main', 'tags/main', false],
    ['a run that follows a push', following('push', 'main'), 'main', 'main', true],
    ['a run that follows a pull request', following('pull_request', 'main'), 'main', null, false],
    ['a run that follows a push in a fork', following('push', 'main', 8), 'main', null, false],
  ])('is read for gates and for tests alike: %s', (_, given, gateBranch, testBranch, onDefaultBranch) => {
    const environment = typeof given === 'function' ? given() : given;
    const gate = gateRunOf({}, environment);
    expect(gate).toMatchObject({ run: 41, attempt: 1, commit: SHA, defaultBranch: 'main', branch: gateBranch });
    const tests = testRunOf('flaky record', {}, environment);
    expect(tests).toEqual({ id: 41, attempt: 1, commit: SHA, branch: testBranch, onDefaultBranch });
    if (onDefaultBranch) expect(gate.isProposal).toBe(false);
  });

  it('has a branch of 255 characters at most, for both', () => {
    const long = 'b'.repeat(256);
    for (const read of [gateRunOf, (...given: Parameters<typeof gateRunOf>) => testRunOf('x', ...given)]) {
      expect(read({ branch: long.slice(1) }, PUSH).branch).toHaveLength(255);
      expect(() => read({ branch: long }, PUSH)).toThrow('1 to 255 characters');
    }
  });
});
