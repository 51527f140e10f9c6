import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { describe, expect, it } from 'vitest';
import { until } from '#test/e2e/support/until.ts';
import { githubWorld } from '../cli/github-world.ts';
import { aFile } from '../cli/run-command.ts';
import { KEYS, MODEL_WIRES, modelCalls, withAddresses } from '../model-wires.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Nothing listens there, and nobody is asked before the template is built. */
const NOBODY = 'http://127.0.0.1:9';

/** The environment of this process without what tells of a model. */
const inherited = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:AI|AWS|OLLAMA|OPENAI|ANTHROPIC|SELFHEAL)_/.test(name)),
  ),
  NO_COLOR: '1',
});

/** Runs `npm start` with these variables, and with a configuration that ends it before it builds anything. */
async function started(variables: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['apps/local/main.ts', '--once', '--config', aFile('{', 'selfheal.json')], {
    cwd: ROOT,
    env: { ...inherited(), ...variables },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  return { text, code };
}

describe('npm start with variables of a model', () => {
  it.each(MODEL_WIRES.filter(({ said }) => said !== undefined))(
    '[B12][B15] says what it does not use, or refuses by name: $name',
    async (row) => {
      const { text, code } = await started(withAddresses(row, NOBODY));
      expect(code).toBe(1);
      expect(text).toMatch(row.said ?? /never/);
      expect(/selfheal\.json is not JSON: .*Compare it with/.test(text), text).toBe(row.isRefused !== true);
      for (const secret of Object.values(row.variables).filter((value) => /^(?:sk|gsk)[-_]/.test(value)))
        expect(text).not.toContain(secret);
    },
    60_000,
  );
});

const shop = githubWorld();
const CAUSE = 'The cart shows fifty-seven lines and adds up no more than those.';
/** A row for each wire. */
const ASKED = MODEL_WIRES.filter(({ name }) =>
  ['a key of Anthropic', "OpenAI's own variable", 'Ollama'].includes(name),
);

describe('npm start until it has healed its samples, with variables of a model', () => {
  it.each(ASKED)(
    '[B12][B15][A27][A28] asks the right provider, and shows its answer on the incident: $name',
    async (row) => {
      const home = mkdtempSync(join(tmpdir(), 'selfheal-start-models-'));
      const env = { ...inherited(), ...withAddresses(row, shop.world.url), XDG_CONFIG_HOME: home };
      const exchanges: Exchange[] = [];
      const stop = shop.world.onExchange((exchange) => exchanges.push(exchange));
      shop.world.models.setDefault({ kind: 'plausible', change: { rootCause: CAUSE } });
      const child = spawn(process.execPath, ['apps/local/main.ts', '--data', join(home, 'data')], { cwd: ROOT, env });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece));
      const typed = async (args: readonly string[], input = '') => {
        const command = spawn(process.execPath, ['apps/cli/selfheal.mjs', ...args], { cwd: ROOT, env });
        let printed = '';
        for (const stream of [command.stdout, command.stderr]) stream.on('data', (piece: Buffer) => (printed += piece));
        command.stdin.end(input);
        await once(command, 'close');
        return printed.replaceAll(/\s+/g, ' ');
      };
      try {
        await until('the samples', () => /signs in with the password \S+,/.test(text) || child.exitCode !== null, 400);
        const { wire, modelId, key } = row.asked ?? { wire: /never/, modelId: '', key: null };
        expect(text).toMatch(new RegExp(`^ {2}model +${modelId} \\(.* is set\\)$`, 'm'));
        expect(text).toMatch(/ Analyze +diagnosis by model/);
        const calls = modelCalls(exchanges);
        expect(calls.length).toBeGreaterThan(0);
        for (const call of calls) expect(call).toMatchObject({ wire: expect.stringMatching(wire), modelId, key });
        const [, url = ''] = /^ {2}runtime +(\S+),/m.exec(text) ?? [];
        const [, password = ''] = /signs in with the password (\S+),/.exec(text) ?? [];
        expect(await typed(['login', '--url', url, '--user', 'local@example.com'], `${password}\n`)).toContain(
          'signed in',
        );
        const shown = await typed(['incident', 'show', '1']);
        expect(shown).toContain(CAUSE);
        expect(shown).toContain('language model');
        const configuration = readFileSync(join(ROOT, 'dist/with-model/selfheal.json'), 'utf8');
        for (const secret of [KEYS.anthropic, KEYS.openai]) expect(text + shown + configuration).not.toContain(secret);
      } finally {
        stop();
        const ended = child.exitCode === null ? once(child, 'exit') : null;
        child.kill('SIGTERM');
        await ended;
        rmSync(home, { recursive: true, force: true });
      }
    },
    600_000,
  );
});
