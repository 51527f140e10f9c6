import type { ResourceReader } from '#shared/ports/cloud.ts';
import { autoScalingReader } from './auto-scaling-reader.ts';
import { databaseReader } from './database-reader.ts';
import { ecsServiceReader } from './ecs-service-reader.ts';
import { lambdaFunctionReader } from './lambda-function-reader.ts';
import { makeResourceReader } from './resource-reader.ts';

/** For functions that read what the actions of all families change. */
export function makeAllResourcesReader(): ResourceReader {
  return makeResourceReader({
    ...ecsServiceReader(),
    ...lambdaFunctionReader(),
    ...autoScalingReader(),
    ...databaseReader(),
  });
}
