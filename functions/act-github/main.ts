import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { lambdaMeter } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithub } from '#shared/adapters/github/github.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

const { apiUrl } = loadConfiguration(process.env).github;
const environment = readEnvironment(config, process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });
const evidence = makeS3EvidenceStore({ bucket: environment.evidenceBucket });

export const handler = actFunction(config, {
  ...makeGithub({ apiUrl, secret: () => secrets.read('github-token'), clock: systemClock, meter: lambdaMeter }),
  fixes: evidence,
  quarantines: evidence,
});
