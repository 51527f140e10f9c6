import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WEAKENED_TESTS } from '../../../packages/patch-guard/test/hostile-tests.ts';
import { diffOf, edited, REPOSITORY } from '../../../packages/patch-guard/test/patches.ts';
import { PROJECTS } from '../../../packages/patch-guard/test/projects.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const { source } = PROJECTS.javascript;
const FIX = diffOf(source.path, source.text, edited(source.text, ['i <= lines.length', 'i < lines.length']));

function aCheckout(): string {
  const folder = aFolder();
  for (const [path, text] of Object.entries(REPOSITORY)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const check = (args: readonly string[], stdin = '') => runCommand(['patch', 'check', '--json', ...args], stdin);
const parsed = (stdout: Buffer) =>
  JSON.parse(stdout.toString()) as {
    verdict: string;
    files: string[];
    findings: { rule: string; line: number | null }[];
    approval: { path: string; line: number; reason: string }[];
  };

describe('selfheal patch check', () => {
  it('accepts an honest fix of a checkout', async () => {
    const { code, stdout } = await check(['--tree', aCheckout(), aFile(FIX, 'fix.diff')]);
    expect(parsed(stdout)).toMatchObject({
      verdict: 'accepted',
      files: [source.path],
      findings: [],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(code).toBe(0);
  });

  it('says that a change needs an approval where its code does what its file did not do, with the line', async () => {
    const after = edited(source.text, ['  let sum = 0;\n', '  let sum = 0;\n  const { getPrototypeOf } = Object;\n']);
    const { code, stdout } = await check(['--tree', aCheckout()], diffOf(source.path, source.text, after));
    expect(parsed(stdout)).toMatchObject({
      verdict: 'needs-approval',
      findings: [],
      approval: [{ path: source.path, line: expect.any(Number), reason: expect.stringMatching(/^It would /) }, {}],
    });
    expect(code).toBe(0);
  });

  it('refuses a patch that weakens a test, from standard input, and exits with 1', async () => {
    const { path, after, rule } = WEAKENED_TESTS[0]!;
    const { code, stdout } = await check(['--tree', aCheckout()], diffOf(path, REPOSITORY[path]!, after));
    expect(parsed(stdout).findings.map((finding) => finding.rule)).toContain(rule);
    expect(code).toBe(1);
  });

  it('sees links and executable files for what they are', async () => {
    const folder = aCheckout();
    chmodSync(join(folder, source.path), 0o755);
    expect(parsed((await check(['--tree', folder], FIX)).stdout).findings).toMatchObject([{ rule: 'mode' }]);
    symlinkSync('/etc', join(folder, 'src', 'linked'));
    const through = diffOf('src/linked/new.ts', null, 'const a = 1;\n');
    expect(parsed((await check(['--tree', folder], through)).stdout).findings).toMatchObject([{ rule: 'symlink' }]);
  });

  it('says in plain words which line is refused and why, and shows no character that moves the cursor', async () => {
    const hostile = FIX.replaceAll(source.path, 'src/\u202ecart.ts');
    const { stdout } = await runCommand(['patch', 'check', '--tree', aCheckout()], hostile);
    expect(stdout.toString()).toContain(
      'refused path-hidden-characters: src/?cart.ts: A path contains invisible characters.',
    );
  });

  it('exits with 2 when the directory or the text is none', async () => {
    expect((await check(['--tree', aFile('x')], FIX)).code).toBe(2);
    const gone = await runCommand(['patch', 'check', '--tree', join(aFolder(), 'gone')]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringMatching(/gone: cannot be read as a folder/)]);
    expect(
      (await runCommand(['patch', 'check', '--tree', aCheckout()], Buffer.from([0x2d, 0xff, 0xfe, 0x0a]))).code,
    ).toBe(2);
  });
});
