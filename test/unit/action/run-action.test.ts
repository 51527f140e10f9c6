import { InvalidInput, Refused, Unreachable } from '@selfheal/kernel/errors.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { Task, TaskInput, TaskOutcome } from '#apps/action/task.ts';
import { aStep, BASE, HEAD, pullRequestEvent } from './action-rig.ts';

const steps: Awaited<ReturnType<typeof aStep>>[] = [];
async function step(change?: Parameters<typeof aStep>[0]) {
  const made = await aStep(change);
  steps.push(made);
  return made;
}
afterEach(async () => {
  for (const made of steps.splice(0)) await made.remove();
});

const text = (words: string) => redactName(words, 500);
/** A task that ends like this, or dies of this. */
const ending = (outcome: TaskOutcome | Error): Task => ({
  run: async () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  },
});
const good: TaskOutcome = { status: 'passed', summary: text('All is well.') };
const bad: TaskOutcome = { status: 'failed', summary: text('Two tests failed.'), bad: ['tests'] };
const run = async (outcome: TaskOutcome | Error, inputs: Readonly<Record<string, string>> = {}) => {
  const made = await step();
  return { ...(await made.run({ task: 'check', ...inputs }, { tasks: { check: ending(outcome) } })), step: made };
};

describe('a step of the Action', () => {
  it('writes what it found for the next job, sets outputs and says so in the summary', async () => {
    const outputs = { triage_summary: 'one\nvalue\nselfheal_x' };
    const { code, summary, step: made, outputs: set } = await run({ ...good, outputs });
    expect(code).toBe(0);
    expect(set).toEqual({ ...outputs, status: 'passed' });
    expect(summary).toContain('All is well.');
    expect(await made.result('check')).toEqual({
      version: 1,
      job: 'check',
      status: 'passed',
      summary: 'All is well.',
      facts: [],
    });
  });

  it.each([
    ['gates', 0],
    ['tests', 1],
    ['tests,gates', 1],
    ['none', 0],
  ])('with fail-on %s ends with %i when tests failed', async (failOn, code) => {
    const ended = await run(bad, { 'fail-on': failOn });
    expect(ended.code).toBe(code);
    expect((await ended.step.result('check')).status).toBe('failed');
  });

  it('fails for a report that cannot be read, by its name, whatever fail-on says', async () => {
    const { code, log } = await run(new InvalidInput('reports/unit.xml:3: not closed'), { 'fail-on': 'none' });
    expect(code).toBe(1);
    expect(log).toContain('::error title=Selfheal%3A check::reports/unit.xml:3: not closed');
  });

  it.each([
    ['GitHub answers only errors', new Unreachable('GET /repos: 502')],
    ['a right is missing', new Refused('PUT: Resource not accessible by integration')],
    ['it has a bug', new TypeError('undefined is not a function')],
  ])('[B89] only warns when %s', async (_, error) => {
    const { code, log, step: made } = await run(error);
    expect(code).toBe(0);
    expect(log).toContain('::warning title=Selfheal%3A check was not done::');
    expect((await made.result('check')).status).toBe('unavailable');
  });

  it.each([
    ['3', 3],
    ['failure', 1],
    ['cancelled', 1],
    ['success', 0],
    ['skipped', 0],
    ['', 0],
  ])('passes the exit code of the step before on: %s', async (exitCode, code) => {
    for (const outcome of [good, new Unreachable('502')])
      expect((await run(outcome, { 'exit-code': exitCode })).code).toBe(code);
  });

  it('does several tasks in their order and keeps each result', async () => {
    const made = await step();
    const order: string[] = [];
    const noting = (id: string, outcome: TaskOutcome): Task => ({
      run: async () => {
        order.push(id);
        return outcome;
      },
    });
    const tasks = { report: noting('report', bad), gate: noting('gate', good) };
    const { code } = await made.run({ task: 'report, gate', name: 'unit (20)', 'fail-on': 'tests' }, { tasks });
    expect([code, order]).toEqual([1, ['report', 'gate']]);
    expect((await made.result('unit-20-report')).job).toBe('unit (20) (report)');
    expect((await made.result('unit-20-gate')).status).toBe('passed');
  });

  it.each([
    [{ task: 'chekc' }, 'task: "chekc" is no task. Use check.'],
    [{ task: '' }, 'name at least one task'],
    [{ task: 'check', 'fail-on': 'everything' }, 'expected tests, findings'],
    [{ task: 'check', state: 'ftp://selfheal' }, 'state: "ftp://selfheal": expected a URL'],
    [{ task: 'check', state: 'branch:a b' }, 'expected the name of a branch'],
    [{ task: 'check', 'exit-code': 'maybe' }, 'exit-code: "maybe"'],
    [{ task: 'constructor' }, 'is no task'],
  ])('refuses the inputs %j and says how to mend them', async (inputs, message) => {
    const made = await step();
    const { code, log } = await made.run(inputs, { tasks: { check: ending(good) } });
    expect(code).toBe(1);
    expect(log).toContain(message);
  });

  it('cannot be made to run commands by texts of a report', async () => {
    const evil = '::set-output name=x::y\n  ::add-mask::z\n##[add-path]/tmp\nall ##[error]';
    const made = await step();
    const tasks = {
      check: {
        run: async ({ say }: TaskInput) => {
          say(evil);
          return {
            ...good,
            annotations: [{ level: 'notice' as const, title: 'a,b::c', message: `50%\n${evil}`, file: 'x,y=z:1' }],
          };
        },
      },
    };
    const { log } = await made.run({ task: 'check' }, { tasks });
    const commands = log.split('\n').filter((line) => line.trim().startsWith('::') || line.includes('##['));
    expect(commands).toEqual([
      '::notice title=a%2Cb%3A%3Ac,file=x%2Cy=z%3A1::50%25%0A::set-output name=x::y%0A  ::add-mask::z%0A##[add-path]/tmp%0Aall ##[error]',
    ]);
  });

  it('shows ten annotations of a level and prints the rest', async () => {
    const annotations = Array.from({ length: 14 }, (_, at) => ({
      level: 'warning' as const,
      title: 'Uncovered',
      message: `line ${at}`,
    }));
    const { log } = await run({ ...good, annotations });
    expect(log.match(/^::warning/gm)).toHaveLength(10);
    expect(log).toContain('warning: Uncovered: line 13');
  });

  it('keeps its verdict where the runner gives it no files', async () => {
    const made = await step();
    const variables = { GITHUB_OUTPUT: undefined, GITHUB_STEP_SUMMARY: '/no/such/folder/summary' };
    const tasks = { check: ending({ ...bad, outputs: { mode: 'full' } }) };
    const { code, log } = await made.run({ task: 'check', 'fail-on': 'tests' }, { tasks, variables });
    expect(code).toBe(1);
    expect(log).toContain('output mode: full');
    expect(log).toContain('The result was not written');
  });
});

describe('what a step knows about its run', () => {
  const jobOf = async (event: unknown, variables: Readonly<Record<string, string | undefined>> = {}) => {
    const made = await step({ event });
    let job: TaskInput['job'] | undefined;
    const tasks = {
      check: {
        run: async (input: TaskInput) => {
          job = input.job;
          return good;
        },
      },
    };
    const ended = await made.run({ task: 'check' }, { tasks, variables });
    return { ...ended, job: job! };
  };

  it('is the head of the pull request, not the merge that GitHub tests', async () => {
    const { job } = await jobOf(pullRequestEvent());
    expect(job).toMatchObject({
      repository: 'acme/shop',
      origin: {
        kind: 'proposal',
        headSha: HEAD,
        defaultBranch: 'main',
        ref: null,
        pullRequest: 7,
        base: { branch: 'main', sha: BASE },
        isFork: false,
      },
    });
  });

  it('is whether the pull request comes from a fork, also from one that was deleted', async () => {
    const { pull_request: pull, ...rest } = pullRequestEvent();
    expect((await jobOf(pullRequestEvent({ fork: true }))).job.origin.isFork).toBe(true);
    const deleted = { ...rest, pull_request: { ...pull, head: { ...pull.head, repo: null } } };
    expect((await jobOf(deleted)).job.origin.isFork).toBe(true);
  });

  it('is the run that has ended, for a workflow that follows another', async () => {
    const run = {
      head_sha: HEAD,
      head_branch: 'feature',
      event: 'pull_request',
      head_repository: { full_name: 'acme/shop' },
      pull_requests: [{ number: 9, base: { sha: BASE, ref: 'main' } }],
    };
    const { job } = await jobOf(
      { workflow_run: run, repository: { default_branch: 'main' } },
      { GITHUB_EVENT_NAME: 'workflow_run' },
    );
    expect(job).toMatchObject({ origin: { headSha: HEAD, pullRequest: 9, isFork: false } });
  });

  it.each([['{"pull_request":'], ['[]'], ['{"pull_request":{"number":"7"}}'], ['null'], ['\u0000']])(
    'does not depend on an event file like %s',
    async (event) => {
      const { code, job, log } = await jobOf(event);
      expect(code).toBe(0);
      expect(job).toMatchObject({ repository: 'acme/shop', origin: { pullRequest: null, headSha: 'c'.repeat(40) } });
      expect(log).toContain('::warning title=Selfheal::The event file');
    },
  );

  it('is nothing without the variables of GitHub, and that is no error', async () => {
    const names = ['EVENT_PATH', 'EVENT_NAME', 'REPOSITORY', 'SHA', 'RUN_ID', 'RUN_ATTEMPT', 'WORKFLOW'];
    const { code, job } = await jobOf({}, Object.fromEntries(names.map((name) => [`GITHUB_${name}`, undefined])));
    expect(code).toBe(0);
    expect(job).toMatchObject({
      repository: null,
      runId: null,
      runAttempt: 1,
      origin: { headSha: null, pullRequest: null },
    });
  });

  it('is not taken from variables that are something else', async () => {
    const { job, log } = await jobOf(
      {},
      { GITHUB_REPOSITORY: '../../etc', GITHUB_SHA: '$(id)', GITHUB_RUN_ID: '1e9', GITHUB_RUN_ATTEMPT: 'x' },
    );
    expect(job).toMatchObject({ repository: null, runId: null, runAttempt: 1, origin: { headSha: null } });
    expect(log).toContain('GITHUB_REPOSITORY is ../../etc: expected owner/name.');
  });
});
