import { type Mapping, readByMapping } from '#shared/domain/webhooks/mapping.ts';
import { type AlertSource, defineSource } from '../contract.ts';
import mappings from './mappings.json' with { type: 'json' };

/** A mapping without the examples that prove it. */
export type PackedMapping = Omit<Mapping, 'examples'>;

/** The source that a mapping describes. */
export function mappedSource(mapping: PackedMapping): AlertSource {
  const [first = 'bearer', ...others] = mapping.schemes;
  return defineSource({
    kind: 'alerts',
    id: mapping.id,
    title: mapping.title,
    schemes: [first, ...others],
    read: ({ body, receivedAt }) => readByMapping(mapping, body, receivedAt),
  });
}

/** The mappings of `shared/data/mappings`, which a test has read and tried. */
export const MAPPED_SOURCES: readonly AlertSource[] = (mappings as readonly PackedMapping[]).map(mappedSource);
