import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer, type Subject } from './support/healer.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ base: 'keyed' });
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const diagnosisOf = (subject: Subject) => healer.evidence.getDiagnosis(healer.incidentId(subject));
const ready = { kind: 'plausible', change: { confidence: 'high' } } as const;

describe('a model with a key of its own, over its own API', () => {
  it('[A6] reads the failing step, the log and the history before it answers, with the key from the secret', async () => {
    const looks = [
      { name: 'failing_step', input: {} },
      { name: 'search_log', input: { contains: 'AssertionError' } },
      { name: 'test_history', input: {} },
      { name: 'delete_everything', input: {} },
    ];
    healer.world.models.setDefault({ ...ready, looks });
    const run = healer.world.samples.failRun('regression');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    const diagnosis = await diagnosisOf(run.runId);
    expect(diagnosis).toMatchObject({
      source: 'model',
      model: { provider: 'anthropic', modelId: 'claude-sonnet-4-5', turns: 2, lookups: looks.map(({ name }) => name) },
      note: { text: expect.stringMatching(/^Written by a language model \(\d+ tokens in 2 turns\)\.$/) },
    });
    const calls = healer.world.models.calls();
    expect(calls).toHaveLength(2);
    expect(calls[1]?.prompt).toMatch(/F\d+\| \d+: ##\[error\]/);
    expect(calls[1]?.prompt).toContain('There is no tool with this name.');
    expect(JSON.stringify(calls.map(({ request }) => request))).not.toContain('local-key');
    expect(healer.comment(run.pullRequest)).toMatch(/language model/);
  });

  it('[A6] reads what the change does, who touched the file before, and how the failed test fared; the comment quotes what it cites', async () => {
    const looks = [
      { name: 'show_change', input: { file: 'src/cart.ts' } },
      { name: 'blame', input: { file: 'src/cart.ts' } },
      { name: 'test_history', input: { test: 'adds up 58 lines before it rounds' } },
    ];
    healer.world.models.setDefault({ ...ready, looks });
    const first = healer.world.samples.failRun('regression');
    await healer.ended(first.runId);
    healer.world.models.setDefault({ ...ready, change: { ...ready.change, evidence: ['F6'] }, looks });
    const run = healer.world.samples.failRun('regression');
    expect(await healer.ended(run.runId)).toMatchObject({ status: 'suggested' });
    const asked = healer.world.models.calls().at(-1)?.prompt ?? '';
    expect(asked).toMatch(/F6\| \+\s{1,3}const shown = lines\.slice\(0, 57\);/);
    expect(asked).toContain('acme-dev: Carts, discounts and stock');
    expect(asked).toMatch(/test "adds up 58 lines before it rounds": failed \d+ of \d+ runs/);
    const comment = healer.comment(run.pullRequest);
    expect(comment).toContain('What the pull request changes in one file (looked up)');
    expect(comment).toMatch(/F6 \| \+\s{1,3}const shown = lines\.slice\(0, 57\);/);
  });

  it('reads the log and a metric of the service that rings, and nothing of another', async () => {
    const looks = [
      { name: 'search_log', input: { contains: 'TypeError', minutesBefore: 120 } },
      { name: 'read_metric', input: { metric: 'Errors' } },
      { name: 'show_change', input: {} },
    ];
    healer.world.models.setDefault({ ...ready, looks });
    const alarm = healer.world.aws.fireAlarm('checkout', { okAfterMs: 40 });
    expect(await healer.ended(alarm)).toMatchObject({ status: 'resolved' });
    const asked = healer.world.models.calls().at(-1)?.prompt ?? '';
    expect(asked).toContain('Cannot read properties of undefined');
    expect(asked).toMatch(/Errors of the service, one value for each \d+ seconds\n<found-\w+>\nF\d+\| \d{4}-/);
    expect(asked).toContain('There is no tool with this name.');
  });

  it('is asked again after it was busy, and does without when its key is gone', async () => {
    healer.world.models.setDefault(ready);
    healer.world.models.script({ kind: 'error', status: 529, retryAfterSeconds: 0 });
    const busy = healer.world.samples.failRun('regression');
    await healer.ended(busy.runId);
    expect(await diagnosisOf(busy.runId)).toMatchObject({ source: 'model' });

    healer.world.models.setDefault({ kind: 'error', status: 401 });
    const denied = healer.world.samples.failRun('regression');
    expect(await healer.ended(denied.runId)).toMatchObject({ status: 'suggested' });
    expect(await diagnosisOf(denied.runId)).toMatchObject({
      source: 'rules',
      note: { text: expect.stringContaining('The language model refused the request.') },
    });
  });
});
