import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { GithubLogin } from '#shared/domain/access/person.ts';
import { showOrder } from '../incidents/change-incident.ts';

export const userLink = defineCommand({
  name: 'user link',
  summary: "link somebody's account to their GitHub account, so that they may approve",
  details:
    'EMAIL is somebody who signed in once. Nobody approves what they asked for, under whatever name: the link tells that an account and a GitHub\n' +
    'login are one person. It needs the role admin, and another person than yourself. It replaces custom:github of the user pool.\n' +
    'With --remove the link is ended. With --json the person as the API answers.',
  operands: { shown: 'EMAIL', atLeast: 1, atMost: 1 },
  options: {
    github: { type: 'string', value: 'LOGIN', about: 'their login on GitHub' },
    remove: { type: 'boolean', about: 'end the link' },
    ...API_OPTIONS,
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [id = ''], options }, terminal) {
    const { github, remove = false } = options;
    if ((github === undefined) === !remove)
      throw new UsageError('"selfheal user link" needs --github LOGIN or --remove.');
    if (github !== undefined && !GithubLogin.safeParse(github).success)
      throw new UsageError(`--github ${github}: expected a GitHub login.`);
    const login = github ?? null;
    if (options['dry-run'] === true) return await showOrder(`PUT /api/users/${id}/github`, { login }, terminal);
    const { api } = await openApi(options, terminal);
    const person = await contentOf(await api.users[':id'].github.$put({ param: { id }, json: { login } }));
    const words =
      login === null ? `${person.name} is linked to no GitHub account now.` : `${person.name} is ${login} on GitHub.`;
    await terminal.write(options.json === true ? `${JSON.stringify(person)}\n` : `${words}\n`);
    return 0;
  },
});
