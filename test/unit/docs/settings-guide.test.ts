import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { startServer } from '@selfheal/local-cloud/wire/server.ts';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { checkNode } from '#apps/cli/doctor/check-environment.ts';
import { checkStageFolder } from '#apps/local/stage.ts';
import { readSettings } from '#infra/settings.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
/** Capitals in quotes that are no variables, and variables that one script passes to another. */
const NO_SETTINGS = new Set([
  'DATA_MESSAGE',
  'TRIM_HORIZON',
  ...['SERVICE_DEPLOYMENT_IN_PROGRESS', 'UPDATE_IN_PROGRESS'],
  ...['INSUFFICIENT_DATA', 'NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA', 'USER_PASSWORD_AUTH'],
  ...[
    'CDK_CONTEXT_JSON',
    'MODEL_PROVIDERS',
    'REPORT_FORMATS',
    'GUARD_REMOVED',
    'GUARD_REPORT',
    'MALLOC_ARENA_MAX',
    'NODE_ENV',
    'SELFHEAL_PROBE',
  ],
]);
const NAME = /[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+/g;
const READS = [
  /(?:process\.env|[eE]nvironment|\benv)\??\.[A-Z][A-Z0-9_]+/g,
  /\{[^{}]*\b[A-Z][A-Z0-9]*_[A-Z0-9_]+[^{}]*\}\s*(?:=|:)\s*(?:process\.env|[eE]nvironment|Environment)/g,
  /'[A-Z][A-Z0-9]*_[A-Z0-9_]+'/g,
];

/** Names of the variables that programs for people read. */
function namesRead(): string[] {
  const files = globSync(
    ['apps/{cli,local,workbench}/**/*.{ts,mjs}', '{infra,lab,tools}/**/*.ts', 'vitest*.config.ts'],
    // The samples hold words of senders, and read no variable.
    { cwd: ROOT, exclude: ['apps/local/world/samples/**'] },
  );
  const names = files.flatMap((file) =>
    READS.flatMap((expression) => read(file).match(expression) ?? []).flatMap((text) => text.match(NAME) ?? []),
  );
  return [...new Set(names)].filter((name) => !NO_SETTINGS.has(name)).sort();
}

/** The variables of a page's tables, by the heading they are under. */
function variablesOf(page: string): Map<string, string[]> {
  const [, ...parts] = page.split(/^## /m);
  return new Map(
    parts.map((part) => [
      part.slice(0, part.indexOf('\n')),
      [...part.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
      ),
    ]),
  );
}

describe('the environment', () => {
  const page = variablesOf(read('docs/guide/environment.md'));
  const documented = [...page.values()].flat();

  it('is described variable by variable: all that are read, and no other', () => {
    const known = namesRead();
    expect(known.length).toBeGreaterThan(35);
    expect(known.filter((name) => !documented.includes(name))).toEqual([]);
    const code = globSync(['{apps,infra,lab,tools,shared,packages,test}/**/*.{ts,mjs}', 'vitest*.config.ts'], {
      cwd: ROOT,
    });
    const used = code.map(read).join('\n');
    expect(documented.filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
  });

  it('has an example file with the variables that .env may hold, all of them harmless as they are', () => {
    const example = parseEnv(read('.env.example'));
    const ofFile = ['Deploy', 'Channels', 'A language model'].flatMap((heading) => page.get(heading) ?? []);
    // Credentials of AWS belong into a profile; the CDK passes the folder on.
    const elsewhere = ofFile.filter((name) => /^AWS_(?!PROFILE|REGION)/.test(name) || name === 'CDK_OUTDIR');
    expect(Object.keys(example).sort()).toEqual(ofFile.filter((name) => !elsewhere.includes(name)).sort());
    expect(Object.values(example).filter((value) => value !== '' && value !== 'INFO')).toEqual([]);
  });

  it('[D197] has a configuration for development and another for production', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-settings-'));
    try {
      const settingsFor = (mode: string) => {
        const file = join(folder, `${mode}.json`);
        writeFileSync(file, JSON.stringify({ version: 1, github: { defaultMode: mode } }));
        return readSettings(new App({ context: { config: file } }).node);
      };
      expect(settingsFor('suggest').configuration.github.defaultMode).toBe('suggest');
      expect(settingsFor('act').configuration.github.defaultMode).toBe('act');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('troubleshooting', () => {
  const page = read('docs/guide/troubleshooting.md');
  /** The row of the message that was seen. */
  const rowOf = (message: string): string | undefined =>
    [
      ...(page.split(/^## /m).find((part) => part.startsWith('On your machine')) ?? '').matchAll(
        /^\| `([^`]+)`.*\|$/gm,
      ),
    ].find(([, shown = '']) => {
      const [first = '', ...parts] = shown.split('...').map((part) => part.trim());
      let at = message.indexOf(first);
      for (const part of parts) at = at < 0 ? -1 : message.indexOf(part, at);
      return at >= 0;
    })?.[0];
  const messageOf = async (action: () => unknown): Promise<string> => {
    try {
      await action();
    } catch (error) {
      return String((error as Error).message);
    }
    throw new Error('It was expected to fail.');
  };

  it('[D245] has what is printed for missing modules, a port in use, a damaged state and missing permissions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfheal-troubleshooting-'));
    const handler = () => Promise.resolve({ status: 200, headers: {}, body: '' });
    const taken = await startServer(0, handler);
    try {
      writeFileSync(join(folder, 'alone.mjs'), "import 'no-such-package';\n");
      const missing = await messageOf(() =>
        execFileSync(process.execPath, [join(folder, 'alone.mjs')], { stdio: 'pipe' }),
      );
      const port = await messageOf(() => startServer(Number(new URL(taken.endpoint).port), handler));
      mkdirSync(join(folder, 'runtime/executions'), { recursive: true });
      const state = await messageOf(() => checkStageFolder(folder));
      const locked = await messageOf(() => execFileSync(join(folder, 'alone.mjs'), { stdio: 'pipe' }));
      // The last column says what to do.
      for (const [message, advice] of [
        [missing, /`npm ci` in the folder of the repository \|$/],
        [port, /leave `--port` out for a free port/],
        [state, /choose another folder/],
        [locked, /`sudo chown -R "\$\(id -u\)" node_modules dist \.selfheal`/],
      ] as const)
        expect(rowOf(message), message).toMatch(advice);
      expect(checkNode('20.19.0')).toMatchObject({ state: 'failed', detail: 'this is 20.19.0: install Node 24' });
    } finally {
      await taken.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
