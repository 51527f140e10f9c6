import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { defineCommand, type ExitCode, JSON_OPTION, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS } from '#apps/workbench/api/api-client.ts';
import { setupProblems } from '#shared/domain/configuration/webhook-setup.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';

const GITHUB = 'https://api.github.com';

async function webhooksOf(repository: string, apiUrl: string, { environment }: Terminal) {
  const token = environment.GITHUB_TOKEN ?? environment.GH_TOKEN;
  if (!token)
    throw new UsageError('"selfheal doctor" needs GITHUB_TOKEN in the environment, with permission to read webhooks.');
  const [{ readWebhooks }, { systemClock }] = await Promise.all([
    import('#shared/adapters/github/webhook-settings.ts'),
    import('#shared/adapters/system/clock.ts'),
  ]);
  try {
    return await readWebhooks(repository, { apiUrl, token: async () => token, clock: systemClock });
  } catch (error) {
    const reason = error instanceof Error ? cleanText(error.message, 300) : 'it gave no reason';
    throw new UsageError(`The webhooks of ${repository} cannot be read (${reason}). Check the name and the token.`);
  }
}

/** Why the sandbox workflow on the default branch must not run unapproved changes; null when it is safe. */
async function sandboxProblem(repository: string, file: string, apiUrl: string, { environment }: Terminal) {
  const token = environment.GITHUB_TOKEN ?? environment.GH_TOKEN ?? '';
  const [{ makeGithubCodeHost }, { makeGithubCodeWriter }, { systemClock }, { readSandbox }] = await Promise.all([
    import('#shared/adapters/github/code-host.ts'),
    import('#shared/adapters/github/code-writer.ts'),
    import('#shared/adapters/system/clock.ts'),
    import('#shared/plugins/actions/common/sandbox-reading.ts'),
  ]);
  const access = { apiUrl, token: async () => token, clock: systemClock };
  try {
    const ports = { codeHost: makeGithubCodeHost(access), code: makeGithubCodeWriter(access) };
    const found = await readSandbox(repository, file, ports);
    return found.kind === 'accepted' ? null : found.reason;
  } catch (error) {
    const reason = error instanceof Error ? cleanText(error.message, 300) : 'it gave no reason';
    throw new UsageError(`The files of ${repository} cannot be read (${reason}). Check the name and the token.`);
  }
}

/** Everything that is tried without a repository; the exit code is 1 when something failed. */
async function checkMachine(options: OptionValues<typeof OPTIONS>, terminal: Terminal): Promise<ExitCode> {
  const {
    checkApprovers,
    checkCheckRuns,
    checkDeployment,
    checkMail,
    checkModels,
    checkNode,
    checkStop,
    checkToken,
    sayChecks,
  } = await import('../doctor/check-environment.ts');
  const configuration = await readFile('config/selfheal.json', 'utf8').catch(() => null);
  const checkRuns = checkCheckRuns(configuration, terminal);
  const deployment = { url: options.deployment, token: options.token, profile: options.profile };
  const reached = await checkDeployment(deployment, terminal);
  const answered =
    reached.state === 'ok'
      ? await Promise.all([checkStop(deployment, terminal), checkApprovers(deployment, terminal)])
      : [];
  const checks = [
    checkNode(process.versions.node),
    ...(await checkToken(terminal.environment.GITHUB_REPOSITORY || null, terminal)),
    ...(checkRuns === null ? [] : [checkRuns]),
    ...(await checkModels(options.model, terminal)),
    reached,
    ...answered.flatMap((check) => check ?? []),
    ...(options.topic === undefined ? [] : [await checkMail(options.topic)]),
  ];
  return await sayChecks(checks, options.json === true ? { checks } : null, terminal);
}

const OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    about: 'the WebhookUrl of the deployment; by default any that ends with /webhooks/github',
  },
  api: {
    type: 'string',
    value: 'URL',
    about: `the API of GitHub Enterprise Server (https://<host>/api/v3); ${GITHUB} by default`,
  },
  sandbox: {
    type: 'string',
    value: 'FILE',
    about: 'the workflow of fixes.repositories[].sandboxWorkflow, such as selfheal-try.yml',
  },
  model: { type: 'string', value: 'NAME', about: 'without a repository: ollama, anthropic, openai or bedrock' },
  topic: { type: 'string', value: 'ARN', about: 'without a repository: EscalationTopicArn, to check AWS and mail' },
  deployment: {
    type: 'string',
    value: 'URL',
    about: 'without a repository: the address of the API; SELFHEAL_URL or that of "selfheal login" by default',
  },
  token: API_OPTIONS.token,
  profile: API_OPTIONS.profile,
  ...JSON_OPTION,
} as const;

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check this machine, GitHub, the model and the deployment; or the webhook and the sandbox of a repository',
  details:
    'Without a repository: tries Node, GitHub and the rights of GITHUB_TOKEN one by one (on GITHUB_REPOSITORY), the language model whose variables\n' +
    'are set, the deployment of "selfheal login", and with --topic AWS and the subscriptions of its mails. With --json: {checks: [{name, state, detail}]}.\n' +
    'With one: reads the webhooks of the repository with GITHUB_TOKEN (permission Webhooks: read) and checks events, content type and secret. Webhooks of\n' +
    'an organisation or a GitHub App are not included: see the answer to their first delivery (ping) instead.\n' +
    'With --sandbox it also checks whether the workflow on the default branch may run proposed changes (permission Contents: read), and names\n' +
    'the line that prevents it.\n' +
    'With --json: {repository, url, problems, lastStatus}. Exit code 1 when there is a problem.',
  operands: { shown: '[OWNER/NAME]', atLeast: 0, atMost: 1 },
  options: OPTIONS,
  async run({ operands: [repository], options }, terminal) {
    if (repository === undefined) return await checkMachine(options, terminal);
    if (!RepositoryName.safeParse(repository).success) throw new UsageError(`${repository}: expected owner/name.`);
    const hooks = await webhooksOf(repository, options.api ?? GITHUB, terminal);
    const wanted = options.url?.replace(/\/+$/, '');
    const hook = hooks.find(({ url }) =>
      wanted === undefined ? /\/webhooks\/github\/?$/.test(url) : url.replace(/\/+$/, '') === wanted,
    );
    const problems =
      hook === undefined
        ? [
            `The repository has no webhook to ${wanted ?? 'an address that ends with /webhooks/github'}. Add one as the set-up guide shows.`,
          ]
        : [
            ...setupProblems(hook),
            ...(hook.lastStatus === null || hook.lastStatus < 300
              ? []
              : [`Its last delivery was answered with ${hook.lastStatus}: see Recent Deliveries in its settings.`]),
          ];
    const { sandbox } = options;
    const unsafe =
      sandbox === undefined ? null : await sandboxProblem(repository, sandbox, options.api ?? GITHUB, terminal);
    const lines = [
      ...(problems.length === 0 ? [`${repository}: the webhook to ${hook?.url} is set up.`] : problems),
      ...(sandbox === undefined
        ? []
        : [
            unsafe === null
              ? `${repository}: the sandbox workflow ${sandbox} is accepted.`
              : `The sandbox workflow ${sandbox} is refused. ${unsafe}`,
          ]),
    ];
    if (unsafe !== null) problems.push(unsafe);
    const report = { repository, url: hook?.url ?? null, problems, lastStatus: hook?.lastStatus ?? null };
    const text = lines.join('\n');
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : `${cleanLines(text)}\n`);
    return problems.length === 0 ? 0 : 1;
  },
});

/** Removes control characters: the addresses come from GitHub. */
function cleanLines(text: string): string {
  return text
    .split('\n')
    .map((line) => cleanText(line, 700))
    .join('\n');
}
