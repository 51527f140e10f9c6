import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { MODEL_WIRES, modelCalls, withAddresses } from '../model-wires.ts';
import { githubWorld } from './github-world.ts';

const ROOT = join(import.meta.dirname, '../../..');
const shop = githubWorld();
let folder = '';

/** Somewhere else, with nothing but the package, installed without a network. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-packed-'));
  const npm = (...args: string[]) =>
    execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' });
  writeFileSync(join(folder, 'package.json'), '{ "name": "elsewhere", "private": true, "type": "module" }\n');
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' }),
  ) as readonly { filename: string }[];
  npm('install', `./${packed[0]?.filename}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process with this environment and no other; the world is in this one, so nothing may wait. */
async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const path = `${join(folder, 'node_modules/.bin')}:${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`;
  const child = spawn(command, args, { cwd: folder, env: { PATH: path, ...env } });
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    let text = '';
    for await (const piece of stream) text += String(piece);
    return text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const [out = '', err = ''] = await Promise.all(texts);
  return { code, out, err };
}

describe('the package', () => {
  it('installs one package, without any other', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { inBundle?: boolean }>;
    };
    const others = Object.entries(lock.packages).filter(([name, { inBundle }]) => name !== '' && inBundle !== true);
    expect(others.map(([name]) => name)).toEqual(['node_modules/selfheal']);
    expect(existsSync(join(folder, 'node_modules/selfheal/shared'))).toBe(false);
  });

  it('has every command, and loads each alone or all for the help text', async () => {
    const { code, out, err } = await run('selfheal', ['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { name } of COMMANDS) expect(out).toContain(`  ${name} `);
    writeFileSync(join(folder, 'job.log'), 'npm error code ERESOLVE\nnpm error ERESOLVE could not resolve\n');
    const classified = await run('selfheal', ['log', 'classify', 'job.log', '--json']);
    expect(classified).toMatchObject({ code: 0, out: expect.stringContaining('"class":"dependency_conflicts"') });
  });

  it('[A19] comments on a pull request from any machine, with nothing but a token', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run('selfheal', ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const target = shop.run(shop.repository());
    const args = ['analyze', '--repo', target.repository, '--pr', `${target.pullRequest}`, '--post'];
    const { code, out, err } = await run('selfheal', args, shop.environment());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('adds up 58 lines before it rounds');
    expect(shop.comments(target.repository, target.pullRequest)[0]?.body).toContain('#### Root Cause Analysis');
  });

  it('[A17] takes the words of the script that it replaces, and comments unless it is a dry run', async () => {
    const target = shop.run(shop.repository());
    const environment = shop.environment({ GITHUB_REPOSITORY: target.repository });
    const comments = () => shop.comments(target.repository, target.pullRequest);
    const shown = await run('selfheal', ['--dry-run', '--analyze-failure'], environment);
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining('Dry run: nothing was posted')]);
    await run('selfheal', ['--workflow-run-id', `${target.id}`], environment);
    const args = ['--analyze-failure', '--pr-number', `${target.pullRequest}`];
    await run('selfheal', args, { ...environment, DRY_RUN: 'true' });
    expect(comments()).toEqual([]);
    const posted = await run('selfheal', args, environment);
    expect([posted.code, posted.out]).toEqual([0, expect.stringContaining('The comment was created: http')]);
    expect(comments()[0]?.body.trim()).toBe(shown.out.trim());
  });

  it('parses code with the grammars that come with it', async () => {
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/a.ts'), 'export const a = 1;\n');
    const diff = (line: string) => `--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-export const a = 1;\n+${line}\n`;
    const verdictOn = async (line: string) => {
      writeFileSync(join(folder, 'change.diff'), diff(line));
      const { out } = await run('selfheal', ['patch', 'check', 'change.diff', '--json']);
      return (JSON.parse(out) as { verdict: string }).verdict;
    };
    expect(await verdictOn('export const a = 2;')).toBe('accepted');
    expect(await verdictOn("export const a = eval('2');")).toBe('needs-approval');
  });

  it('[A20][A21][A22][A23] is a library, set up from the environment, with types', async () => {
    const target = shop.run(shop.repository(), { jobs: { docs: 'compile', 'unit tests': 'regression' } });
    writeFileSync(
      join(folder, 'use.ts'),
      `import { analyzeRun, parseFailureLog, type RunAnalysis } from 'selfheal';
const pullRequest = ${target.pullRequest};
const first: RunAnalysis = await analyzeRun({ pullRequest, jobs: ['unit tests'], post: true });
if (first.outcome !== 'analysed' || first.posting.kind !== 'posted') throw new Error(JSON.stringify(first));
const latest = await analyzeRun({ latest: true, jobs: ['docs'] });
if (latest.outcome !== 'analysed') throw new Error(latest.message);
const failed = await analyzeRun({ run: 7 }).catch((error: Error) => \`\${error.name}: \${error.message}\`);
const parsed = await parseFailureLog('all is well\\nOUR-42: the flux is off\\n', { signatures: 'rules' });
console.log(JSON.stringify([first.class, first.posting.changed, latest.class, latest.run.runId, failed, parsed]));
`,
    );
    mkdirSync(join(folder, 'rules'));
    writeFileSync(join(folder, 'rules/own.yaml'), OWN_RULE);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024'];
    const types = join(ROOT, 'node_modules/@types');
    expect(
      await run('node', [tsc, ...flags, '--typeRoots', types, '--types', 'node', '--skipLibCheck', 'use.ts']),
    ).toMatchObject({ code: 0, out: '' });
    const environment = shop.environment({ GITHUB_REPOSITORY: target.repository });
    const { code, out, err } = await run('node', ['use.ts'], environment);
    expect({ code, err: err.replaceAll(/^\(.*\n?/gm, '') }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual([
      'test_failure',
      'created',
      'compilation_error',
      target.id,
      `UsageError: There is no run 7 of ${target.repository}, or GITHUB_TOKEN may not see it (404).`,
      expect.objectContaining({
        class: 'configuration_errors',
        signature: 'our-flux',
        lines: expect.arrayContaining([{ line: 2, text: 'OUR-42: the flux is off', decided: true }]),
      }),
    ]);
  });
});

const OWN_RULE = `signatures:
  - id: our-flux
    title: The flux is off
    class: configuration_errors
    verdict: regression
    confidence: 0.97
    literals: [flux]
    pattern: 'OUR-\\d{1,5}: the flux is off'
    examples:
      matches: ['OUR-42: the flux is off', 'OUR-7: the flux is off']
      rejects: ['the flux is on', 'OUR: flux']
    advice: { rootCause: 'The flux is off.', fix: 'Switch it on.', prevention: 'Watch it.' }
`;

describe('the packed command line with variables of a model', () => {
  it.each(MODEL_WIRES)('[B12][B13][B15][A27][A28] calls the right one, or refuses by name: $name', async (row) => {
    const target = shop.run(shop.repository());
    const exchanges: Exchange[] = [];
    const stop = shop.world.onExchange((exchange) => exchanges.push(exchange));
    const environment = shop.environment(withAddresses(row, shop.world.url));
    const { code, out, err } = await run('selfheal', ['analyze', target.url, '--json'], environment);
    stop();
    const calls = modelCalls(exchanges);
    expect(code, err).toBe(row.isRefused ? 2 : 0);
    if (row.said !== undefined) expect(err).toMatch(row.said);
    if (row.asked === null) {
      expect(calls).toEqual([]);
      return;
    }
    const { wire, modelId, key } = row.asked;
    expect(calls[0], err).toMatchObject({ wire: expect.stringMatching(wire), modelId, key });
    expect(JSON.parse(out)).toMatchObject({ source: 'model' });
  });
});
