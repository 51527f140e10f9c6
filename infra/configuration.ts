import { readFileSync } from 'node:fs';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
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
  const content = readJson(path);
  const parsed = configurationWith(plugins).safeParse(content);
  if (parsed.success) return withPlaybooks(parsed.data, path, report);
  const hints = Object.entries(ELSEWHERE).filter(([section]) => Object.hasOwn(Object(content), section));
  throw new InvalidInput(
    [`${path} is not valid:`, z.prettifyError(parsed.error), ...hints.map(([, where]) => where)].join('\n'),
  );
}

/** Sections of the `config.json` of other tools, and where their settings are here. */
const ELSEWHERE = {
  ai: 'ai.model is model.modelId here, and ai.temperature is model.temperature; the key is no setting, see docs/guide/models.md.',
  app: 'Nothing of app is set here: LOG_LEVEL=DEBUG logs more, and npm start -- --port N chooses the port.',
} as const;

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : (cause as Error).message;
    throw new InvalidInput(
      `${path} cannot be read: ${why}. Name another file with --config FILE (with cdk: --context config=FILE).`,
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
