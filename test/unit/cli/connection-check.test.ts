import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { githubWorld } from './github-world.ts';
import { runCommand } from './run-command.ts';

const shop = githubWorld();
afterEach(() => {
  shop.world.github.acceptTokens(null);
  shop.world.github.setPermissions(null);
  shop.world.models.setDefault({ kind: 'plausible' });
});

async function check(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runCommand(
    ['connection', 'check', ...args],
    '',
    COMMANDS,
    shop.environment(environment),
  );
  return { code, lines: stdout.toString().trimEnd().split('\n'), stderr };
}

describe('selfheal connection check', () => {
  it('[A64] tries GitHub and each right of the token that an analysis needs, and changes nothing', async () => {
    const operations: string[] = [];
    const end = shop.world.onExchange(({ operation, request }) => operations.push(`${request.method} ${operation}`));
    const repository = shop.repository();
    const { code, lines } = await check(['--repo', repository]);
    end();
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^ok {6}GitHub: http.* accepts the token; \d+ of 5000 requests are left/),
      `ok      Metadata: read: see ${repository}`,
      `ok      Actions: read: read the runs of ${repository}`,
      `ok      Pull requests: read: read the pull requests of ${repository}`,
      `ok      Checks: read: read why GitHub stops jobs of ${repository}: time limits, lost runners`,
      expect.stringMatching(/^unknown Pull requests: write: cannot be tried without writing/),
    ]);
    expect(operations.every((operation) => operation.startsWith('GET '))).toBe(true);
  });

  it('[A64] names the right that is missing, a token that is not accepted, and an API that is not there', async () => {
    const repository = shop.repository();
    shop.world.github.setPermissions({ pull_requests: 'write' });
    const missing = await check(['--repo', repository]);
    expect(missing.code).toBe(1);
    expect(missing.lines).toContainEqual(
      `failed  Actions: read: GITHUB_TOKEN may not read the runs of ${repository} (403): give it the permission Actions: read.`,
    );
    expect((await check(['--repo', 'acme/none'])).lines.join()).toContain('There is no repository acme/none');
    shop.world.github.acceptTokens(['another']);
    const unknown = await check(['--repo', repository]);
    expect(unknown).toMatchObject({ code: 1, lines: [expect.stringContaining('does not accept GITHUB_TOKEN (401)')] });
    const gone = await check([], { GITHUB_API_URL: shop.closed });
    expect(gone).toMatchObject({ code: 1, lines: [expect.stringContaining('GitHub cannot be reached')] });
  });

  it('[A38][A63] asks Ollama which models it has, by GET /api/tags, and the model for an answer', async () => {
    const asked: string[] = [];
    const end = shop.world.onExchange(({ service, request }) => {
      if (service !== 'github') asked.push(`${request.method} ${request.path}`);
    });
    const { code, lines } = await check(['--model', 'ollama'], { OLLAMA_URL: shop.world.url });
    end();
    expect(code).toBe(0);
    expect(lines.slice(1)).toEqual([
      `ok      Ollama at ${shop.world.url}: it has qwen2.5-coder`,
      'ok      ollama qwen2.5-coder: it answers',
    ]);
    expect(asked).toEqual(['GET /api/tags', 'POST /api/chat']);
  });

  it('[A63] says that the model is not there, or its server, or that it answers without the form', async () => {
    const OLLAMA_URL = shop.world.url;
    const other = await check(['--model', 'ollama'], { OLLAMA_URL, OLLAMA_MODEL: 'llama9' });
    expect(other.code).toBe(1);
    expect(other.lines.at(-1)).toContain('it has no llama9: "ollama pull llama9"');
    const gone = await check(['--model', 'ollama'], { OLLAMA_URL: shop.closed });
    expect(gone.lines.at(-1)).toMatch(/ECONNREFUSED.* Start it with "ollama serve"/);
    const { githubApiUrl } = shop.world;
    const github = await check(['--model', 'ollama'], { OLLAMA_URL: githubApiUrl });
    expect(github.lines.at(-1)).toContain('not as Ollama does');
    shop.world.models.setDefault({ kind: 'prose' });
    const prose = await check(['--model', 'ollama'], { OLLAMA_URL });
    expect(prose).toMatchObject({ code: 1, lines: expect.arrayContaining([expect.stringContaining('in prose')]) });
  });

  it.each([
    ['anthropic', { ANTHROPIC_API_KEY: 'made-up' }, 'ANTHROPIC_BASE_URL', ''],
    ['openai', { OPENAI_API_KEY: 'made-up', OPENAI_MODEL: 'gpt-x' }, 'OPENAI_BASE_URL', '/v1'],
  ])('[A63] asks %s with its key', async (name, variables, address, path) => {
    const { code, lines } = await check(['--model', name, '--json'], {
      ...variables,
      [address]: shop.world.url + path,
    });
    expect(code).toBe(0);
    const { checks } = JSON.parse(lines.join('')) as { checks: { state: string; detail: string }[] };
    expect(checks.at(-1)).toMatchObject({ state: 'ok', detail: 'it answers' });
    expect(shop.world.models.calls().at(-1)?.provider).toBe(name);
  });

  it('[A63] says that a key is wrong', async () => {
    shop.world.models.setDefault({ kind: 'error', status: 401 });
    const { code, lines } = await check(['--model', 'anthropic'], {
      ANTHROPIC_API_KEY: 'made-up',
      ANTHROPIC_BASE_URL: shop.world.url,
    });
    expect({ code, line: lines.at(-1) }).toEqual({ code: 1, line: expect.stringContaining('status 401') });
  });
});
