import { describe, expect, it } from 'vitest';
import { actionFor, aPlaybookWorld, bound, configurationOf, contextOf, DOCUMENT } from './playbook-world.ts';

describe('a run of a document', () => {
  const action = actionFor(DOCUMENT);

  it('may start exactly this document, pass on exactly its role, and read how executions go', () => {
    const here = `arn:\${Partition}:ssm:\${Region}:\${Account}`;
    expect(action.grants(configurationOf(DOCUMENT)).execute).toEqual([
      {
        actions: ['ssm:StartAutomationExecution'],
        resources: [`${here}:document/Acme-RestartUnit`, `${here}:automation-execution/*`],
      },
      {
        actions: ['iam:PassRole'],
        resources: ['arn:aws:iam::123456789012:role/acme'],
        conditions: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ]);
  });

  it('fails when the execution fails, is gone or takes too long', async () => {
    const { ports, state, clock } = aPlaybookWorld();
    const receipt = await action.execute(bound(DOCUMENT), ports);
    const { target, configuration } = contextOf(DOCUMENT);
    const look = () => action.verify(bound(DOCUMENT), receipt, { ports, target, configuration, poll: 0 });
    clock.advance(601_000);
    expect(await look()).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('longer than 600 seconds'),
    });
    state.automations = state.automations.map((one) => ({ ...one, state: 'failed', status: 'TimedOut' }));
    expect(await look()).toMatchObject({ state: 'failed', summary: expect.stringContaining('TimedOut') });
    state.automations = [];
    expect(await look()).toMatchObject({ state: 'failed', summary: expect.stringContaining('cannot be found') });
  });
});
