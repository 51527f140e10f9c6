import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { REPOSITORY_FILE } from '#shared/domain/configuration/repository-file.ts';
import {
  GATE_SETTINGS,
  type GateSetting,
  GateSettings,
  gateSettingHint,
  parseGateSetting,
} from '#shared/domain/gates/gate-settings.ts';
import { type OptionSpec, UsageError } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const ABOUT: Readonly<Record<GateSetting, string>> = {
  deltaCoverage: 'points that the coverage may fall; 5.0',
  deltaHigh: 'further vulnerabilities of severity high that are allowed; 3',
  deltaCritical: 'further vulnerabilities of severity critical that are allowed; 1',
  deltaDuration: 'percent that a duration may grow; 100',
  deltaCount: 'how much any other count may grow; 3',
  vulnerabilityGating: '1: vulnerabilities fail the check; 0',
  maxHigh: 'maximum of vulnerabilities of severity high, or off; 10',
  maxCritical: 'maximum of vulnerabilities of severity critical, or off; 2',
  minCoverage: 'minimum coverage in percent, whatever the baseline is, or off; 90',
  minChangedCoverage: 'minimum coverage of the changed lines in percent, or off; 80',
};

const OPTION_OF = Object.entries(GATE_SETTINGS) as [GateSetting, (typeof GATE_SETTINGS)[GateSetting]][];

/** An option for each setting of the gates, and the file that holds them. */
export const GATE_OPTIONS: Readonly<Record<string, OptionSpec & { readonly type: 'string' }>> = {
  ...Object.fromEntries(
    OPTION_OF.map(([setting, { option, variable }]) => [
      option,
      { type: 'string', value: 'N', about: `${ABOUT[setting]} by default (${variable})` },
    ]),
  ),
  settings: { type: 'string', value: 'FILE', about: `YAML with the mapping "gates"; ${REPOSITORY_FILE} by default` },
};

/** An option counts more than its environment variable, that more than the file. Throws `UsageError` naming the one that is wrong. */
export function gateSettingsOf(
  options: Readonly<Record<string, unknown>>,
  environment: Environment,
  folder = '.',
): GateSettings {
  const given: Partial<Record<GateSetting, unknown>> = { ...settingsFile(options.settings, folder) };
  for (const [setting, { variable, option }] of OPTION_OF) {
    const typed = options[option];
    const [name, text] = typeof typed === 'string' ? [`--${option}`, typed] : [variable, environment[variable]];
    if (text === undefined || text === '') continue;
    const value = parseGateSetting(setting, text);
    if (value === undefined) throw new UsageError(`${name} is "${text}": expected ${gateSettingHint(setting)}.`);
    given[setting] = value;
  }
  return GateSettings.parse(given);
}

const SettingsFile = z.object({ gates: GateSettings.partial().optional() });

function settingsFile(named: unknown, folder: string): NonNullable<z.infer<typeof SettingsFile>['gates']> {
  const path = typeof named === 'string' ? named : `${folder}/${REPOSITORY_FILE}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (typeof named !== 'string' && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`${path}: the settings of the gates cannot be read. Check the path.`);
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new UsageError(`${path}: this is not YAML (${problem.message.split('\n')[0] ?? ''}).`);
  const parsed = SettingsFile.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
  if (parsed.success) return parsed.data.gates ?? {};
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join('.') ?? 'gates'} is not valid (${issue?.message ?? 'invalid'}).`);
}
