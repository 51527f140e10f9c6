import { Refused } from '@selfheal/kernel/errors.ts';
import type { ResourceState } from '@selfheal/log-reading/logs/resource-state.ts';
import type { ResourceRef } from '#shared/domain/plan/resource-ref.ts';
import type { ResourceReader } from '#shared/ports/cloud.ts';
import { callAws } from './errors.ts';

type Kind = ResourceRef['kind'];
/** Readers by kind of resource; a function contains only the clients it uses. */
export type KindReaders = {
  readonly [K in Kind]?: (ref: Extract<ResourceRef, { kind: K }>) => Promise<Extract<ResourceState, { kind: K }>>;
};

/** Reads the kinds for which it was given readers and refuses all others. */
export function makeResourceReader(readers: KindReaders): ResourceReader {
  return {
    read: async (ref) => {
      const read = readers[ref.kind] as ((ref: ResourceRef) => Promise<ResourceState>) | undefined;
      if (read === undefined) throw new Refused(`This function cannot read resources of kind ${ref.kind}.`);
      return await callAws(`Reading the ${ref.kind} of a remedy`, () => read(ref));
    },
  };
}
