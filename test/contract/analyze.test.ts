import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { githubWorld } from '../unit/cli/github-world.ts';
import { runCommand } from '../unit/cli/run-command.ts';
import { makeGithubConformance } from './github-conformance.ts';

const shop = githubWorld();

describe('what the command line asks of GitHub', () => {
  it("is in GitHub's own description, as it is asked and as it is answered", async () => {
    const conformance = makeGithubConformance();
    const end = shop.world.onExchange(conformance.onExchange);
    const repository = shop.repository();
    const { id, url, pullRequest } = shop.run(repository);
    const calls = [
      ['analyze', '--repo', repository, '--run', `${id}`],
      ['analyze', '--repo', repository, '--latest', '--dry-run'],
      ['analyze', '--repo', repository, '--pr', `${pullRequest}`, '--post'],
      ['analyze', `${url}/attempts/1`, '--post'],
      ['connection', 'check', '--repo', repository],
    ];
    for (const args of calls) {
      const { code, stderr } = await runCommand(args, '', COMMANDS, shop.environment());
      expect({ args, code, stderr }).toMatchObject({ args, code: 0 });
    }
    shop.world.github.setPermissions({});
    await runCommand(['analyze', url], '', COMMANDS, shop.environment());
    end();
    expect(conformance.problems).toEqual([]);
    expect([...conformance.operations]).toEqual(
      expect.arrayContaining([
        'actions/list-workflow-runs-for-repo',
        'actions/get-workflow-run-attempt',
        'pulls/get',
        'issues/create-comment',
        'rate-limit/get',
      ]),
    );
  });
});
