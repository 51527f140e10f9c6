import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const userList = defineCommand({
  name: 'user list',
  summary: 'list everybody who signed in, with roles and GitHub account',
  details: 'It needs the role admin. With --json: {users: [...]}.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { users } = await contentOf(await api.users.$get());
    const lines = users.map(
      ({ name, roles, github, seenAt }) =>
        `${name}  ${roles.join(', ') || 'no role'}  ${github === null ? 'no GitHub account' : `GitHub ${github.login}`}  ${seenAt}\n`,
    );
    await terminal.write(
      options.json === true ? `${JSON.stringify({ users })}\n` : lines.join('') || 'Nobody signed in yet.\n',
    );
    return 0;
  },
});
