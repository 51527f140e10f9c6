import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FigureReport } from '@selfheal/cli-kit/figures/figures.ts';
import { expect, it } from 'vitest';
import { aFolder, runLab } from '../../cli/run-command.ts';

const REFUSED = 'connect ECONNREFUSED 10.0.0.7:5432\n';
const TYPE_ERROR = "src/orders.ts(14,7): error TS2322: Type 'string' is not assignable to type 'number'.\n";
const JUNIT = '<testsuite name="cart" tests="1" failures="1"><testcase name="adds" time="0.25"><failure/></testcase>';

it('counts a file as right when all that is asked of it is true, and names what is wrong', async () => {
  const root = aFolder();
  const files = {
    'A1.log': REFUSED,
    'A2.log': REFUSED,
    'K-type-1.log': TYPE_ERROR,
    'R1.xml': `${JUNIT}</testsuite>\n`,
    'R2.xml': JUNIT,
    'expected.jsonl': [
      { file: 'A1.log', verdict_not: 'regression', rerun: true, must_show: 'ECONNREFUSED' },
      { file: 'A2.log', classes: ['lint_violation'], rerun: false, must_show: 'no such words' },
      { file: 'K-type-1.log', classes: ['compilation_error'], verdict: 'regression', min_confidence: 0.5 },
      { file: 'R1.xml', report: { tests: 1, failures: 1, first_duration_seconds: 0.25 } },
      { file: 'R2.xml', report: { parsed: true } },
      { file: 'R2.xml', refused: 'line' },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(''),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'public-reports', path)), { recursive: true });
    writeFileSync(join(root, 'public-reports', path), text);
  }
  const { code, stdout, stderr } = await runLab(['eval', 'public-reports', '--data', root, '--json']);
  const { figures } = JSON.parse(stdout.toString()) as FigureReport;
  const shares = Object.fromEntries(figures.map(({ name, value, cases }) => [name.trim(), [value * cases, cases]]));
  expect(code).toBe(0);
  expect(shares).toMatchObject({
    'logs right': [2, 3],
    'lasting failures run again': [1, 3],
    'reports right': [2, 3],
    'K-type': [1, 1],
  });
  expect(stderr).toMatch(/A2\.log: class .*, not lint_violation; run again; does not show no such words/);
  expect(stderr).toMatch(/R2\.xml: refused: /);
  expect(stderr).not.toMatch(/A1\.log|K-type|R1\.xml/);
});
