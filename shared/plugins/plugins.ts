import { Configuration } from '../domain/configuration/configuration.ts';
import { jobProblems } from '../domain/jobs/job-settings.ts';
import { entryProblems } from '../domain/plan/remedies.ts';
import { routingProblems } from '../domain/policy/routing-settings.ts';
import { exampleProblem } from '../domain/webhooks/mapping.ts';
import type { ActionPlugin } from './actions/contract.ts';
import { ACTIONS } from './actions/registry.ts';
import type { ModelProvider } from './llm/contract.ts';
import { MODEL_PROVIDERS } from './llm/registry.ts';
import type { NotifierPlugin } from './notifiers/contract.ts';
import { channelsOf, NOTIFIERS } from './notifiers/registry.ts';
import { MAPPED_SOURCES } from './sources/common/mapped-source.ts';
import type { SourcePlugin } from './sources/contract.ts';
import { SOURCES } from './sources/registry.ts';

/** The plug-ins of a deployment, kind by kind: what its configuration accepts, its roles and its documentation are derived from. */
export interface Plugins {
  readonly sources: readonly SourcePlugin[];
  readonly actions: readonly ActionPlugin[];
  readonly notifiers: readonly NotifierPlugin[];
  readonly modelProviders: readonly ModelProvider[];
}

/** All that are registered. */
export const PLUGINS: Plugins = {
  sources: SOURCES,
  actions: ACTIONS,
  notifiers: NOTIFIERS,
  modelProviders: MODEL_PROVIDERS,
};

/**
 * The schema of `selfheal.json` as the build reads it: also what plug-ins say of their own parts, which are the remedies of services and the
 * settings of notifiers. What is deployed was read by it, so functions read the file without the plug-ins.
 */
export function configurationWith({
  actions,
  notifiers,
  sources = SOURCES,
}: Pick<Plugins, 'actions' | 'notifiers'> & Partial<Pick<Plugins, 'sources'>>) {
  const kinds = actions.flatMap(({ remedy }) => remedy ?? []);
  return Configuration.superRefine((configuration, context) => {
    const refuse = (path: readonly PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const [at, service] of configuration.services.entries()) {
      for (const [index, remedy] of service.remedies.entries()) {
        for (const { path, problem } of entryProblems(remedy, service, kinds))
          refuse(['services', at, 'remedies', index, ...path], problem);
      }
    }
    for (const [id, settings] of Object.entries(configuration.notifiers)) {
      const schema = notifiers.find((one) => one.id === id)?.settings;
      if (schema === undefined) refuse(['notifiers', id], `there is no notifier ${id} that takes settings`);
      for (const { path, message } of schema?.safeParse(settings).error?.issues ?? [])
        refuse(['notifiers', id, ...path], message);
    }
    for (const { path, message } of mappingProblems(configuration.mappings, [...sources, ...MAPPED_SOURCES]))
      refuse(['mappings', ...path], message);
    const services = configuration.services.map(({ id }) => id);
    for (const { path, message } of routingProblems(configuration.routing, {
      services,
      channels: channelsOf(configuration, notifiers),
    }))
      refuse(['routing', ...path], message);
    const endpoints = configuration.http.allowedEndpoints.map(({ name }) => name);
    for (const { path, message } of jobProblems(configuration.jobs, { services, endpoints }))
      refuse(['jobs', ...path], message);
    for (const { path, message } of retryProblems(configuration)) refuse(['services', ...path], message);
    const mailed = configuration.onCall.people.findIndex(({ email }) => email !== undefined);
    if (configuration.onCall.levels.length > 0 && mailed !== -1 && configuration.notifiers.smtp === undefined)
      refuse(['onCall', 'people', mailed, 'email'], 'a mail to one person needs a mail server: set notifiers.smtp');
  });
}

/** Builds that may be retried, but that nobody hears of. */
function retryProblems({ services, awsEvents }: Pick<Configuration, 'services' | 'awsEvents'>): readonly {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}[] {
  return services.flatMap(({ retries }, at) =>
    retries.flatMap((name, index) => {
      const source = name.split('/')[0] ?? '';
      return awsEvents.some((one) => one === source)
        ? []
        : [
            {
              path: [at, 'retries', index],
              message: `awsEvents does not list ${source}, so Selfheal hears of no failure of ${name}: add it`,
            },
          ];
    }),
  );
}

/** A mapping that has the id of another source, or whose examples it does not read as they expect. */
function mappingProblems(
  mappings: Configuration['mappings'],
  sources: readonly { readonly id: string }[],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const taken = new Set(sources.map(({ id }) => id));
  return mappings.flatMap((mapping, at) => {
    const twice = taken.has(mapping.id);
    taken.add(mapping.id);
    const examples = mapping.examples.flatMap((_, index) => {
      const problem = exampleProblem(mapping, index);
      return problem === null ? [] : [{ path: [at, 'examples', index], message: problem }];
    });
    const id = { path: [at, 'id'], message: `there is a source ${mapping.id} already: choose another id` };
    return [...(twice ? [id] : []), ...examples];
  });
}
