import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricsArtifact } from '@selfheal/pull-request-quality/domain/ci-metrics/run-record.ts';
import { GATE_SETTINGS, GateSettings } from '@selfheal/pull-request-quality/domain/gates/gate-settings.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { aFolder, runCommand } from '../cli/run-command.ts';

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

  const RECORDED = { coverage: 93, 'vulnerabilities.high': 2, 'vulnerabilities.critical': 0, 'duration.tests': 100 };
  type Metrics = Partial<typeof RECORDED>;
  const metricsOf = (metrics: Metrics): string[] =>
    Object.entries({ ...RECORDED, ...metrics }).flatMap(([name, value]) => ['--metric', `${name}=${value}`]);

  /** The value that a row of the page gives a setting: `X=0`, "Lower X to 1", "raise X to just below the baseline", or "Raise X", here threefold. */
  const advisedValue = (row: string, variable: string): string => {
    const [, verb, stated, lowered, underBaseline] =
      new RegExp(
        `(?:(lower|raise) )?\`${variable}(?:=(\\d+))?\`(?: to (?:(\\d+)|(just below the baseline)))?`,
        'i',
      ).exec(row) ?? [];
    const [setting] = Object.entries(GATE_SETTINGS).find(([, one]) => one.variable === variable) ?? [''];
    const now = Number(GateSettings.parse({})[setting as keyof GateSettings]);
    const value = Number(stated ?? lowered ?? (underBaseline ? RECORDED.coverage - 1 : 3 * now));
    if (verb !== undefined) expect(value > now, `${verb} ${variable}: ${now} to ${value}`).toBe(/raise/i.test(verb));
    expect(verb ?? stated).toBeDefined();
    return `${value}`;
  };

  it.each<
    [symptom: string, variable: string, recorded: Metrics, seen: Metrics, codes: [before: number, after: number]]
  >([
    ['coverage creeps down', 'DELTA_COVERAGE', {}, { coverage: 90.5 }, [0, 1]],
    ['coverage creeps down', 'MIN_COVERAGE', {}, { coverage: 90.5 }, [0, 1]],
    [
      'a new scanner finds many old things',
      'MAX_HIGH',
      { 'vulnerabilities.high': 20 },
      { 'vulnerabilities.high': 20 },
      [1, 0],
    ],
    ['no vulnerability should be added', 'DELTA_VULN_HIGH', {}, { 'vulnerabilities.high': 3 }, [0, 1]],
    ['no vulnerability should be added', 'DELTA_VULN_CRITICAL', {}, { 'vulnerabilities.critical': 1 }, [0, 1]],
    ['durations fail on slow runners', 'DELTA_DURATION', {}, { 'duration.tests': 250 }, [1, 0]],
  ])('[B104] helps as it says where %s: %s', async (symptom, variable, recorded, seen, codes) => {
    const row = section('gates.md', 'Tune the thresholds')
      .split('\n')
      .find((line) => line.startsWith(`| ${symptom} |`));
    const value = advisedValue(row ?? '', variable);
    const state = join(aFolder(), 'state');
    const gate = async (verb: string, metrics: Metrics, environment: Readonly<Record<string, string>>, run = '9') =>
      await runCommand(
        ['gate', verb, ...(verb === 'update' ? ['--run', run] : []), ...metricsOf(metrics), '--state', state],
        '',
        COMMANDS,
        environment,
        { now: () => Date.parse('2026-11-20T12:00:00.000Z') },
      );
    for (const run of ['1', '2', '3']) expect((await gate('update', recorded, {}, run)).code).toBe(0);
    const gating = { VULN_GATING: '1' };
    const before = await gate('check', seen, gating);
    const after = await gate('check', seen, { ...gating, [variable]: value });
    expect([before.code, after.code], `${variable}=${value}\n${after.stdout}${after.stderr}`).toEqual(codes);
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
