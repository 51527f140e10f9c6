import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { loadCommands } from '#apps/cli/load-commands.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { runCommand } from '../cli/run-command.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/guide/analyze.md'), 'utf8');
const section = (title: string): string => GUIDE.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
/** The command lines of the blocks of code and of the words in backticks. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/(?:^ *(?:\$ )?|- run: |`)(selfheal [^`\n]+)/gm)].map(([, line = '']) => line.trim());

let world: World;
let failed: ReturnType<World['samples']['failRun']>;
beforeAll(async () => {
  world = await startWorld();
  failed = world.samples.failRun('regression', { deliver: 'none' });
});
afterAll(() => world.stop());

/** Runs a command of the guide against GitHub and Ollama on this machine. */
async function play(line: string) {
  const { code, stdout, stderr } = await runCommand(line.split(' ').slice(1), '', COMMANDS, {
    GITHUB_TOKEN: 'made-up',
    GITHUB_API_URL: world.githubApiUrl,
    ...(line.includes('ollama') ? { OLLAMA_URL: world.url } : {}),
  });
  return { code, out: stdout.toString(), err: stderr };
}

describe('the page about analyzing a run', () => {
  it('names only commands and options that there are', async () => {
    const lines = commandsIn(GUIDE);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const args = line.replaceAll('"', '').split(' ').slice(1);
      const [command, ...others] = await loadCommands(args);
      expect(others, line).toEqual([]);
      const rest = args.slice(command?.name.split(' ').length);
      expect(
        () => parseArgs({ args: rest, options: command?.options ?? {}, allowPositionals: true }),
        line,
      ).not.toThrow();
    }
  });

  it('[A66] starts in five steps, of which those with selfheal work', async () => {
    const steps = section('Quick start').match(/^\d\. .*$/gm) ?? [];
    expect(steps.map((step) => step[0])).toEqual(['1', '2', '3', '4', '5']);
    const { repository, pullRequest } = failed;
    expect([repository, pullRequest]).toEqual(['acme/shop', 1]);
    const commands = commandsIn(section('Quick start'));
    expect(commands).toHaveLength(3);
    for (const command of commands) expect(await play(command), command).toMatchObject({ code: 0 });
    expect(world.github.comments(repository, 1)).toHaveLength(1);
  });

  it('shows what is printed, word for word but for numbers of runs and ports', async () => {
    const [, shown = ''] = /```console\n([\s\S]*?)\n```/.exec(section('What it prints')) ?? [];
    const [prompt = '', ...lines] = shown.split('\n');
    const { out } = await play(prompt.slice(2));
    const same = (text: string) =>
      text
        .trim()
        .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
        .replaceAll(/\b16\d{9}\b/g, 'RUN');
    expect(same(out)).toBe(same(lines.join('\n')));
  });

  it('[A36] keeps keys of the workflow in secrets of the repository, and says how they get there', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(section('In a workflow')) ?? [];
    const workflow = parse(text) as {
      jobs: { analyze: { if: string; 'continue-on-error': boolean; steps: { env?: Record<string, string> }[] } };
    };
    const variables = workflow.jobs.analyze.steps.flatMap(({ env = {} }) => Object.entries(env));
    const secret = variables.filter(([name]) => /TOKEN|KEY/.test(name));
    expect(secret.map(([name]) => name)).toEqual(['GITHUB_TOKEN', 'ANTHROPIC_API_KEY']);
    for (const [name, value] of secret) expect(value).toBe(`\${{ secrets.${name} }}`);
    expect(section('In a workflow')).toContain('gh secret set ANTHROPIC_API_KEY');
    expect(workflow.jobs.analyze.if).toBe(
      "github.event.workflow_run.conclusion == 'failure' && github.event.workflow_run.event == 'pull_request'",
    );
    expect(workflow.jobs.analyze['continue-on-error']).toBe(true);
  });

  it('[A37] says how Ollama is installed, gets a model and is served; what comes after that works', async () => {
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section('A language model')) ?? [];
    const lines = block.trim().split('\n');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^curl .*ollama\.com\/install\.sh/),
      'ollama pull qwen2.5-coder',
      'ollama serve',
    ]);
    let last = { out: '', asked: world.models.calls() };
    for (const line of lines.slice(3)) {
      const before = world.models.calls().length;
      const played = await play(line);
      expect(played, line).toMatchObject({ code: 0, err: '' });
      last = { out: played.out, asked: world.models.calls().slice(before) };
    }
    // Ollama counts a token for four bytes of the prompt, and those that it writes.
    const read = last.asked.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 4), 0);
    const [, tokens, turns] = /Written by a language model \((\d+) tokens in (\d+) turns?\)/.exec(last.out) ?? [];
    expect(Number(turns)).toBe(last.asked.length);
    expect(read).toBeGreaterThan(0);
    expect(Number(tokens)).toBeGreaterThan(read);
  });

  it('[A83] leads through logs, language model, rights and errors, each with what to run', async () => {
    const steps = section('When it does not work')
      .split(/^(?=\d\. )/m)
      .filter((step) => /^\d\. /.test(step));
    expect(steps.map((step) => /\*\*(.+?)\.\*\*/.exec(step)?.[1])).toEqual([
      'Logs of the run',
      'The language model',
      'Rights of the token',
      'Errors',
    ]);
    const [logs, model, rights, errors] = steps as [string, string, string, string];
    const first = async (step: string) => await play(commandsIn(step)[0] ?? '');
    expect((await first(logs)).err).toMatch(/debug: gather: .*"sources":1/);
    expect((await first(model)).out).toContain('it has qwen2.5-coder');
    expect((await first(rights)).out).toContain('Actions: read');
    expect(errors).toContain('Exit code 2');
    const refused = await play('selfheal analyze --repo acme/shop --run 7');
    const missing = 'selfheal: There is no run 7 of acme/shop, or GITHUB_TOKEN may not see it (404).\n';
    expect(refused).toEqual({ code: 2, out: '', err: missing });
  });
});
