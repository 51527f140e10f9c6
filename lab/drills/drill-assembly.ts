import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assembly, prepareAssembly } from '#apps/local/assembly.ts';

const SAMPLE = join(import.meta.dirname, '../../apps/local/sample/selfheal.json');
/**
 * Limits that a drill does not reach: it acts far more often per hour than a real policy allows, and raises the same alarm repeatedly, each time
 * for a new incident. The limit for storms stays.
 */
const DRILL_POLICY = {
  maxActionsPerHour: 1000,
  maxActionsPerTargetPerHour: 100,
  breakerFailures: 1000,
  flapWindowMinutes: 0,
};

interface SampleConfiguration {
  readonly services: readonly { readonly id: string }[];
  readonly policy?: object;
  readonly verification: object;
}

/**
 * The sample configuration with limits on actions that a drill does not reach, bundled and synthesized below `outDir`.
 * `policy` comes on top, and `change` gives sections that replace those of the sample.
 */
export async function prepareDrillAssembly(
  outDir: string,
  policy: Readonly<Record<string, number>> = {},
  change: (sample: SampleConfiguration) => object = () => ({}),
): Promise<Assembly> {
  const sample = JSON.parse(readFileSync(SAMPLE, 'utf8')) as SampleConfiguration;
  const configurationFile = join(outDir, 'selfheal.json');
  // Alarms that ring again would count against what had helped.
  const verification = { ...sample.verification, healedAfterDays: 0 };
  mkdirSync(outDir, { recursive: true });
  const limits = { ...sample.policy, ...DRILL_POLICY, ...policy };
  const configuration = { ...sample, policy: limits, verification, ...change(sample) };
  writeFileSync(configurationFile, `${JSON.stringify(configuration, null, 2)}\n`);
  return prepareAssembly({
    configurationFile,
    outDir: join(outDir, 'assembly'),
    context: { emails: 'on-call@example.com' },
  });
}
