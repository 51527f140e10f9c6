import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { ConnectionCheck } from '../analyze/check-connections.ts';

const SIGNS = { ok: 'ok      ', failed: 'failed  ', unknown: 'unknown ' } as const satisfies Record<
  ConnectionCheck['state'],
  string
>;

export const connectionCheck = defineCommand({
  name: 'connection check',
  summary: 'try what "selfheal analyze" needs: GitHub, the rights of the token, the language model',
  details:
    'Reads a little of each and changes nothing. Without a repository only GitHub and the token are tried; the configured model, if there is\n' +
    'one, is asked for one short answer. The variables are those of "selfheal analyze".\n' +
    'With --json: {checks: [{name, state, detail}]}. Exit code 1 when something failed.',
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    model: {
      type: 'string',
      value: 'NAME',
      about: 'ollama, anthropic, openai, openai-responses or bedrock, or a model; by default that of the environment',
    },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { environment } = terminal;
    const repository = options.repo ?? (environment.GITHUB_REPOSITORY || null);
    if (repository !== null && !RepositoryName.safeParse(repository).success)
      throw new UsageError(`${repository} is not a repository: expected owner/name.`);
    const [{ apiUrlOf, githubOptions }, { makeGithubSelfTest }, { checkGithub, checkModel }, { modelChoiceOf }] =
      await Promise.all([
        import('#apps/workbench/analyze/github-environment.ts'),
        import('#shared/adapters/github/self-test.ts'),
        import('../analyze/check-connections.ts'),
        import('#apps/workbench/analyze/model-choice.ts'),
      ]);
    const apiUrl = apiUrlOf(environment);
    const choice = modelChoiceOf(options.model, environment, (line) => terminal.say(`selfheal: ${line}`));
    const github = makeGithubSelfTest(githubOptions(environment, apiUrl, { count() {} }));
    const checks = [
      ...(await checkGithub(apiUrl, repository, github)),
      ...(choice === null ? [] : await checkModel(choice)),
    ];
    const lines = checks.map(({ name, state, detail }) => `${SIGNS[state]}${name}: ${detail}\n`);
    await terminal.write(options.json === true ? `${JSON.stringify({ checks })}\n` : lines.join(''));
    return checks.some(({ state }) => state === 'failed') ? 1 : 0;
  },
});
