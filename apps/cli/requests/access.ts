import { UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { requestCommand } from './request-command.ts';

const DAY_MILLISECONDS = 24 * 3600 * 1000;
const MAX_DAYS = 365;
const BY_PERSON = 'Of somebody who signed in: no key does it.';

/** Of people and API keys. */
export const ACCESS = [
  requestCommand({
    name: 'key create',
    request: 'POST /api/keys',
    summary: 'create an API key; it is shown this once',
    details:
      'NAME says what the key is for. A key has roles like a person, and nobody gives it more than they have. What it asks for, its creator does not\n' +
      `approve. The key is the only line on standard output. With --json: {text, key}. ${BY_PERSON}`,
    operand: { shown: 'NAME', field: 'name' },
    options: { role: { field: 'roles', value: 'ROLES', about: 'several with commas; viewer by default' } },
    more: {
      days: { type: 'string', value: 'N', about: `how many days it is valid, 1 to ${MAX_DAYS}; 90 by default` },
    },
    prepare({ options, fields }, terminal) {
      const days = wholeNumber('days', options.days as string | undefined, { otherwise: 90, atMost: MAX_DAYS });
      const expiresAt = new Date(terminal.now() + days * DAY_MILLISECONDS).toISOString();
      return { roles: fields.roles ?? ['viewer'], expiresAt };
    },
    text: ({ text }) => `${text}\n`,
    note: ({ key }) => `Key ${key.id} is valid until ${key.expiresAt}. It is not shown again.`,
  }),
  requestCommand({
    name: 'key list',
    request: 'GET /api/keys',
    summary: 'list the API keys, newest first, without their secrets',
    details: `${BY_PERSON} With --json: {keys: [...]}.`,
    text: ({ keys }) =>
      keys
        .map(({ id, name, roles, createdBy, expiresAt, lastUsedAt, revokedAt }) => {
          const until = revokedAt === null ? `valid until ${expiresAt}` : `revoked ${revokedAt}`;
          return `${id}  ${name}  ${roles.join(', ')}  by ${createdBy.name}  ${until}  ${lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`}\n`;
        })
        .join('') || 'There are no API keys.\n',
  }),
  requestCommand({
    name: 'key revoke',
    request: 'DELETE /api/keys/:id',
    summary: 'revoke an API key for good',
    details: `ID is that of "selfheal key list". ${BY_PERSON} With --json the key as the API answers.`,
    operand: { shown: 'ID', field: 'id' },
    text: ({ id, name }) => `Key ${id} (${name}) is revoked.\n`,
  }),
  requestCommand({
    name: 'user list',
    request: 'GET /api/users',
    summary: 'list everybody who signed in, with roles and accounts on code hosts',
    details: 'With --json: {users: [...]}.',
    text: ({ users }) =>
      users
        .map(({ name, roles, github, gitlab, seenAt }) => {
          const onGithub = github === null ? 'no GitHub account' : `GitHub ${github.login}`;
          const accounts = gitlab === null ? onGithub : `${onGithub}, GitLab ${gitlab.login}`;
          return `${name}  ${roles.join(', ') || 'no role'}  ${accounts}  ${seenAt}\n`;
        })
        .join('') || 'Nobody signed in yet.\n',
  }),
  requestCommand({
    name: 'user link',
    request: 'PUT /api/users/:id/:host',
    summary: "link somebody's account to their GitHub or GitLab account, so that they may approve",
    details:
      'EMAIL is somebody who signed in once. Nobody approves what they asked for, under whatever name: the link tells that an account and one on\n' +
      'a code host are one person. Nobody links themselves. It replaces custom:github or custom:gitlab of the user pool. --remove ends\n' +
      'the link to GitHub, and --remove-gitlab that to GitLab.\n' +
      'With --json the person as the API answers.',
    operand: { shown: 'EMAIL', field: 'id' },
    more: {
      github: { type: 'string', value: 'LOGIN', about: 'their login on GitHub' },
      gitlab: { type: 'string', value: 'NAME', about: 'their user name on GitLab' },
      remove: { type: 'boolean', about: 'end the link to GitHub' },
      'remove-gitlab': { type: 'boolean', about: 'end the link to GitLab' },
    },
    prepare({ options: { github, gitlab, remove, 'remove-gitlab': removeGitlab } }) {
      const orders = [
        ...(typeof github === 'string' ? [{ host: 'github', login: github }] : []),
        ...(typeof gitlab === 'string' ? [{ host: 'gitlab', login: gitlab }] : []),
        ...(remove === true ? [{ host: 'github', login: null }] : []),
        ...(removeGitlab === true ? [{ host: 'gitlab', login: null }] : []),
      ];
      const [order, more] = orders;
      if (order === undefined || more !== undefined)
        throw new UsageError(
          '"selfheal user link" needs one of --github LOGIN, --gitlab NAME, --remove and --remove-gitlab.',
        );
      return order;
    },
    text: ({ name }, { fields: { login, host } }) => {
      const title = host === 'gitlab' ? 'GitLab' : 'GitHub';
      return login === null ? `${name} is linked to no ${title} account now.\n` : `${name} is ${login} on ${title}.\n`;
    },
  }),
];
