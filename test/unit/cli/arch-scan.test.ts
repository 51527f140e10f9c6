import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArchitectureAnalysis } from '@selfheal/pull-request-quality/domain/architecture/architecture-analysis.ts';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

function aProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = aFolder();
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

async function scan(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCommand(['arch', 'scan', '--json', ...args]);
  return { code, stderr, analysis: code === 0 ? ArchitectureAnalysis.parse(JSON.parse(stdout.toString())) : null };
}

const SHOP = {
  'src/cart/cart.ts': "import { price } from '../price/price.ts';\nexport const cart = (): number => price();\n",
  'src/price/price.ts': "import { cart } from '../cart/cart.ts';\nexport const price = (): number => cart();\n",
  'src/main.ts': "import { cart } from './cart/cart.ts';\nimport gone from './gone.ts';\ncart(gone);\n",
  'jobs/mail.py': 'from . import text\nimport requests\n',
  'jobs/text.py': 'def text():\n    return 1\n',
  'jobs/__init__.py': '',
};

describe('selfheal arch scan', () => {
  it('[B72] [B74] [B77] prints the graph of TypeScript and Python with its circles', async () => {
    const { code, analysis } = await scan(aProject(SHOP));
    expect(code).toBe(0);
    expect(analysis?.files).toMatchObject({ typescript: 3, python: 3, tests: 0 });
    expect(analysis?.imports.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'jobs/mail.py jobs/text.py',
      'src/cart/cart.ts src/price/price.ts',
      'src/main.ts src/cart/cart.ts',
      'src/price/price.ts src/cart/cart.ts',
    ]);
    expect(analysis?.cycles).toEqual([
      {
        kind: 'load',
        files: ['src/cart/cart.ts', 'src/price/price.ts'],
        shortest: ['src/cart/cart.ts', 'src/price/price.ts'],
      },
    ]);
    expect(analysis?.unresolved).toEqual([{ file: 'src/main.ts', line: 2, specifier: './gone.ts' }]);
  });

  it('[B91] compares with nothing, and says so, while there is no baseline', async () => {
    const { code, analysis, stderr } = await scan(aProject(SHOP), '--baseline', join(aFolder(), 'main.json'));
    expect([code, analysis?.trend]).toEqual([0, null]);
    expect(stderr).toMatch(/main\.json: there is no such file yet, so nothing is compared\.\n$/);
  });

  it('takes every import of a declaration file for one of types', async () => {
    const { analysis } = await scan(
      aProject({
        'a.d.ts': "import { B } from './b';",
        'b.d.mts': "import { A } from './a';",
        'b.d.ts': "import { A } from './a';",
      }),
    );
    expect(analysis?.cycles).toEqual([{ kind: 'late', files: ['a.d.ts', 'b.d.ts'], shortest: ['a.d.ts', 'b.d.ts'] }]);
  });

  it('[B77] [B78] writes analysis, report and drawing, equal for equal files', async () => {
    const root = aProject(SHOP);
    const out = join(aFolder(), 'new/folder');
    const read = () =>
      ['architecture_analysis.json', 'architecture_report.md', 'architecture_graph.svg'].map((name) =>
        readFileSync(join(out, name), 'utf8'),
      );
    const { code, stdout } = await runCommand(['arch', 'scan', root, '--out', out]);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^health \d\.\d \/ 10, 6 files\n/);
    const [analysis = '', report = '', drawing = ''] = read();
    expect(ArchitectureAnalysis.parse(JSON.parse(analysis)).version).toBe(1);
    expect(report).toMatch(/^# Architecture report\n\n\*\*Health \d\.\d \/ 10\*\*/);
    expect(report).toContain('](architecture_graph.svg)');
    expect(drawing).toMatch(/^<svg .*<\/svg>\n$/s);
    await runCommand(['arch', 'scan', root, '--out', out]);
    expect(read()).toEqual([analysis, report, drawing]);
  });

  it('[B78] compares with a baseline: score, new circles', async () => {
    const before = { ...SHOP, 'src/price/price.ts': 'export const price = (): number => 1;\n' };
    const baseline = aFile(JSON.stringify((await scan(aProject(before))).analysis), 'main.json');
    const { analysis } = await scan(aProject(SHOP), '--baseline', baseline);
    expect(analysis?.trend?.newCycles.map(({ files }) => files)).toEqual([['src/cart/cart.ts', 'src/price/price.ts']]);
    expect(analysis?.score.value).toBeLessThan(analysis?.trend?.previousScore ?? 0);
    const same = await scan(aProject(SHOP), '--baseline', aFile(JSON.stringify(analysis), 'main.json'));
    expect(same.analysis?.trend).toMatchObject({ newCycles: [], resolvedCycles: [], newHotspots: [] });
  });

  it('[B71] [B78] shows what CodeQL found, and leaves its facts for the comment on the pull request', async () => {
    const result = {
      ruleId: 'js/sql-injection',
      level: 'error',
      message: { text: 'This query depends on a user-provided value.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'src/main.ts' }, region: { startLine: 3 } } }],
    };
    const sarif = { version: '2.1.0', runs: [{ tool: { driver: { name: 'CodeQL', rules: [] } }, results: [result] }] };
    const facts = join(aFolder(), 'selfheal-results');
    const found = ['--findings', aFile(JSON.stringify(sarif), 'codeql.sarif'), '--results', facts, '--job', 'arch'];
    const { analysis } = await scan(aProject(SHOP), ...found);
    expect(analysis?.security?.worst).toMatchObject([
      { tool: 'CodeQL', rule: 'js/sql-injection', file: 'src/main.ts', line: 3 },
    ]);
    expect(JobResult.parse(JSON.parse(readFileSync(join(facts, 'arch-architecture.json'), 'utf8')))).toMatchObject({
      job: 'arch',
      status: 'passed',
      facts: [{ kind: 'architecture', summary: { score: analysis?.score.value, previousScore: null } }],
    });
  });

  it('names the files that it could not read as a whole, and reads the others', async () => {
    const { code, analysis } = await scan(
      aProject({
        'a.ts': "import './b.ts'\n",
        'b.ts': '\ufeffimport "./c.ts"\r\nexport const b = 1;\r\n',
        'c.ts': 'export const = = {{{ ((( `',
        'wrong.py': 'def (:\n  import\n\t\tx =',
        'large.js': 'a'.repeat(1_000_001),
        'bundle.js': `${'var a=1;'.repeat(120_000)}`,
        'vendor.min.js': 'var a',
        'latin.ts': Buffer.from([0x2f, 0x2f, 0xe4]),
        'nested.ts': `export const a = ${'['.repeat(19_000)}`,
        'empty.ts': '',
      }),
    );
    expect(code).toBe(0);
    expect(analysis?.imports.map(({ from, to }) => `${from} ${to}`)).toEqual(['a.ts b.ts', 'b.ts c.ts']);
    const skipped = Object.fromEntries(analysis?.skipped.map(({ reason, files }) => [reason, files]) ?? []);
    expect(skipped).toEqual({
      partly: ['c.ts', 'nested.ts', 'wrong.py'],
      large: ['large.js'],
      generated: ['bundle.js', 'vendor.min.js'],
      unreadable: ['latin.ts'],
    });
  });

  it('writes its report even when it could read nothing', async () => {
    const out = aFolder();
    const { code } = await scan(aProject({ 'a.ts': Buffer.from([0xff]) }), '--out', out);
    expect(code).toBe(0);
    expect(readFileSync(join(out, 'architecture_report.md'), 'utf8')).toContain(
      'Not readable or not UTF-8 text, 1 file',
    );
    expect(readFileSync(join(out, 'architecture_graph.svg'), 'utf8')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('measures a file that is one long line', async () => {
    const line = `${'f(a && b);'.repeat(1_900)}\n`;
    const { analysis } = await scan(
      aProject({ 'a.ts': line, 'b.ts': `export const b = ${JSON.stringify('x'.repeat(15_000))};import './a.ts'` }),
    );
    expect(analysis?.modules.find(({ file }) => file === 'a.ts')?.complexity).toBe(1_900);
    expect(analysis?.imports).toHaveLength(1);
  });

  it.each([
    [
      'a folder that is not there',
      [join('/nowhere', 'x')],
      /^selfheal: .*cannot be read as a folder. Pass the root of a project.\n$/,
    ],
    ['a folder without sources', [aFolderOf('readme.md')], /no TypeScript, JavaScript or Python file/],
    ['a baseline that is no JSON', ['--baseline', fileOf('{')], /this is not JSON/],
    [
      'a baseline of something else',
      ['--baseline', fileOf('{"version":1}')],
      /is not an architecture analysis \(commit:/,
    ],
    [
      'a baseline of another version',
      ['--baseline', fileOf('{"version":2}')],
      /has version 2; this Selfheal reads version 1/,
    ],
    ['a report that is none of code scanning', ['--findings', fileOf('{"a":1}')], /x\.json/],
    ['an unknown model', ['--model', 'nobody'], /There is no model provider "nobody"/],
    ['an output folder that is a file', ['--out', fileOf('')], /--out .*: cannot be written: .*\(EEXIST\)/],
  ] as const)('exits with 2 for %s', async (_, args, message) => {
    const given = args.map((one) => (typeof one === 'string' ? one : one()));
    const root = args.length === 2 ? [aProject({ 'a.ts': '' })] : [];
    const { code, stderr } = await runCommand(['arch', 'scan', ...root, ...given]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

function aFolderOf(name: string): () => string {
  return () => aProject({ [name]: '' });
}

function fileOf(content: string): () => string {
  return () => aFile(content, 'x.json');
}
