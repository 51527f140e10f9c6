import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../src/runtime.ts';
import type { RuntimeEvent } from '../src/runtime-contract.ts';
import { type TestAssembly, until, writeAssembly } from './test-assembly.ts';
import { BUNDLES, FLOW_STACK, STATE_STACK } from './two-stacks.ts';

describe('a runtime of two stacks', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const dead = Promise.withResolvers<void>();
  const onEvent = ({ type }: RuntimeEvent) => {
    if (type === 'message.dead') dead.resolve();
  };
  const post = (id: string) =>
    fetch(`${runtime.endpoint}/webhooks/github`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });

  beforeAll(async () => {
    assembly = writeAssembly({ State: STATE_STACK, Flow: FLOW_STACK }, BUNDLES);
    const { assemblyDir, dataDir } = assembly;
    runtime = await startRuntime({
      assemblyDir,
      dataDir,
      awsWorldUrl: null,
      githubApiUrl: null,
      timeScale: 0.001,
      onEvent,
    });
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('takes a webhook through queue, workflow and function to an e-mail', async () => {
    const answer = await post('first');
    expect([answer.status, await answer.json()]).toEqual([202, { source: 'github' }]);
    await until(() => runtime.mailbox.list().length === 1);
    expect(runtime.mailbox.list()[0]).toMatchObject({
      to: 'on-call@example.com',
      subject: 'Done',
      text: 'worked on first',
    });
    expect(runtime.executions()[0]).toMatchObject({ name: 'first', status: 'SUCCEEDED' });
    expect(runtime.denials).toEqual([]);
  });

  it('moves a message that always fails to the dead-letter queue', async () => {
    await post('poison');
    await dead.promise;
    expect(runtime.deadLetters().map(({ body }) => body)).toEqual(['{"id":"poison"}']);
  });
});
