import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile } from '../cli/run-command.ts';
import { MODEL_WIRES, withAddresses } from '../model-wires.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Nothing listens there, and nobody is asked before the template is built. */
const NOBODY = 'http://127.0.0.1:9';

/** Runs `npm start` with these variables, and with a configuration that ends it before it builds anything. */
async function started(variables: Readonly<Record<string, string>>) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:AI|AWS|OLLAMA|OPENAI|ANTHROPIC|SELFHEAL)_/.test(name),
  );
  const child = spawn(process.execPath, ['apps/local/main.ts', '--once', '--config', aFile('{', 'selfheal.json')], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...variables },
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
