import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { present } from '@selfheal/kernel/present.ts';
import type { ModelChoice } from '#shared/plugins/resolve-model.ts';

/** Settings from the environment that override the configuration. */
export interface LocalSettings {
  /** Its key is never written to the configuration. */
  readonly model: Pick<ModelChoice, 'settings'> | null;
  readonly actAtConfidence: number | null;
  /** Sections of channels that the environment sets. */
  readonly notifiers?: Readonly<Record<string, unknown>>;
}

/** The model provider of a configuration file; `rules` means none. Throws an error that names the file where it holds no JSON object. */
export function providerOf(configurationFile: string): string {
  const { model } = jsonIn(configurationFile) as { model?: { provider?: unknown } };
  return String(model?.provider ?? 'rules');
}

function jsonIn(file: string): object {
  const advice = 'Compare it with config/selfheal.example.json.';
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}. ${advice}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error(`${file} holds no JSON object. ${advice}`);
}

/** Writes `configurationFile` with the settings applied to `target`, and creates its folder. Without a model, rules diagnose. */
export function writeWithSettings(
  configurationFile: string,
  { model, actAtConfidence, notifiers }: LocalSettings,
  target: string,
): void {
  const configuration = JSON.parse(readFileSync(configurationFile, 'utf8')) as { policy?: object; signatures?: object };
  const { folder } = (configuration.signatures ?? {}) as { folder?: string };
  const changed = {
    ...configuration,
    // Absolute, because the file is written to another folder.
    ...(folder === undefined ? {} : { signatures: { folder: resolve(dirname(configurationFile), folder) } }),
    model: model === null ? { provider: 'rules' } : model.settings,
    ...present({ notifiers }),
    ...(actAtConfidence === null ? {} : { policy: { ...configuration.policy, actAtConfidence } }),
  };
  mkdirSync(dirname(target), { recursive: true });
  copyPlaybooks(dirname(configurationFile), dirname(target));
  writeFileSync(target, `${JSON.stringify(changed, null, 2)}\n`);
}

/** Copies the user's playbooks, which are read from the folder beside the configuration. */
function copyPlaybooks(from: string, to: string): void {
  rmSync(join(to, 'playbooks'), { recursive: true, force: true });
  const folder = join(from, 'playbooks');
  if (existsSync(folder)) cpSync(folder, join(to, 'playbooks'), { recursive: true });
}
