import type { ResourceReader } from '#shared/ports/cloud.ts';
import { ecsServiceReader } from './ecs-service-reader.ts';
import { makeResourceReader } from './resource-reader.ts';

/** For functions that look at what the actions of all families change. */
export function makeAllResourcesReader(): ResourceReader {
  return makeResourceReader({ ...ecsServiceReader() });
}
