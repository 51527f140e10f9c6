import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLedger, provenIds, stateOf } from '../../../tools/requirements.ts';

const LEDGER = `## A.1 Flow (A1-A3)\n\n## Superseded rows\n\n| A2 | replaced by something better |\n`;
const report = (...tests: [string, string][]) => ({
  testResults: [{ assertionResults: tests.map(([fullName, status]) => ({ fullName, status })) }],
});

describe('the requirements ledger', () => {
  it('counts a row as proven when every test that carries it passed', () => {
    const proven = provenIds(report(['flow [A1][A3] heals', 'passed'], ['flow [A3] also that', 'failed']));
    expect([...proven]).toEqual(['A1']);
  });

  it('does not count a row whose test was skipped', () => {
    expect([...provenIds(report(['[A1] later', 'skipped']))]).toEqual([]);
  });

  it('puts every row of a group under proven, superseded or open', () => {
    const [group] = stateOf(parseLedger(LEDGER), new Set(['A1']));
    expect(group).toMatchObject({ proven: ['A1'], superseded: ['A2'], open: ['A3'] });
  });

  it('refuses a superseded row without a reason or without a group', () => {
    expect(() => parseLedger('## A.1 Flow (A1-A3)\n| A2 | no |')).toThrow('A2');
    expect(() => parseLedger('## A.1 Flow (A1-A3)\n| B2 | replaced by something |')).toThrow('B2');
  });

  it('knows all 593 rows of the five documents', () => {
    const ledger = parseLedger(readFileSync(join(import.meta.dirname, '../../../docs/requirements.md'), 'utf8'));
    expect(ledger.groups.flatMap((group) => group.ids)).toHaveLength(593);
    expect(ledger.superseded.get('D15')).toContain('DynamoDB');
  });
});
