import * as z from 'zod';

const percent = z.number().min(0).max(100);
const count = z.number().int().min(0).max(1_000_000);
/** `null` switches a limit off. */
const limit = <T extends z.ZodType>(schema: T) => schema.nullable();

/** How strict the gates are: allowed regressions, and limits that hold whatever the baseline is. */
export const GateSettings = z.strictObject({
  /** Points that the coverage may fall. */
  deltaCoverage: percent.default(5),
  deltaHigh: count.default(3),
  deltaCritical: count.default(1),
  /** Percent that a duration may grow. */
  deltaDuration: z.number().min(0).max(10_000).default(100),
  /** How much any other count may grow. */
  deltaCount: count.default(3),
  /** Whether vulnerabilities fail the check. */
  vulnerabilityGating: z.boolean().default(false),
  maxHigh: limit(count).default(10),
  maxCritical: limit(count).default(2),
  minCoverage: limit(percent).default(90),
  minChangedCoverage: limit(percent).default(80),
});
export type GateSettings = z.infer<typeof GateSettings>;
export type GateSetting = keyof GateSettings;

/** Environment variable and option of each setting. */
export const GATE_SETTINGS: Readonly<Record<GateSetting, { readonly variable: string; readonly option: string }>> = {
  deltaCoverage: { variable: 'DELTA_COVERAGE', option: 'delta-coverage' },
  deltaHigh: { variable: 'DELTA_VULN_HIGH', option: 'delta-vuln-high' },
  deltaCritical: { variable: 'DELTA_VULN_CRITICAL', option: 'delta-vuln-critical' },
  deltaDuration: { variable: 'DELTA_DURATION', option: 'delta-duration' },
  deltaCount: { variable: 'DELTA_COUNT', option: 'delta-count' },
  vulnerabilityGating: { variable: 'VULN_GATING', option: 'vuln-gating' },
  maxHigh: { variable: 'MAX_HIGH', option: 'max-high' },
  maxCritical: { variable: 'MAX_CRITICAL', option: 'max-critical' },
  minCoverage: { variable: 'MIN_COVERAGE', option: 'min-coverage' },
  minChangedCoverage: { variable: 'MIN_CHANGED_COVERAGE', option: 'min-changed-coverage' },
};

const SWITCHES: Readonly<Record<string, boolean>> = { '1': true, true: true, '0': false, false: false };

/** The value of a setting as a person wrote it; `undefined` when it cannot be one. */
export function parseGateSetting(setting: GateSetting, text: string): GateSettings[GateSetting] | undefined {
  const word = text.trim().toLowerCase();
  const given =
    setting === 'vulnerabilityGating'
      ? SWITCHES[word]
      : word === 'off'
        ? null
        : /^\d{1,9}(?:\.\d{1,9})?$/.test(word)
          ? Number(word)
          : undefined;
  const parsed = GateSettings.shape[setting].safeParse(given);
  return given !== undefined && parsed.success ? parsed.data : undefined;
}

/** The values that a setting can have, for error messages. */
export function gateSettingHint(setting: GateSetting): string {
  if (setting === 'vulnerabilityGating') return '1 or 0';
  if (setting === 'deltaCoverage') return 'points from 0 to 100, such as 5.0';
  if (setting === 'deltaDuration') return 'percent from 0 to 10000, such as 100';
  if (setting === 'minCoverage' || setting === 'minChangedCoverage') return 'a percentage from 0 to 100, or off';
  return setting.startsWith('max') ? 'a whole number, or off' : 'a whole number';
}
