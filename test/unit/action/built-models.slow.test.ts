import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputsIn } from '#test/e2e/support/workflow-runner.ts';
import { buildAction } from '../../../tools/build-action.ts';
import { githubWorld } from '../cli/github-world.ts';
import { aServedApi } from '../cli/served-api.ts';
import { MODEL_WIRES, modelCalls, withAddresses } from '../model-wires.ts';

const shop = githubWorld();
const run = promisify(execFile);
const LOG = 'AssertionError: expected 10.01 to be 10\n##[error]Process completed with exit code 1.\n';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-models-'));
  await buildAction(join(folder, 'built'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The built Action triages one log in a step with these variables. */
async function triaged(
  variables: Readonly<Record<string, string>>,
  { log: text = LOG, files = {} }: { readonly log?: string; readonly files?: Readonly<Record<string, string>> } = {},
) {
  const workspace = mkdtempSync(join(folder, 'step-'));
  mkdirSync(join(workspace, 'in'));
  writeFileSync(join(workspace, 'in/test.log'), text);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), content);
  }
  if (Object.keys(files).length > 0)
    for (const args of [
      ['init', '-q'],
      ['add', 'app'],
      ['commit', '-q', '-m', 'One'],
    ])
      await run('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: workspace });
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: workspace,
    INPUT_TASK: 'triage',
    INPUT_LOGS: 'in/*.log',
    'INPUT_FAIL-ON': 'none',
    INPUT_OUT: 'ai_analysis',
    INPUT_TOKEN: ['ghs', '_madeup'].join(''),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_API_URL: shop.world.githubApiUrl,
    GITHUB_OUTPUT: join(workspace, 'output'),
    GITHUB_STEP_SUMMARY: join(workspace, 'summary'),
    ...variables,
  };
  const exchanges: Exchange[] = [];
  const stop = shop.world.onExchange((exchange) => exchanges.push(exchange));
  const { stdout, code } = await run(process.execPath, [join(folder, 'built/main.mjs')], {
    env: environment,
    cwd: workspace,
  })
    .then(({ stdout }) => ({ stdout, code: 0 }))
    .catch((error: { stdout: string; code: number }) => error);
  stop();
  const report = (): unknown => JSON.parse(readFileSync(join(workspace, 'ai_analysis/triage_report.json'), 'utf8'));
  const outputs = outputsIn(readFileSync(join(workspace, 'output'), 'utf8'));
  return { log: stdout, code, calls: modelCalls(exchanges), outputs, report };
}

describe('the built Action with variables of a model', () => {
  it.each(MODEL_WIRES)('[B12][B13][B15] calls the right one, or refuses by name: $name', async (row) => {
    const { log, code, calls, report } = await triaged(withAddresses(row, shop.world.url));
    expect(code, log).toBe(row.isRefused ? 1 : 0);
    if (row.said !== undefined) expect(log).toMatch(row.said);
    for (const secret of Object.values(row.variables).filter((value) => /^(?:sk|gsk)[-_]/.test(value)))
      expect(log).not.toContain(secret);
    if (row.asked === null) {
      expect(calls).toEqual([]);
      return;
    }
    const { wire, modelId, key } = row.asked;
    expect(calls[0], log).toMatchObject({ wire: expect.stringMatching(wire), modelId, key });
    if (row.variables.AI_MAX_TOKENS !== undefined)
      expect(calls[0]?.maxTokens).toBe(Number(row.variables.AI_MAX_TOKENS));
    expect(report()).toMatchObject({
      logs: [{ explained_by: 'model', model_note: expect.stringContaining('Written by a language model') }],
    });
  });

  it('[B89] goes on by the rules where a fork gets no key, and says so', async () => {
    const { log, code, calls, report } = await triaged({ AI_MODEL: 'claude-3-5-sonnet-20241022', AI_API_KEY: '' });
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(log).toContain('its key is missing');
    expect(report()).toMatchObject({ logs: [{ explained_by: 'rules' }] });
  });
});

describe('the built Action hands a sure failure over', () => {
  const SOURCES = {
    'app/main.py': '\nfrom app.total import total\n',
    'app/totals.py': 'def total(): return 1\n',
    'app/__init__.py': '',
  };
  const MISSING = [
    '=== ERRORS ===',
    'ImportError while importing test module.',
    'app/main.py:2: in <module>',
    '    from app.total import total',
    "E   ModuleNotFoundError: No module named 'app.total'",
    '##[error]Process completed with exit code 2.',
    '',
  ].join('\n');

  it('[B5][B60][B70] above 0.90, because the sources confirm the missing import, and asks the deployment', async () => {
    const { outputs, report } = await triaged({}, { log: MISSING, files: SOURCES });
    expect(Number(outputs.fix_confidence)).toBeGreaterThan(0.9);
    expect(outputs.hand_over).toBe('hand-over');
    expect(report()).toMatchObject({
      hand_over: { decision: 'hand-over' },
      logs: [
        {
          checked_by: ['source'],
          recommended_actions: [expect.stringContaining('`app/totals.py`'), expect.anything()],
        },
      ],
    });
    const api = await aDeployment();
    const needs = JSON.stringify({ triage: { result: 'success', outputs } });
    const asked = await triaged(
      {
        INPUT_TASK: 'auto-fix',
        INPUT_NEEDS: needs,
        SELFHEAL_URL: api.url,
        SELFHEAL_TOKEN: 'made-up',
        GITHUB_RUN_ID: '41',
      },
      { log: '' },
    );
    await api.close();
    expect(asked.log).toContain('A fix was requested');
    expect(api.requests).toEqual([expect.objectContaining({ action: 'try-fix' })]);
  });

  it('[B5] and says in the run of the checks itself that the deployment tries a fix when the run has ended', async () => {
    const { outputs } = await triaged({}, { log: MISSING, files: SOURCES });
    const api = await aServedApi({
      configure: (one) =>
        ({
          ...one,
          github: { ...one.github, defaultMode: 'act', repositories: [] },
          fixes: {
            ...one.fixes,
            repositories: [{ name: 'acme/shop', patches: true, sandboxWorkflow: null, reverts: false, issues: false }],
          },
        }) as never,
    });
    const { log, code } = await triaged(
      {
        INPUT_TASK: 'auto-fix',
        INPUT_NEEDS: JSON.stringify({ triage: { result: 'success', outputs } }),
        SELFHEAL_URL: api.url,
        SELFHEAL_TOKEN: 'operator',
        GITHUB_RUN_ID: '4242',
      },
      { log: '' },
    );
    expect({ code, log }).toEqual({
      code: 0,
      log: expect.stringMatching(/opens the incident of run 4242 .* tries a fix then by itself/),
    });
  });

  it('and keeps the same failure by the log alone, which is not sure enough', async () => {
    const { outputs, log } = await triaged({}, { log: MISSING });
    expect(Number(outputs.fix_confidence), log).toBeLessThanOrEqual(0.9);
    expect(outputs.hand_over).toBe('keep');
    const needs = JSON.stringify({ triage: { result: 'success', outputs } });
    expect((await triaged({ INPUT_TASK: 'auto-fix', INPUT_NEEDS: needs }, { log: '' })).log).toContain(
      'triage kept the failure',
    );
  });
});

/** The API of a deployment with one ended incident of run 41. */
async function aDeployment() {
  const requests: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') requests.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      const incident = { id: 'inc-1', status: 'closed', subject: { kind: 'run', runId: 41 } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.method === 'POST' ? incident : { incidents: [incident] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
