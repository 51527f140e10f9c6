import { describe, expect, it } from 'vitest';
import { actionFor, aPlaybookWorld, bound, configurationOf, contextOf, PARAMETER } from './playbook-world.ts';

describe('a switch of a parameter', () => {
  const action = actionFor(PARAMETER);

  it('stops at a value that is neither the one before nor the one after, and leaves it so', async () => {
    const { ports, state } = aPlaybookWorld();
    const receipt = await action.execute(bound(PARAMETER), ports);
    for (const value of ['half', null]) {
      state.parameter = value;
      expect((await action.observe(bound(PARAMETER), ports)).kind).toBe('superseded');
      await expect(action.undo?.(bound(PARAMETER), receipt, ports)).rejects.toMatchObject({ name: 'Refused' });
      const { target, configuration } = contextOf(PARAMETER);
      expect(await action.verify(bound(PARAMETER), receipt, { ports, target, configuration, poll: 0 })).toMatchObject({
        state: 'failed',
      });
    }
    expect(state.sent).toEqual(['on']);
  });

  it('may read and write exactly this parameter', () => {
    const resources = [`arn:\${Partition}:ssm:\${Region}:\${Account}:parameter/shop/backoff`];
    const { execute, undo } = action.grants(configurationOf(PARAMETER));
    expect(execute).toEqual([{ actions: ['ssm:PutParameter'], resources }]);
    expect(undo).toEqual([
      { actions: ['ssm:GetParameter'], resources },
      { actions: ['ssm:PutParameter'], resources },
    ]);
  });
});
