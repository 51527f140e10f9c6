import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';

/** How many of the latest incidents are looked at for what there is. */
const LATEST = '100';

/** What a list of incidents was narrowed by and may be misspelt. */
export interface NamedFilters {
  readonly repo?: string | undefined;
  readonly service?: string | undefined;
  readonly tag?: string | undefined;
}

/**
 * Sentences about repositories, services and tags that neither the configuration nor one of the latest incidents has, each with the nearest one or
 * what there is. Empty where all are known, so that nothing matches because nothing happened there.
 */
export async function unknownFilters({ repo, service, tag }: NamedFilters, { api }: ApiClient): Promise<string[]> {
  if (repo === undefined && service === undefined && tag === undefined) return [];
  const { incidents } = await contentOf(await api.incidents.$get({ query: { limit: LATEST, order: 'newest' } }));
  const subjects = incidents.map(({ subject }) => subject);
  const named = (field: string): string[] =>
    subjects.flatMap((subject) => (field in subject ? (subject[field as keyof typeof subject] ?? []) : []));
  const services =
    service === undefined
      ? []
      : (await contentOf(await api['service-levels'].$get({ query: { days: '1' } }))).services.map(
          (one) => one.service,
        );
  return [
    unknownIn('repository with incidents', repo, named('repository')),
    unknownIn('service', service, [...services, ...named('service')]),
    unknownIn(
      'tag of the latest incidents',
      tag?.toLowerCase(),
      incidents.flatMap(({ tags }) => tags),
    ),
  ].flat();
}

function unknownIn(noun: string, given: string | undefined, known: readonly string[]): string[] {
  const values = [...new Set(known)];
  if (given === undefined || values.length === 0 || values.includes(given)) return [];
  return [unknownValue(noun, given, values)];
}
