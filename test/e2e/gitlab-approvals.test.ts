import { type FakeGitlab, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import { answerOn, signIn } from '#lab/drills/approvals.ts';
import { askedFor } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const TOKEN = ['glpat', 'made-up-for-tests'].join('-');
const HOOK_TOKEN = 'hook token of tests';
const PASSWORD = 'Correct-Horse-8-Battery';

let gitlab: FakeGitlab;
let healer: Healer;
const tokens = new Map<string, string>();
beforeAll(async () => {
  gitlab = await startFakeGitlab({ token: TOKEN });
  healer = await openHealer({
    configuration: {
      hosts: { gitlab: { apiUrl: gitlab.apiUrl } },
      policy: { approvalRequiredRisks: ['low', 'medium', 'high'] },
    },
  });
  const { runtime, webhookSecret, webhookUrl } = healer;
  runtime.overrideSecret(outputOf(runtime, 'GithubTokenSecretName'), {
    token: 'local-token',
    hosts: { gitlab: { token: TOKEN } },
  });
  runtime.overrideSecret(outputOf(runtime, 'WebhookSecretName'), {
    current: webhookSecret,
    sources: { gitlab: { current: HOOK_TOKEN } },
  });
  gitlab.setWebhook({ url: webhookUrl.replace(/github$/, 'gitlab'), token: HOOK_TOKEN });
  // The user pool says of each that their logins on the hosts are their names.
  for (const [name, roles] of [
    ['octo-boss', ['viewer', 'admin']],
    ['octo-dev', ['viewer', 'approver']],
    ['tanuki-lead', ['viewer', 'approver']],
  ] as const) {
    await runtime.createUser(name, `${name}@example.com`, PASSWORD, [...roles]);
    tokens.set(name, await signIn(healer, `${name}@example.com`, PASSWORD));
    expect((await api(name, '/auth/me')).status).toBe(200);
  }
  gitlab.addUser('tanuki-lead');
});
afterEach(() => expectClean(healer));
afterAll(async () => {
  await healer?.stop();
  await gitlab?.stop();
});

async function api(name: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/api${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(name)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

const jobs = (kind: 'transient' | null) =>
  shopJobs(kind, 'a'.repeat(40)).map(({ name, conclusion, steps }) => ({
    name,
    status: conclusion === 'failure' ? ('failed' as const) : ('success' as const),
    trace: steps.map(({ text }) => text).join(''),
  }));

it('a retry on GitLab is not approved by its author under another GitHub login, but by somebody else of GitLab', async () => {
  const project = gitlab.addProject('acme/platform/shop');
  const pipeline = gitlab.addPipeline(project, { jobs: jobs('transient'), again: [jobs(null)] });
  expect(await gitlab.deliver(pipeline)).toBe(202);
  let id = '';
  await until('an incident of the pipeline', async () => {
    const [execution] = healer.runtime.executions();
    id = execution?.name.replace(/-\d+$/, '') ?? '';
    return id !== '' && (await healer.incidents.get(id)) !== null;
  });
  const page = await askedFor(healer, id);

  // `tanuki-dev` pushed. On GitHub they are `octo-dev`, and GitLab has nobody of that name.
  expect(await api('octo-boss', '/users/octo-dev@example.com/gitlab', { login: 'tanuki-dev' })).toMatchObject({
    status: 200,
    json: { github: { login: 'octo-dev' }, gitlab: { login: 'tanuki-dev', linkedBy: 'octo-boss@example.com' } },
  });
  expect(await answerOn(page, 'approved', tokens.get('octo-dev') ?? null)).toMatchObject({
    status: 403,
    message: expect.stringContaining('somebody else has to approve'),
  });
  await trigger(healer, 'redeliver-webhooks');
  await until('the numbers of the accounts', async () =>
    JSON.stringify((await api('octo-boss', '/users')).json).includes('"login":"tanuki-dev","id":901'),
  );
  expect(await answerOn(page, 'approved', tokens.get('octo-dev') ?? null)).toMatchObject({ status: 403 });
  expect(gitlab.changes.filter(({ what }) => what === 'retry')).toEqual([]);

  expect(await answerOn(page, 'approved', tokens.get('tanuki-lead') ?? null)).toMatchObject({ status: 200 });
  expect(await healer.ended(id)).toMatchObject({ status: 'resolved' });
  expect(gitlab.changes.filter(({ what }) => what === 'retry')).toHaveLength(1);
});
