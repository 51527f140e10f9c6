import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { checkCheckRuns } from '#apps/cli/doctor/check-environment.ts';
import { startWorld } from '#apps/local/world/world.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { addSandbox, SANDBOX } from '../../e2e/support/sandbox.ts';
import { aFolder, runCommand } from './run-command.ts';

/** What GitHub lists of a repository's webhooks. */
let hooks: object[] = [];
const server = createServer((request, response) => {
  const known = request.url?.startsWith('/repos/acme/shop/hooks');
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(known ? hooks : { message: 'Not Found' }));
});
beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => server.close(done)));

const aHook = (change: object = {}) => ({
  id: 7,
  active: true,
  events: ['workflow_run', 'issue_comment'],
  config: { url: 'https://api.example/webhooks/github', content_type: 'json', secret: '********' },
  last_response: { code: 200, status: 'active', message: 'OK' },
  ...change,
});

async function doctor(
  repository = 'acme/shop',
  environment: Record<string, string> = { GITHUB_TOKEN: 'made-up' },
  more: readonly string[] = [],
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
) {
  const written: Buffer[] = [];
  const streams = [0, 1].map(() => new PassThrough().on('data', (piece: Buffer) => written.push(piece)));
  const [stdout = new PassThrough(), stderr = new PassThrough()] = streams;
  const terminal = makeTerminal({ stdin: Readable.from([]), stdout, stderr, environment, now: () => 0 });
  const code = await runCli(['doctor', repository, '--api', api, ...more], COMMANDS, terminal);
  return { code, text: Buffer.concat(written).toString() };
}

describe('selfheal doctor', () => {
  it('finds nothing wrong with a webhook that reports all that is needed', async () => {
    hooks = [aHook({ id: 6, config: { url: 'https://other.example/hook' } }), aHook()];
    expect(await doctor()).toEqual({
      code: 0,
      text: 'acme/shop: the webhook to https://api.example/webhooks/github is set up.\n',
    });
  });

  it('names a missing event, a wrong content type, a missing secret and an answer that was no success', async () => {
    hooks = [
      aHook({
        events: ['workflow_run'],
        config: { url: 'https://api.example/webhooks/github', content_type: 'form' },
        last_response: { code: 415, status: 'failed', message: '\u001b[31mno' },
      }),
    ];
    const { code, text } = await doctor();
    expect(code).toBe(1);
    expect(text.trim().split('\n')).toEqual([
      expect.stringContaining('issue_comment is missing'),
      expect.stringContaining('not application/json'),
      expect.stringContaining('no secret'),
      expect.stringContaining('answered with 415'),
    ]);
  });

  it('says whether the workflow that tries changes is accepted, and which line is in the way', async () => {
    const world = await startWorld({ webhook: { url: 'https://api.example/webhooks/github', secret: 'made-up' } });
    try {
      const ask = () =>
        doctor('acme/shop', { GITHUB_TOKEN: 'made-up' }, ['--sandbox', 'selfheal-try.yml'], world.githubApiUrl);
      addSandbox(world, Date.now());
      expect((await ask()).text).toContain('acme/shop: the sandbox workflow selfheal-try.yml is accepted.');
      addSandbox(world, Date.now(), SANDBOX.replace('permissions: {}', 'permissions: write-all'), 0);
      expect((await ask()).text).toMatch(
        /The sandbox workflow selfheal-try\.yml is refused\. \.github\/workflows\/selfheal-try\.yml, line 15: /,
      );
    } finally {
      await world.stop();
    }
  });

  it('says so when there is no webhook, no token, no such repository, or no name', async () => {
    hooks = [];
    expect(await doctor()).toMatchObject({ code: 1, text: expect.stringContaining('has no webhook') });
    expect(await doctor('acme/shop', {})).toMatchObject({ code: 2, text: expect.stringContaining('GITHUB_TOKEN') });
    expect(await doctor('acme/gone')).toMatchObject({ code: 2, text: expect.stringContaining('cannot be read') });
    expect(await doctor('shop')).toMatchObject({ code: 2, text: expect.stringContaining('owner/name') });
  });
});

describe('selfheal doctor without a repository', () => {
  const machine = async (environment: Record<string, string>, ...args: string[]) => {
    const own = { SELFHEAL_CONFIG_DIR: aFolder(), ...environment };
    const { code, stdout, stderr } = await runCommand(['doctor', ...args], '', COMMANDS, own);
    return { code, lines: stdout.toString().trimEnd().split('\n'), stderr };
  };

  it('says of each thing whether it works, or why it was not tried', async () => {
    const { code, lines } = await machine({});
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^ok {6}Node: \d/),
      expect.stringContaining('unknown GitHub: GITHUB_TOKEN is not set'),
      expect.stringContaining(
        'unknown Model: none of AI_API_KEY, AI_MODEL, OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, BEDROCK_MODEL is set',
      ),
      'unknown Deployment: nobody signed in: run "selfheal login --url URL"',
    ]);
  });

  it('[B99] names a key that is missing and a model that cannot be reached', async () => {
    const closed = 'http://127.0.0.1:9';
    const missing = await machine({}, '--model', 'anthropic');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.lines).toContain(
      'failed  Model: --model anthropic needs its key in ANTHROPIC_API_KEY, or in AI_API_KEY.',
    );
    const gone = await machine({ OLLAMA_URL: closed, SELFHEAL_URL: closed, SELFHEAL_TOKEN: 'x' });
    expect(gone.lines.join('\n')).toMatch(
      /failed {2}Ollama at http:\/\/127\.0\.0\.1:9: .*Start it with "ollama serve"/,
    );
    expect(gone.lines.join('\n')).toMatch(/failed {2}Deployment: http:\/\/127\.0\.0\.1:9 does not answer/);
  });

  it('asks AWS whether anybody gets the mails', async () => {
    const topic = 'arn:aws:sns:eu-central-1:000000000000:selfheal';
    const sns = mockClient(SNSClient);
    onTestFinished(() => sns.restore());
    const subscribed = (...states: string[]) =>
      sns.on(ListSubscriptionsByTopicCommand, { TopicArn: topic }).resolves({
        Subscriptions: states.map((SubscriptionArn) => ({ SubscriptionArn, Endpoint: 'ops@example.com' })),
      });
    const mail = async () => (await machine({}, '--topic', topic)).lines.at(-1);
    subscribed();
    expect(await mail()).toContain(`failed  Mail: nobody is subscribed: aws sns subscribe --topic-arn ${topic}`);
    subscribed('PendingConfirmation', `${topic}:1`);
    expect(await mail()).toBe(
      "failed  Mail: 1 of 2 subscriptions is confirmed: ops@example.com must follow the link in AWS's mail",
    );
    subscribed(`${topic}:1`);
    expect(await mail()).toBe('ok      Mail: 1 of 1 subscription is confirmed');
    sns.on(ListSubscriptionsByTopicCommand).rejects(new Error('The security token is invalid'));
    expect(await mail()).toContain('failed  Mail: AWS does not list the subscriptions (The security token is invalid)');
    expect((await machine({}, '--topic', 'selfheal')).stderr).toContain('expected the output EscalationTopicArn');
  });
});

it('says before the first check run that GitHub will refuse those of an account', () => {
  const asked = JSON.stringify({ notifiers: { 'github-check': { runs: 'all' } } });
  const check = (text: string | null, environment: Record<string, string> = {}) =>
    checkCheckRuns(text, { environment });
  expect(check(asked)).toMatchObject({ state: 'failed', detail: expect.stringContaining('needs a GitHub App') });
  expect(check(asked, { GITHUB_APP_ID: '1' })).toMatchObject({ detail: expect.stringContaining('Checks: write') });
  for (const text of [null, '{', '{"notifiers": {}}']) expect(check(text)).toBeNull();
});
