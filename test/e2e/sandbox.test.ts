import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOn, planOn, signIn } from '#lab/drills/approvals.ts';
import { askedFor } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { proposing, WHOLE } from './support/proposed-code.ts';
import { addSandbox } from './support/sandbox.ts';

const REPOSITORY = 'acme/shop';
const PASSWORD = 'Correct-horse-9';

let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer({
    base: 'model',
    configuration: {
      fixes: { repositories: [{ name: REPOSITORY, patches: true, sandboxWorkflow: 'selfheal-try.yml' }] },
      policy: { flapWindowMinutes: 0 },
    },
  });
  addSandbox(healer.world, Date.now());
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterAll(() => healer?.stop());

describe('a proposed change where a sandbox is set up', () => {
  it('is tried there before anybody is asked; mail, page and comment tell how that went, and no branch, tag or pull request holds it', async () => {
    const { world } = healer;
    world.models.setDefault(proposing(WHOLE));
    const { runId, pullRequest, run } = world.samples.failRun('regression');
    const page = await askedFor(healer, runId);
    expect(world.journal.count('github.workflow.dispatched')).toBe(1);
    const tried = world.github.runs(REPOSITORY).find(({ event }) => event === 'workflow_dispatch');
    const told = `On commit ${run.headSha.slice(0, 12)}: the tests passed with it`;
    const { json } = await planOn(page, approver);
    const { briefing } = json as { briefing: { plan: { name: string; value: string }[] } };
    const fact = briefing.plan.find(({ name }) => name === 'Sandbox run');
    expect(fact?.value).toContain(`${told} (`);
    expect(fact?.value).toContain(`/${REPOSITORY}/actions/runs/${tried?.id}`);
    expect(healer.mailsAbout(runId)[0]?.text).toContain(told);
    expect(healer.comment(pullRequest)).toContain(told);
    expect(world.github.branches(REPOSITORY)).toEqual([]);
    expect(world.journal.count('github.branch.created')).toBe(0);
    expect(world.journal.count('github.pull.created')).toBe(0);
    expect(await answerOn(page, 'rejected', approver)).toMatchObject({ status: 200 });
    await healer.ended(runId);
    await healer.quiet();
    expect(world.journal.count('github.workflow.dispatched')).toBe(1);
    expect(healer.comment(pullRequest)).toContain('The tests passed with it.');
    expect(world.github.branches(REPOSITORY)).toEqual([]);
    // The run of the sandbox itself is no failure of anybody.
    expect(() => healer.incidentId(tried?.id ?? 0)).toThrow('It makes no signal but is ignored.');
    expectClean(healer);
  });
});
