import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsArtifact } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { GATE_SETTINGS, GateSettings } from '@selfheal/pull-request-quality/domain/gates/gate-settings.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '#apps/cli/commands/registry.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../../docs/guide', name), 'utf8');
/** The code blocks of a page in one language. */
const blocks = (name: string, language: string): string[] =>
  [...page(name).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
/** Sections by heading. */
const section = (name: string, heading: string): string =>
  page(name)
    .split(/^## /m)
    .find((part) => part.startsWith(heading)) ?? '';

describe('the guide to the gates', () => {
  it('[B104] names each setting, with an example that is accepted, and says when to change which', () => {
    for (const { variable } of Object.values(GATE_SETTINGS)) expect(page('gates.md')).toContain(variable);
    const [example] = blocks('gates.md', 'yaml').filter((text) => text.startsWith('gates:'));
    const settings = GateSettings.parse(parse(example ?? '').gates);
    expect(Object.keys(parse(example ?? '').gates).sort()).toEqual(Object.keys(settings).sort());
    const advice = section('gates.md', 'Tune the thresholds');
    for (const variable of [
      'DELTA_COVERAGE',
      'MIN_COVERAGE',
      'MAX_HIGH',
      'DELTA_VULN_HIGH',
      'DELTA_VULN_CRITICAL',
      'DELTA_DURATION',
    ])
      expect(advice).toContain(variable);
  });

  it('[B100] says what to do when the gates fail on the first run', () => {
    const row = section('gates.md', 'Trouble')
      .split('\n')
      .find((line) => line.includes('First run'));
    expect(row).toContain('MIN_COVERAGE=off');
    expect(row).toContain('gate update');
  });

  it('[B103] says how to review the drift each week', () => {
    expect(section('gates.md', 'Weekly')).toContain('selfheal gate baseline --drift --days 7');
  });

  it('uses only commands and options that there are', () => {
    const lines = ['gates.md', 'metrics.md'].flatMap(
      (name) => page(name).match(/selfheal (?:gate|ci) [a-z]+[^`\n]*/g) ?? [],
    );
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      const [, noun, verb] = line.split(/\s+/);
      const command = COMMANDS.find(({ name }) => name === `${noun} ${verb}`);
      expect(command?.name, line).toBe(`${noun} ${verb}`);
      for (const [, option = ''] of line.matchAll(/ --([a-z-]+)/g))
        expect(Object.keys(command?.options ?? {}), line).toContain(option);
    }
  });

  it('[B53] shows an artifact in the schema of the metrics', () => {
    const [artifact] = blocks('metrics.md', 'json');
    expect(MetricsArtifact.safeParse(JSON.parse(artifact ?? '')).success).toBe(true);
  });
});
