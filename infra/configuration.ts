import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { configurationWith, PLUGINS, type Plugins } from '#shared/plugins/plugins.ts';
import { withPlaybooks } from './configured-playbooks.ts';

/**
 * Reads the `selfheal.json` to deploy with. `plugins` validate the sections they own; each playbook that is left out is reported to `report`.
 * Throws `InvalidInput` with the file and every wrong field, before anything is built or synthesized.
 */
export function readConfiguration(
  path: string,
  report: (problem: string) => void = () => undefined,
  plugins: Pick<Plugins, 'actions' | 'notifiers'> = PLUGINS,
): Configuration {
  const parsed = configurationWith(plugins).safeParse(readJson(path));
  if (parsed.success) return withPlaybooks(parsed.data, path, report);
  throw new InvalidInput(`${path} is not valid:\n${z.prettifyError(parsed.error)}`);
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvalidInput(`${path} cannot be read. Pass another file with --context config=<path>.`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
