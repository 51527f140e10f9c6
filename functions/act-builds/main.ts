import { makeBuildReader } from '#shared/adapters/aws/build-reader.ts';
import { makeBuildRetrier } from '#shared/adapters/aws/build-retrier.ts';
import { defineAct } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineAct(config, { builds: () => makeBuildReader(), buildRetries: () => makeBuildRetrier() });
