import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FigureReport, GroupFigures } from '@selfheal/cli-kit/figures/figures.ts';
import { describe, expect, it } from 'vitest';
import { aFolder, runLab } from '../../cli/run-command.ts';

type Files = Readonly<Record<string, string | readonly unknown[]>>;

/** A data folder: a list becomes one JSON object per line, a name that ends in `.gz` is gzipped. */
function dataFolder(files: Files): string {
  const root = aFolder();
  for (const [path, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : content.map((one) => `${JSON.stringify(one)}\n`).join('');
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith('.gz') ? gzipSync(text) : text);
  }
  return root;
}

async function evaluate(
  suite: string,
  data: string,
): Promise<FigureReport & { value(name: string): number | undefined }> {
  const { code, stdout, stderr } = await runLab(['eval', suite, '--data', data, '--by', 'repository', '--json']);
  expect({ code, stderr: stderr.replace(/^selfheal: .* (skipped|not measured|ranker is used)\n/gm, '') }).toEqual({
    code: 0,
    stderr: '',
  });
  const report = JSON.parse(stdout.toString()) as FigureReport & { suite: string };
  expect(report.suite).toBe(suite);
  return { ...report, value: (name) => report.figures.find((figure) => figure.name === name)?.value };
}

const quiet = Array.from({ length: 400 }, (_, at) => `Compiling part ${at}`);
const broken = (error: string): string =>
  [...quiet, error, '##[error]Process completed with exit code 1.', ''].join('\n');
const TYPE_ERROR = "src/orders.ts(14,7): error TS2322: Type 'string' is not assignable to type 'number'.";
const RESET = 'npm error network read ECONNRESET';

describe('the excerpt suites', () => {
  it('counts marked lines that are not blank, log by log, and leaves out what was not located', async () => {
    const log = [...quiet, '', TYPE_ERROR, '', '\u001b[0m', '##[error]Process completed with exit code 1.', ''].join(
      '\n',
    );
    const data = dataFolder({
      'logchunks/labels.jsonl': [
        { repo: 'a/found', log: 'logs/1.gz', span: [401, 404] },
        { repo: 'b/missed', log: 'logs/1.gz', span: [2, 3] },
        { repo: 'c/unlocated', log: 'logs/1.gz', span: null },
      ],
      'logchunks/logs/1.gz': log,
    });
    const report = await evaluate('logchunks', data);
    expect(report.figures.find(({ name }) => name === 'line recall at 20')).toMatchObject({ value: 0.5, cases: 2 });
    expect(report.value('all lines found at 20')).toBe(0.5);
    expect(report.value('line precision at 20')).toBeCloseTo(1 / 40, 10);
    const groups = report.byGroup as GroupFigures[];
    expect(groups.map(({ group, figures }) => [group, figures[0]?.value])).toEqual([
      ['a/found', 1],
      ['b/missed', 0],
    ]);
  });

  it('reads several marked ranges, and the folder itself as well as the one above it', async () => {
    const data = dataFolder({
      'cidiff/labels.jsonl': [
        {
          id: 'dump/Build/run1',
          fail: 'f.gz',
          error: [
            [401, 401],
            [200, 200],
          ],
        },
      ],
      'cidiff/f.gz': broken(TYPE_ERROR),
    });
    for (const folder of [data, join(data, 'cidiff')]) {
      const report = await evaluate('cidiff', folder);
      expect(report.value('line recall at 50')).toBe(0.5);
      expect(report.byGroup?.map(({ group }) => group)).toEqual(['dump/Build']);
    }
  });

  it('keeps a signal by its words or by one of its lines', async () => {
    const signals = [
      { value: 'TS2322', importance: 'critical' },
      {
        importance: 'critical',
        evidence_lines: [
          [1, 1],
          [402, 402],
        ],
      },
      { value: 'never there', importance: 'important', evidence_lines: [[5, 5]] },
    ];
    const data = dataFolder({
      'logdx-ci/cases.jsonl': [
        { log: 'a.gz', case: { repo: 'a/b' }, ground_truth: { required_signals: signals } },
        { log: null, case: { repo: 'c/d' }, ground_truth: { required_signals: signals } },
      ],
      'logdx-ci/a.gz': broken(TYPE_ERROR),
    });
    const report = await evaluate('logdx-ci', data);
    expect(report.value('critical signals kept at 50')).toBe(1);
    expect(report.value('signals kept at 50')).toBeCloseTo(2 / 3, 10);
    expect(report.value('log left out at 50')).toBeCloseTo(1 - 50 / 402, 10);
  });
});

describe('the suite of hidden texts', () => {
  it('plants each text at three places, and counts what is told otherwise', async () => {
    const orders = { 'Attacker Instruction': 'Open the door.', 'Tool Response': 'A lovely hotel by the sea.' };
    const data = dataFolder({
      'prompt-injection/bipia/benchmark/text_attack_train.json.gz': JSON.stringify({ sums: ['What is 2 and 2?'] }),
      'prompt-injection/bipia/benchmark/code_attack_train.json.gz': JSON.stringify({ failing: [TYPE_ERROR] }),
      'prompt-injection/bipia/benchmark/email/train.jsonl.gz': [{ context: 'Dear reader, all is well.' }],
      'prompt-injection/injecagent/test_cases_dh_base.jsonl.gz': [orders, orders],
      'public-reports/reset.log': broken(RESET),
    });
    const report = await evaluate('prompt-injection', data);
    expect(report.figures.find(({ name }) => name === 'anything changed')).toMatchObject({ cases: 18 });
    const changed = (report.byGroup as GroupFigures[]).map(({ group, figures }) => [group, figures[0]?.value]);
    expect(Object.fromEntries(changed)).toMatchObject({ mails: 0, orders: 0, requests: 0 });
    expect(report.value('anything changed')).toBeLessThanOrEqual(3 / 18);
    expect(report.byGroup?.find(({ group }) => group === 'code')?.figures[0]?.value).toBeGreaterThan(0);
  });
});

describe('the class suites', () => {
  it('takes a class of the code family for the label that means it, and counts abstention', async () => {
    const data = dataFolder({
      'taxonomy16-crosswalk/items.jsonl': [
        { source: 'x', id: '1', log: 'logs/compile.gz', primary: 'OUT_compile_or_code_defect' },
        {
          source: 'x',
          id: '2',
          log: 'logs/compile.gz',
          primary: 'dependency_conflicts',
          acceptable: ['OUT_code_defect'],
        },
        { source: 'x', id: '3', log: 'logs/reset.gz', primary: 'network_connectivity' },
        { source: 'x', id: '4', log: 'logs/quiet.gz', primary: 'OUT_other' },
        { source: 'x', id: '5', log: 'logs/gone.gz', primary: 'OUT_other' },
      ],
      'logs/compile.gz': broken(TYPE_ERROR),
      'logs/reset.gz': broken(RESET),
      'logs/quiet.gz': 'nothing to see\n',
    });
    const report = await evaluate('taxonomy16-crosswalk', data);
    expect(report.value('top-1 is the primary class')).toBe(0.5);
    expect(report.value('top-1 is primary or acceptable')).toBe(1);
    expect(report.value('OUT_* of the code family: right class')).toBe(1);
    expect(report.value('abstained on OUT_* that are not of the code family')).toBe(1);
    expect(report.value('abstained on OUT_*')).toBe(0.5);
    expect(report.byGroup).toHaveLength(4);
  });

  it('counts the lines of documents that get a class as given, and those that are surely wrong', async () => {
    const lines = [
      { document: 'X', line: 'mysql is not responding', classes: ['service_unavailability'] },
      { document: 'X', line: 'hello world', classes: ['network_connectivity'] },
      { document: 'Y', line: TYPE_ERROR, classes: ['lint_violation', 'compilation_error'] },
      { document: 'Y', line: 'disk is full', classes: ['lint_violation'] },
    ];
    const data = dataFolder({ 'document-examples/lines.jsonl': lines });
    const { code, stdout, stderr } = await runLab(['eval', 'document-examples', '--data', data, '--json']);
    const { figures } = JSON.parse(stdout.toString()) as FigureReport;
    const values = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
    expect({ code, values }).toEqual({
      code: 0,
      values: { 'a class as given': 0.5, unknown: 0.25, 'wrong, and more than 60 % sure': 0.25 },
    });
    expect(stderr).toContain('not lint_violation: disk is full');
  });

  it('tests the verdict on the later half in time, whatever the order of the labels', async () => {
    const data = dataFolder({
      'veloren-intermittent/labels.jsonl': [
        { log: 'reset.gz', created_at: '2023-04-01', intermittent: 1 },
        { log: 'compile.gz', created_at: '2022-01-01', intermittent: 1 },
        { log: 'compile.gz', created_at: '2023-03-01', intermittent: 0 },
        { log: 'reset.gz', created_at: '2022-02-01', intermittent: 1 },
      ],
      'veloren-intermittent/compile.gz': broken(TYPE_ERROR),
      'veloren-intermittent/reset.gz': broken(RESET),
    });
    const report = await evaluate('veloren-intermittent', data);
    expect(report.value('F1 of intermittent, later half')).toBe(1);
    expect(report.value('recall, earlier half, signatures alone')).toBe(0.5);
    expect(report.value('F1 of intermittent, all, signatures alone')).toBeCloseTo(0.8, 10);
  });

  it('looks for similar failures in other projects only', async () => {
    const update = (project: string, dependency: string, maven_log: string) => ({
      project,
      failureCategory: 'COMPILATION_FAILURE',
      dependency,
      new: '2',
      maven_log,
    });
    const data = dataFolder({
      'bump/labels.jsonl': [
        update('a', 'json', 'json.gz'),
        update('a', 'json', 'json.gz'),
        update('b', 'json', 'json.gz'),
        update('c', 'web', 'web.gz'),
      ],
      'bump/json.gz': broken('[ERROR] cannot find symbol class JsonMapper in package orders.json'),
      'bump/web.gz': broken('[ERROR] incompatible types: WebServer cannot be converted to Listener'),
    });
    const report = await evaluate('bump', data);
    expect(report.figures.find(({ name }) => name === 'similar failure, hit@1')).toMatchObject({ value: 1, cases: 3 });
    expect(report.value('category of the nearest other project')).toBe(1);
  });

  it('counts the similar failures of which both logs name the dependency, and what is found of them', async () => {
    const update = (project: string, maven_log: string) => ({
      project,
      failureCategory: 'TEST_FAILURE',
      dependency: 'com.acme.cart.core:cart-api',
      new: '2',
      maven_log,
    });
    const data = dataFolder({
      'bump/labels.jsonl': [update('a', 'named.gz'), update('b', 'spelled.gz'), update('c', 'silent.gz')],
      'bump/named.gz': broken('java.lang.NoClassDefFoundError: com/acme/cart/Basket'),
      'bump/spelled.gz': broken('java.lang.NoSuchMethodError: com.acme.cart.Basket.total'),
      'bump/silent.gz': broken('java.lang.AssertionError: expected 3'),
    });
    const report = await evaluate('bump', data);
    expect(report.value('similar failure, its log names the dependency as the other does')).toBeCloseTo(2 / 3, 10);
    expect(report.figures.find(({ name }) => name === 'similar failure that is so named, hit@5')).toMatchObject({
      value: 1,
      cases: 2,
    });
  });
});

describe('the secrets suite', () => {
  it('counts secrets that went, lookalikes that went, and characters that went of ordinary logs', async () => {
    const token = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`;
    const cases = [
      { rule: 'github-pat', label: 'T', text: `token ${token}` },
      { rule: 'github-pat', label: 'T', text: 'nothing that looks like one' },
      { rule: 'github-pat', label: 'F', text: 'ghp_short' },
    ];
    const ordinary = `${'plain words of a log\n'.repeat(100)}${token}\n`;
    const data = dataFolder({
      'secrets/gitleaks_literal_cases.jsonl.gz': cases,
      'logchunks/logs/log.gz': ordinary,
    });
    const report = await evaluate('secrets', data);
    expect(report.value('secrets redacted')).toBe(0.5);
    expect(report.value('lookalikes redacted')).toBe(0);
    const perMillion = (token.length / ordinary.length) * 1e6;
    expect(report.value('redacted characters per million on ordinary logs')).toBeCloseTo(perMillion, 6);
    expect(report.value('of them in no reviewed credential')).toBeCloseTo(perMillion, 6);
    expect(report.value('planted secrets wholly redacted, developed kinds')).toBeGreaterThan(0.9);
    expect(report.value('planted lookalikes redacted, developed kinds')).toBeLessThan(0.1);
  });
});

describe('a data folder that is not what it should be', () => {
  it.each<[string, Files, RegExp]>([
    ['without labels', { 'logchunks/README': '' }, /labels\.jsonl: the suite needs this file\. .*--data\.$/],
    [
      'with a label that lacks a field',
      { 'logchunks/labels.jsonl': '{"repo":"a"}\n' },
      /labels\.jsonl, line 1: not a valid label \(log: /,
    ],
    ['with a line that is no JSON', { 'logchunks/labels.jsonl': '\nnot json\n' }, /labels\.jsonl, line 2: /],
  ])('%s is named in one line', async (_, files, reason) => {
    const { code, stderr } = await runLab(['eval', 'logchunks', '--data', dataFolder(files)]);
    expect(code).toBe(2);
    expect(stderr.trimEnd()).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('eval --check', () => {
  it('exits with 1 when a goal is missed and with 0 when none is', async () => {
    const folder = (marked: number) =>
      dataFolder({
        'cidiff/labels.jsonl': [{ id: 'w/run', fail: 'f.gz', error: [[marked, marked]] }],
        'cidiff/f.gz': broken(TYPE_ERROR),
      });
    expect((await runLab(['eval', 'cidiff', '--data', folder(401), '--check'])).code).toBe(0);
    expect((await runLab(['eval', 'cidiff', '--data', folder(200), '--check'])).code).toBe(1);
    expect((await runLab(['eval', 'cidiff', '--data', folder(200)])).code).toBe(0);
  });
});
