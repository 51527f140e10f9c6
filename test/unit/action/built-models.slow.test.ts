import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAction } from '../../../tools/build-action.ts';
import { githubWorld } from '../cli/github-world.ts';
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
async function triaged(variables: Readonly<Record<string, string>>) {
  const workspace = mkdtempSync(join(folder, 'step-'));
  mkdirSync(join(workspace, 'in'));
  writeFileSync(join(workspace, 'in/test.log'), LOG);
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
  return { log: stdout, code, calls: modelCalls(exchanges), report };
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
