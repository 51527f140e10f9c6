import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

function aService(): string {
  const folder = aFolder();
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  write('cpu.csv', Array.from({ length: 120 }, (_, row) => `${1_760_000_000 + 60 * row},92\n`).join(''));
  write('app.log', Array.from({ length: 20 }, (_, id) => `SELECT name FROM items WHERE id = ${id}\n`).join(''));
  write('orders.js', 'for (const id of ids) {\n  await db.query(sql, [id]);\n}\n');
  const used = { values: Array.from({ length: 150 }, () => 2) };
  const document = {
    service: 'checkout',
    metrics: [{ kind: 'cpu-percent', series: { file: 'cpu.csv' } }],
    logs: ['app.log'],
    sources: ['orders.js'],
    provisions: [
      { resource: 'web', kind: 'instances', provisioned: 10, unit: 'instances', used, monthlyCost: 100, least: 2 },
    ],
  };
  write('service.json', JSON.stringify(document));
  return join(folder, 'service.json');
}

describe('performance advise', () => {
  it('[C54] [C67] [C73] [D32] [D33] ranks what metrics, logs and code together speak for, and exits with 1 for a bottleneck', async () => {
    const { code, stdout } = await runCommand(['performance', 'advise', aService(), '--json']);
    const advice = JSON.parse(stdout.toString());
    expect(code).toBe(1);
    expect(advice.bottlenecks).toMatchObject([{ kind: 'cpu-percent', limit: 80, value: 92 }]);
    expect(advice.suggestions[0]).toMatchObject({ id: 'query_optimization', area: 'database' });
    expect(advice.suggestions[0].evidence.map(({ source }: { source: string }) => source)).toEqual(['log', 'code']);
    expect(advice.suggestions.map(({ id }: { id: string }) => id)).toContain('resource_scaling');
    expect(advice.costs).toMatchObject([{ resource: 'web', enough: 3, saving: { percent: 70, monthly: 70 } }]);
  });

  it('says the same as text, with the places', async () => {
    const { stdout } = await runCommand(['performance', 'advise', aService()]);
    expect(stdout.toString()).toMatch(/^bottleneck {2}cpu-percent: CPU above 80 % in 100 % of the values/m);
    expect(stdout.toString()).toMatch(
      /^1\. Run fewer and smaller database queries \(query_optimization, \d\d of 100\)$/m,
    );
    expect(stdout.toString()).toMatch(/^ {3}because app\.log:1: one statement 20 times in a row/m);
    expect(stdout.toString()).toMatch(/^cost {2}web: 10 to 3 instances saves 70 %, 70 a month/m);
  });

  it('keeps to the limits of a configuration', async () => {
    const config = aFile(JSON.stringify({ version: 1, performance: { cpuPercent: 95 } }), 'selfheal.json');
    const { code, stdout } = await runCommand(['performance', 'advise', aService(), '--json', '--config', config]);
    expect([code, JSON.parse(stdout.toString()).bottlenecks]).toEqual([0, []]);
  });

  it('suggests nothing where nothing gives a reason', async () => {
    const { code, stdout } = await runCommand(['performance', 'advise', '-'], '{}');
    expect([code, stdout.toString()]).toEqual([0, expect.stringContaining('No suggestions')]);
  });

  it.each([
    [
      '{"metrics":[{"kind":"luck","series":{"values":[1]}}]}',
      /not a valid document of metrics, logs and sources \(metrics\.0\.kind/,
    ],
    ['{"logs":["gone.log"]}', /gone\.log: no such file/],
    ['[]', /not a valid document of metrics/],
  ])('exits with 2 on %s', async (document, reason) => {
    const { code, stderr } = await runCommand(['performance', 'advise', aFile(document, 'a.json')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });
});
