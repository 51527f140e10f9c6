/** `owner/name` as GitHub allows them. */
const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([\w.-]{1,100})$/;

/** Why a text names no repository; null when it does. */
export function objectionTo(repository: string): string | null {
  if (REPOSITORY.test(repository)) return null;
  return /^https?:|github\.com/i.test(repository)
    ? 'Only owner and name, such as acme/shop, not the whole address.'
    : 'Write owner and name with a slash between them, such as acme/shop.';
}

/** Commands and texts for one repository, ready to be pasted. `<...>` are outputs of the stacks or values that only their owner knows. */
export function commandsFor(repository: string, webhookUrl: string) {
  const [owner = ''] = repository.split('/');
  return {
    configuration: `"github": { "repositories": [{ "name": ${JSON.stringify(repository)}, "mode": "suggest" }] }`,
    secret: 'aws secretsmanager get-secret-value --secret-id <WebhookSecretName> --query SecretString',
    token:
      'aws secretsmanager put-secret-value --secret-id <GithubTokenSecretName> \\\n' +
      `  --secret-string '{"token":"<token>"}'`,
    webhook:
      `gh api repos/${repository}/hooks -f name=web -F active=true \\\n` +
      "  -f 'events[]=workflow_run' -f 'events[]=issue_comment' \\\n" +
      `  -f 'config[url]=${webhookUrl}' \\\n` +
      "  -f 'config[content_type]=json' -f 'config[secret]=<secret>'",
    check: `GITHUB_TOKEN=<token> npx selfheal doctor ${repository}`,
    appKey:
      "jq -n --arg appId <id> --rawfile privateKey <downloaded>.pem '{$appId, $privateKey}' |\n" +
      '  aws secretsmanager put-secret-value --secret-id <GithubTokenSecretName> --secret-string file:///dev/stdin',
    appAddress: (isOrganisation: boolean) => appAddress({ owner, isOrganisation, webhookUrl }),
  };
}

/** Rights of the app, as the guide's page on the set-up explains them. */
const APP_PERMISSIONS = {
  actions: 'write',
  contents: 'read',
  issues: 'read',
  metadata: 'read',
  pull_requests: 'write',
} as const;

/**
 * GitHub's form for a new app with everything filled in but the webhook secret.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-using-url-parameters
 */
function appAddress(options: {
  readonly owner: string;
  readonly isOrganisation: boolean;
  readonly webhookUrl: string;
}): string {
  const { owner, isOrganisation, webhookUrl } = options;
  const place = isOrganisation ? `organizations/${owner}/settings` : 'settings';
  const parameters = new URLSearchParams({
    // GitHub takes names of at most 34 characters.
    name: `selfheal-${owner}`.slice(0, 34),
    url: globalThis.location.origin,
    public: 'false',
    webhook_active: 'true',
    webhook_url: webhookUrl,
    ...APP_PERMISSIONS,
  });
  for (const event of ['workflow_run', 'issue_comment']) parameters.append('events[]', event);
  return `https://github.com/${place}/apps/new?${parameters}`;
}
