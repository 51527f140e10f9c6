import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

const { apiUrl } = loadConfiguration(process.env).github;
const secrets = makeSecretReader({ 'github-token': readEnvironment(config, process.env).githubTokenSecret });

export const handler = actFunction(config, {
  codeHost: makeGithubCodeHost(
    githubAccess({ apiUrl, secret: () => secrets.read('github-token'), clock: systemClock }),
  ),
});
