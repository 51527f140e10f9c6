import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RunOrigin, readRunOrigin } from '#apps/workbench/input/run-origin.ts';
import { aFile } from './run-command.ts';
import { RUNNER_EVENTS, TIP } from './runner-events.ts';

const originOf = (event: unknown, variables: Readonly<Record<string, string>>): RunOrigin =>
  readRunOrigin({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: TIP,
    GITHUB_EVENT_PATH: aFile(typeof event === 'string' ? event : JSON.stringify(event), 'event.json'),
    ...variables,
  });

describe('whose code a run tests, and on what', () => {
  it.each(RUNNER_EVENTS)('is told by $name', ({ event, variables, origin }) => {
    expect(originOf(event, variables)).toMatchObject(origin);
  });

  it.each(RUNNER_EVENTS)('is the default branch only where that is certain: $name', ({ event, variables, origin }) => {
    const found = originOf(event, variables);
    expect(found.isDefaultBranch).toBe(origin.isDefaultBranch ?? false);
    if (found.isDefaultBranch) expect([found.kind, found.isFork, found.base]).toEqual(['branch', false, null]);
  });

  const DAMAGED = ['', '{', 'null', '[]', '7', '"x"', '{"repository":7}', '\u0000', '{"pull_request":[]}'];
  const NAMES = ['pull_request', 'pull_request_target', 'workflow_run', 'merge_group', 'issue_comment', 'push'];
  it.each(NAMES.flatMap((name) => DAMAGED.map((text) => ({ name, text }))))(
    'is never the default branch when the event $name is damaged: $text',
    ({ name, text }) => {
      const variables = { GITHUB_EVENT_NAME: name, GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' };
      expect(originOf(text, variables)).toMatchObject({ isDefaultBranch: false, pullRequest: null });
    },
  );

  it('is unknown, and said, where the event file is gone', () => {
    const gone = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_PATH: '/no/such/event.json' };
    expect(readRunOrigin(gone)).toMatchObject({
      isDefaultBranch: false,
      problem: expect.stringContaining('/no/such/event.json'),
    });
  });
});

describe('the event of the runner', () => {
  const ROOT = join(import.meta.dirname, '../../..');
  /** Variables by which GitHub says what a run is of. */
  const VARIABLES =
    /GITHUB_(?:EVENT_NAME|EVENT_PATH|REF|REF_NAME|REF_TYPE|HEAD_REF|BASE_REF|REPOSITORY_ID)\b(?!['"]?\))/;
  /** Who reads them, and why nobody else need ask `readRunOrigin`. */
  const READERS: Readonly<Record<string, string>> = {
    'apps/workbench/input/run-origin.ts': 'answers for all others',
    'apps/workbench/input/described-run.ts':
      'the name of the branch of a pull request, by which its tests are kept apart',
    'apps/action/tasks/feedback.ts': 'leaves a damaged event out, which the step has said already',
  };

  it('is interpreted in one place, and who reads it beside that is listed with the reason', () => {
    const sources = [
      'apps/action',
      'apps/cli',
      'apps/workbench',
      'shared',
      'packages/pull-request-quality/src',
    ].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file).replaceAll('\\', '/')),
    );
    const code = (file: string): string =>
      readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|'[^'\n]*'/gm, '');
    expect(sources.filter((file) => VARIABLES.test(code(file))).sort()).toEqual(Object.keys(READERS).sort());
  });

  it('is asked through one function by the step and by every command', () => {
    const readers = [
      'apps/action/job-context.ts',
      'apps/cli/commands/test-select.ts',
      'apps/workbench/feedback/job-environment.ts',
      'apps/workbench/input/deciding-files.ts',
      'apps/workbench/input/described-run.ts',
      'apps/workbench/input/state-place.ts',
    ];
    for (const file of readers) expect(readFileSync(join(ROOT, file), 'utf8'), file).toContain('readRunOrigin(');
  });
});
