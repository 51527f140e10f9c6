import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aFile, runCommand } from './run-command.ts';

const TOKEN = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`;
const BUILD = [
  ...Array.from({ length: 300 }, (_, at) => `Compiling part ${at}`),
  `using ${TOKEN}`,
  "src/orders.ts(14,7): error TS2322: Type 'string' is not assignable to type 'number'.",
  'npm error Lifecycle script `build` failed with error:',
  '##[error]Process completed with exit code 2.',
  '',
].join('\n');

function parsed(stdout: Buffer): unknown[] {
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('log excerpt', () => {
  it('prints at most N line numbers with their scores, best first', async () => {
    const file = aFile(BUILD);
    const { code, stdout, stderr } = await runCommand(['log', 'excerpt', file, '--lines', '4', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [document] = parsed(stdout) as [
      { file: string; cause: { line: number; why: string }; lines: { line: number; score: number }[] },
    ];
    expect(Object.keys(document)).toEqual(['file', 'cause', 'lines']);
    expect(document.file).toBe(file);
    expect(document.lines).toHaveLength(4);
    expect(document.lines.map(({ line }) => line)).toContain(302);
    const chain = await runCommand(['log', 'chain', file, '--json']);
    const [named] = parsed(chain.stdout) as [{ cause: { line: number; why: string } }];
    expect(document.cause).toEqual({ line: named.cause.line, why: named.cause.why });
    expect(document.lines[0]?.line).toBe(named.cause.line);
    const scores = document.lines.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('prints the lines themselves in order and redacted without --json', async () => {
    const { stdout } = await runCommand(['log', 'excerpt', aFile(BUILD), '--lines', '4']);
    const text = stdout.toString();
    expect(text).toMatch(/: 4 of 304 lines; the cause is line 302: \S.*\n/);
    expect(text).toContain("302 >src/orders.ts(14,7): error TS2322: Type 'string'");
    expect(text).not.toContain(TOKEN);
  });

  it('sets what is new before what the log of a passing run has as well', async () => {
    const cold = Array.from({ length: 60 }, (_, at) => `error: the cache is cold (${at})`);
    const failing = aFile([...cold.slice(0, 40), 'the totals differ by 3 cents', ...cold, ''].join('\n'));
    const passing = aFile([...cold, ''].join('\n'), 'passing.log');
    const without = await runCommand(['log', 'excerpt', failing, '--lines', '1']);
    expect(without.stdout.toString()).not.toContain('3 cents');
    const { code, stdout } = await runCommand(['log', 'excerpt', failing, '--lines', '1', '--passing', passing]);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/41 [ >]the totals differ by 3 cents/);
    const { stderr } = await runCommand(['log', 'excerpt', failing, '--passing', '/nowhere/passing.log']);
    expect(stderr).toBe('selfheal: /nowhere/passing.log: no such file. Check the path.\n');
  });

  it.each([
    ['UTF-16', (log: string) => Buffer.from(`\ufeff${log}`, 'utf16le')],
    ['bytes that are no UTF-8', (log: string) => Buffer.concat([Buffer.from([0xe9, 0xff, 0x0a]), Buffer.from(log)])],
    [
      'mixed line ends',
      (log: string) => Buffer.from(log.replaceAll('Compiling', '\rCompiling').replaceAll('\n', '\r\n')),
    ],
  ])('[A62] finds the failure in a log of %s', async (_, bytes) => {
    const { code, stdout } = await runCommand(['log', 'excerpt', aFile(bytes(BUILD)), '--lines', '4']);
    expect(code).toBe(0);
    expect(stdout.toString()).toContain("src/orders.ts(14,7): error TS2322: Type 'string' is not assignable");
    expect(stdout.toString()).not.toContain(TOKEN);
  });

  it('prints one document per file, names the file that is none, and exits with 2', async () => {
    const [first, second] = [aFile(BUILD), aFile(gzipSync(BUILD), 'job.log.gz')];
    const { code, stdout, stderr } = await runCommand(['log', 'excerpt', first, '/nowhere/job.log', second, '--json']);
    expect(code).toBe(2);
    expect(stderr).toBe('selfheal: /nowhere/job.log: no such file. Check the path.\n');
    const documents = parsed(stdout) as { file: string; lines: unknown }[];
    expect(documents.map(({ file }) => file)).toEqual([first, second]);
    expect(documents[0]?.lines).toEqual(documents[1]?.lines);
  });
});

describe('log classify', () => {
  it('[B4] prints class, family, verdict, confidence and the line numbers that decided', async () => {
    const file = aFile(BUILD);
    const { code, stdout } = await runCommand(['log', 'classify', file, '--json']);
    expect(code).toBe(0);
    expect(parsed(stdout)).toEqual([
      {
        file,
        class: 'compilation_error',
        family: 'code',
        verdict: 'regression',
        chance: 'lasts',
        confidence: expect.closeTo(0.9, 0),
        alternatives: expect.any(Array),
        signature: expect.any(String),
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        evidence: expect.arrayContaining([302]),
        match: expect.objectContaining({ severity: 'error', service: null, parents: [] }),
        failed: true,
        abstention: null,
        notes: [],
      },
    ]);
  });

  it('answers unknown where nothing is known, and exits with 0', async () => {
    const { code, stdout } = await runCommand(['log', 'classify', '-', '--json'], 'all quiet\n');
    expect(code).toBe(0);
    expect(parsed(stdout)).toMatchObject([{ file: '-', class: 'unknown', verdict: 'unknown', confidence: 0 }]);
  });

  it('says why there is no verdict', async () => {
    const log = 'deploy: something went wrong\nError: Process completed with exit code 3.\n';
    const { stdout } = await runCommand(['log', 'classify', '-'], log);
    expect(stdout.toString()).toContain(
      'Whether it passes when run again is unknown: the log does not say what failed.\n',
    );
  });

  it('uses what the context says of the run', async () => {
    const file = aFile('test log\nnpm error code ECONNRESET\nnpm error network read ECONNRESET\n');
    const confidence = async (...context: string[]): Promise<number> => {
      const { stdout } = await runCommand(['log', 'classify', file, '--json', ...context]);
      return (parsed(stdout) as [{ confidence: number }])[0].confidence;
    };
    const third = aFile(JSON.stringify({ attempt: 3 }), 'context.json');
    expect(await confidence('--context', third)).toBeLessThan(await confidence());
  });

  it.each([
    ['{"attempt": 0}', 'attempt: '],
    ['[]', 'the document: '],
    ['attempt: 1', 'this is not JSON. '],
  ])('refuses the context %s', async (content, reason) => {
    const context = aFile(content, 'context.json');
    const { code, stderr } = await runCommand(['log', 'classify', aFile(BUILD), '--context', context]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${context}: ${reason}`);
  });

  it('names what it does not use of the context', async () => {
    const context = aFile('{"attempt": 1, "weather": "fine"}', 'context.json');
    const { code, stderr } = await runCommand(['log', 'classify', aFile(BUILD), '--context', context]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `selfheal: ${context}: unknown fields are ignored: weather.\n`,
    });
  });
});

describe('redact', () => {
  it('reads standard input and counts on stderr', async () => {
    const { code, stdout, stderr } = await runCommand(['redact', '--report'], `one ${TOKEN}\r\ntwo`);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe('one [redacted:github-token:1]\r\ntwo');
    expect(stderr).toBe('github-token 1\n');
  });

  it('gives what could be read of a file that breaks off, and exits with 2', async () => {
    const { code, stderr } = await runCommand(['redact', aFile(gzipSync(BUILD).subarray(0, -12))]);
    expect(code).toBe(2);
    expect(stderr).toContain('the gzip data is truncated');
  });
});

describe('what a configuration leaves out of logs', () => {
  const LOG = 'DEBUG error: probe failed\nERROR the real one\n';
  const configuration = (logReading: object) => aFile(JSON.stringify({ version: 1, logReading }));

  it.each(['excerpt', 'classify'])('[A33] is left out by log %s too', async (verb) => {
    const read = async (logReading: object) =>
      (await runCommand(['log', verb, aFile(LOG), '--config', configuration(logReading)])).stdout.toString();
    expect(await read({})).toContain('probe failed');
    const left = await read({ skipLevels: ['debug'] });
    expect(left).not.toContain('probe failed');
    expect(left).toContain('the real one');
  });

  it('is refused with the pattern that is none', async () => {
    const { code, stderr } = await runCommand([
      'log',
      'excerpt',
      aFile(LOG),
      '--config',
      configuration({ skipLines: ['(?!x)'] }),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('logReading.skipLines: (?!x): ');
  });
});

describe('knowledge search', () => {
  it('[D130] finds playbooks by the words of a question', async () => {
    const { code, stdout } = await runCommand(['knowledge', 'search', '--query', 'no space left on device', '--json']);
    expect(code).toBe(0);
    const [{ results }] = parsed(stdout) as [{ results: { id: string; score: number }[] }];
    expect(results[0]).toEqual({
      id: 'disk-full',
      title: expect.any(String),
      score: expect.any(Number),
      resolution: expect.any(String),
      reasons: ['both contain left, space'],
    });
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('finds words that are written wrong', async () => {
    const { stdout } = await runCommand(['knowledge', 'search', '--query', 'certifcate expird', '--json']);
    const [{ results }] = parsed(stdout) as [{ results: { id: string }[] }];
    expect(results[0]?.id).toBe('certificate-expired');
  });

  it('says that nothing found', async () => {
    const { code, stdout, stderr } = await runCommand(['knowledge', 'search', '--query', 'zzzzqqqq']);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'selfheal: nothing found.\n',
    });
  });
});

describe('the program', () => {
  it('ends quietly when nobody reads its output any more', () => {
    const main = join(import.meta.dirname, '../../../apps/cli/main.ts');
    const file = aFile(BUILD.repeat(400));
    const script = 'set -o pipefail; "$0" "$1" redact "$2" | head -1; echo "$?"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, main, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('Compiling part 0\n0\n');
  });
});
