import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { afterAll, describe, expect, it } from 'vitest';
import type { Provenance } from '#shared/domain/learning/provenance.ts';
import { aFolder, runCommand } from './run-command.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

const inFolder = (): string[] => ['--registry', join(aFolder(), 'registry.json')];

/** Labelled logs of `repositories` repositories: each has a broken build and a lost connection. */
function labelledLogs(repositories: number): string {
  const folder = join(aFolder(), 'made');
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const items = Array.from({ length: repositories }, (_, at) => [
    aLog(folder, `build-${at}`, 'compilation_error', `unit${at}.q: error: unknown symbol quux in unit`),
    aLog(folder, `net-${at}`, 'network_connectivity', `error: peer ${at} hung up on the zocket`),
  ]);
  writeFileSync(join(folder, 'labels.jsonl'), items.flat().join('\n'));
  return folder;
}

function aLog(folder: string, id: string, failureClass: string, line: string): string {
  const log = join('logs', `${id}.log`);
  writeFileSync(join(folder, log), `begin\n${line}\nend of ${id}\n`);
  return JSON.stringify({ log, class: failureClass });
}

describe('selfheal train', () => {
  it('[D122] writes a model and where it is from, and reports on repositories held back', async () => {
    const [data, out] = [labelledLogs(30), aFolder()];
    const { code, stdout, stderr } = await runCommand(['train', '--data', data, '--out', out, '--json', ...inFolder()]);
    expect(stderr).toContain('60 logs read');
    expect(code).toBe(0);
    const report = JSON.parse(stdout.toString());
    const right = report.figures.find(({ name }: { name: string }) => name === 'all: right class');
    expect(right).toMatchObject({ cases: 60, interval: [expect.any(Number), expect.any(Number)] });
    expect(right.value).toBeGreaterThan(0.9);
    const model = readFileSync(join(out, 'failure.json'), 'utf8');
    expect(parseModelFile(JSON.parse(model)).id).toBe(report.model);
    const provenance = readFileSync(join(out, 'failure.provenance.json'), 'utf8');
    expect(JSON.parse(provenance)).toMatchObject({
      model: report.model,
      parameters: { folds: 5 },
      sources: [{ source: 'made', cases: 60, groups: 60 }],
    });
    expect(`${model}${provenance}`).not.toMatch(/quux|zocket/);
  });

  it('with --dry-run only reports', async () => {
    const [data, out, registry] = [labelledLogs(26), join(aFolder(), 'out'), join(aFolder(), 'registry.json')];
    const args = ['train', '--data', data, '--out', out, '--registry', registry, '--dry-run', '--json'];
    const { code, stdout, stderr } = await runCommand(args);
    expect([code, stderr]).toEqual([0, expect.stringContaining('this is a dry run')]);
    expect(JSON.parse(stdout.toString())).toMatchObject({ dryRun: true, figures: expect.any(Array) });
    expect([existsSync(out), existsSync(registry)]).toEqual([false, false]);
    expect((await runCommand([...args, '--steps', '2'])).stderr).toContain('leave it out with --dry-run');
  });

  it('learns the same from the same data, and names another model after other data', async () => {
    const idOf = async (repositories: number): Promise<string> => {
      const args = ['train', '--data', labelledLogs(repositories), '--out', aFolder(), '--json', ...inFolder()];
      return JSON.parse((await runCommand(args)).stdout.toString()).model;
    };
    const first = await idOf(26);
    expect(await idOf(26)).toBe(first);
    expect(await idOf(27)).not.toBe(first);
  });

  it('[C39][C42] keeps each training with its parameters, data and figures, and refuses to promote what cannot be compared, with reasons', async () => {
    const registry = inFolder();
    const train = async (data: string): Promise<string> => {
      const { stdout } = await runCommand(['train', '--data', data, '--out', aFolder(), '--json', ...registry]);
      return JSON.parse(stdout.toString()).model;
    };
    const listed = async () => {
      const { stdout } = await runCommand(['model', 'list', '--json', ...registry]);
      const rows = stdout
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      return Object.fromEntries(rows.map(({ id, stage }) => [id, stage]));
    };
    const trained = await train(labelledLogs(30));
    const [shipped] = Object.entries(await listed()).find(([, stage]) => stage === 'production') ?? [];
    expect(await listed()).toEqual({ [shipped ?? '']: 'production', [trained]: 'candidate' });
    // It was judged on other logs than the shipped one: it cannot be compared.
    const refused = await runCommand(['model', 'promote', trained, ...registry]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('labelled logs in common') });
    const asJson = await runCommand(['model', 'promote', trained, '--json', ...registry]);
    expect(JSON.parse(asJson.stdout.toString())).toMatchObject({ result: 'refused', reasons: [expect.any(String)] });
    expect((await runCommand(['model', 'rollback', ...registry])).code).toBe(1);
    const file = readFileSync(registry[1] ?? '', 'utf8');
    const tried = await runCommand(['model', 'promote', trained, '--dry-run', '--json', ...registry]);
    expect(JSON.parse(tried.stdout.toString())).toMatchObject({ result: 'refused', dryRun: true });
    expect(readFileSync(registry[1] ?? '', 'utf8')).toBe(file);
    expect(await listed()).toMatchObject({ [trained]: 'candidate' });
    const { versions } = JSON.parse(readFileSync(registry[1] ?? '', 'utf8'));
    const kept: Provenance[] = versions.map(({ provenance }: { provenance: Provenance }) => provenance);
    expect(kept.map(({ model }) => model)).toEqual([shipped, trained]);
    expect(kept[1]?.data).not.toBe(kept[0]?.data);
    expect(kept[1]).toMatchObject({
      parameters: { folds: 5 },
      metrics: expect.any(Array),
      trainedAt: expect.any(String),
    });
  });

  it('[D214] reports what growing shares of the repositories are worth', async () => {
    const [data, reports] = [labelledLogs(30), aFolder()];
    const args = ['train', '--data', data, '--out', aFolder(), '--steps', '3', '--reports', reports, ...inFolder()];
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(0);
    expect(stderr).toContain('step 3 of 3');
    const steps = [1, 2, 3].map((step) =>
      JSON.parse(readFileSync(join(reports, `training-${step}-of-3.json`), 'utf8')),
    );
    expect(steps.map(({ groups, cases }) => ({ groups, cases }))).toEqual([
      { groups: 20, cases: 20 },
      { groups: 40, cases: 40 },
      { groups: 60, cases: 60 },
    ]);
    const right = steps.map(({ figures }) => figures.find(({ name }: { name: string }) => name === 'all: right class'));
    expect(right).toEqual(right.map(() => expect.objectContaining({ cases: 60 })));
    expect(right[2].value).toBeGreaterThan(0.9);
    expect(readFileSync(join(reports, 'training-3-of-3.txt'), 'utf8')).toContain('all: right class');
  });

  it.each([
    ['no data', ['train'], 'needs --data'],
    ['a share of steps', ['train', '--data', labelledFew(), '--steps', '1.5'], 'a whole number from 2 to 10'],
    ['too few logs', ['train', '--data', labelledFew()], 'are needed'],
    [
      'a folder without labels',
      ['train', '--data', '/nowhere'],
      '/nowhere/labels.jsonl: cannot be read: put one JSON object',
    ],
    [
      'a log that is not there',
      ['train', '--data', labelledFew('{"log":"x.log","class":"unknown"}')],
      'x.log: cannot be read',
    ],
    ['an unknown class', ['train', '--data', labelledFew('{"log":"a.log","class":"sadness"}')], 'line 1'],
  ])('refuses %s in one line', async (_case, args, why) => {
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

function labelledFew(labels = '{"log":"a.log","class":"unknown"}'): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-few-'));
  made.push(folder);
  writeFileSync(join(folder, 'a.log'), 'begin\nend\n');
  writeFileSync(join(folder, 'labels.jsonl'), `${labels}\n`);
  return folder;
}
