import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { Configuration, type DeployedSettings } from '#shared/domain/configuration/configuration.ts';
import { Home } from '#shared/domain/incident/home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `selfheal.json`, which the build puts beside each bundle (`LAMBDA_TASK_ROOT`, otherwise the working directory).
 * `DEPLOYED_SETTINGS` holds what variables at deployment set over the file. `DEPLOYMENT_PLACE` says which account and region the deployment runs in; `GITHUB_API_URL` overrides `github.apiUrl`, for
 * the local runtime. Throws `InvalidInput` that says what to fix.
 */
export function loadConfiguration(environment: Environment): Configuration {
  const path = join(environment.LAMBDA_TASK_ROOT ?? '.', 'selfheal.json');
  const packed = withDeployed(parseConfiguration(readText(path), path), environment.DEPLOYED_SETTINGS);
  const configuration = atHome(packed, environment.DEPLOYMENT_PLACE);
  const apiUrl = environment.GITHUB_API_URL;
  if (!apiUrl) return configuration;
  if (!/^https?:\/\//.test(apiUrl))
    throw new InvalidInput(`GITHUB_API_URL must be an http or https URL, not ${apiUrl}.`);
  return { ...configuration, github: { ...configuration.github, apiUrl } };
}

function withDeployed(packed: Configuration, text: string | undefined): Configuration {
  if (!text) return packed;
  const { actAtConfidence, ...sections } = JSON.parse(text) as DeployedSettings;
  const policy = actAtConfidence === undefined ? packed.policy : { ...packed.policy, actAtConfidence };
  const parsed = Configuration.safeParse({ ...packed, ...sections, policy });
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`DEPLOYED_SETTINGS is not valid:\n${z.prettifyError(parsed.error)}\nDeploy the stack again.`);
}

/** `place`: `<partition>:<region>:<account>`, as infra writes it. */
function atHome(configuration: Configuration, place: string | undefined): Configuration {
  if (!place) return configuration;
  const [partition, region, account, ...more] = place.split(':');
  const home = Home.safeParse({ partition, region, account });
  if (home.success && more.length === 0) return { ...configuration, home: home.data };
  throw new InvalidInput(
    `DEPLOYMENT_PLACE must be <partition>:<region>:<account>, not ${place}. Deploy the stack again.`,
  );
}

/** Parses the text of a `selfheal.json`; `path` is only used in errors. */
export function parseConfiguration(text: string, path = 'selfheal.json'): Configuration {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = Configuration.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${path} is not valid:\n${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvalidInput(`${path} cannot be read. Run npm run build.`, { cause });
  }
}
