import { readFile } from 'node:fs/promises';
import { type OptionSpec, UsageError } from '@selfheal/cli-kit/command.ts';
import {
  GATE_SETTINGS,
  type GateSetting,
  GateSettings,
  gateSettingHint,
  parseGateSetting,
} from '@selfheal/pull-request-quality/domain/gates/gate-settings.ts';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { REPOSITORY_FILE } from '#shared/domain/configuration/repository-file.ts';
import { type DecidingFiles, pathBelow } from '../input/base-files.ts';

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

/**
 * An option counts more than its environment variable, that more than the file. The file of a proposal is that of its base; `notes` say what became of the proposal's own. Throws
 * `UsageError` naming the one that is wrong.
 */
export async function gateSettingsOf(
  options: Readonly<Record<string, unknown>>,
  environment: Environment,
  files: DecidingFiles,
): Promise<{ readonly settings: GateSettings; readonly notes: readonly string[] }> {
  const { gates, notes } = await settingsFile(options.settings, files);
  const given: Partial<Record<GateSetting, unknown>> = { ...gates };
  for (const [setting, { variable, option }] of OPTION_OF) {
    const typed = options[option];
    const [name, text] = typeof typed === 'string' ? [`--${option}`, typed] : [variable, environment[variable]];
    if (text === undefined || text === '') continue;
    const value = parseGateSetting(setting, text);
    if (value === undefined) throw new UsageError(`${name} is "${text}": expected ${gateSettingHint(setting)}.`);
    given[setting] = value;
  }
  return { settings: GateSettings.parse(given), notes };
}

const SettingsFile = z.object({ gates: GateSettings.partial().optional() });

interface SettingsOfFile {
  readonly gates: NonNullable<z.infer<typeof SettingsFile>['gates']>;
  readonly notes: readonly string[];
}

async function settingsFile(named: unknown, files: DecidingFiles): Promise<SettingsOfFile> {
  const path = typeof named === 'string' ? named : REPOSITORY_FILE;
  const below = typeof named === 'string' ? pathBelow('.', named) : path;
  const isOutside = typeof named === 'string' && (below === null || !(await files.isCommitted(below)));
  if (files.from === null || isOutside || below === null)
    return { gates: await settingsHere(path, named, files), notes: [] };
  const [found, own] = await Promise.all([files.read(below), files.own(below)]);
  if (found.kind === 'unreachable')
    return {
      gates: {},
      notes: [`${path} of ${files.from} cannot be read, so the built-in settings hold. ${found.reason}`],
    };
  if (found.kind === 'missing')
    return {
      gates: {},
      notes:
        own === null
          ? []
          : [
              `${path} is new in this change and counts once it is merged; ${files.from} has none, so the built-in settings hold.`,
            ],
    };
  const isChanged = own !== null && own.replaceAll('\r', '') !== found.text.replaceAll('\r', '');
  return {
    gates: parsedSettings(found.text, `${path} of ${files.from}`),
    notes: isChanged
      ? [`${path} is that of ${files.from}; what this change makes of it counts once it is merged.`]
      : [],
  };
}

/** The file as it lies here. */
async function settingsHere(path: string, named: unknown, files: DecidingFiles): Promise<SettingsOfFile['gates']> {
  const text = typeof named === 'string' ? await readFile(path, 'utf8').catch(() => null) : await files.read(path);
  if (text !== null && typeof text !== 'string' && text.kind === 'missing') return {};
  if (text === null || (typeof text !== 'string' && text.kind === 'unreachable'))
    throw new UsageError(`${path}: the settings of the gates cannot be read. Check the path.`);
  return parsedSettings(typeof text === 'string' ? text : text.text, path);
}

function parsedSettings(text: string, path: string): SettingsOfFile['gates'] {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new UsageError(`${path}: this is not YAML (${problem.message.split('\n')[0] ?? ''}).`);
  const parsed = SettingsFile.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
  if (parsed.success) return parsed.data.gates ?? {};
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join('.') ?? 'gates'} is not valid (${issue?.message ?? 'invalid'}).`);
}
