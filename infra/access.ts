import { modelIdsOf, modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { callsNeedSecret } from '#shared/domain/on-call/on-call-settings.ts';
import type { FunctionConfig, ResourceName } from '#shared/domain/workflow/function-config.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ModelProvider } from '#shared/plugins/llm/contract.ts';
import type { NotifierPlugin } from '#shared/plugins/notifiers/contract.ts';
import { sms } from '#shared/plugins/notifiers/sms/index.ts';
import { type Access, serviceAccess } from './service-access.ts';

/** A resource as a function uses it: the value of the function's environment variable, and the policy statements for given actions. */
export interface ResourceAccess {
  readonly value: string;
  readonly statements: (actions: readonly string[]) => readonly Access[];
}

export type ResourceCatalogue = Readonly<Record<ResourceName, ResourceAccess>>;

export interface AccessSources {
  readonly resources: ResourceCatalogue;
  readonly configuration: Configuration;
  /** The same as it is packed into the bundles, without what variables of the deployment set; the same object by default. */
  readonly fileConfiguration?: Configuration;
  readonly actions: readonly ActionPlugin[];
  readonly notifiers: readonly NotifierPlugin[];
  readonly modelProviders: readonly ModelProvider[];
}

/**
 * The policy statements of a function's role for everything its config declares: resources, actions, notifiers, model, services. No right appears
 * twice. A function that serves a section which the configuration lacks has nothing to do, and no rights. Throws when the configured model provider is unknown
 * or refuses its settings.
 */
export function accessOf(config: FunctionConfig, sources: AccessSources): Access[] {
  if (!isServing(config, sources.configuration)) return [];
  const { services } = sources.configuration;
  const forModel = modelSettingsOf(sources.configuration) === null ? undefined : config.forModel;
  const statements = [
    ...resourceAccess(config.uses, sources),
    ...resourceAccess(forModel?.uses ?? {}, sources),
    ...(hasSlackApp(sources.configuration) ? resourceAccess(config.forSlack?.uses ?? {}, sources) : []),
    ...actionAccess(config, sources),
    ...notifierAccess(config, sources),
    ...onCallAccess(config, sources),
    ...slackAccess(config, sources),
    ...(config.callsModel ? modelAccess(sources) : []),
    ...embeddingAccess(config, sources),
    ...(config.readsJobs === true ? jobAccess(sources.configuration) : []),
    ...serviceAccess(services, config.readsServices ?? []),
    ...serviceAccess(services, forModel?.readsServices ?? []),
  ];
  return withoutRepeats(statements);
}

/** Whether the configuration asks for what the function serves; true for a function that serves no section. */
export function isServing(
  { servesSection }: FunctionConfig,
  { onCall, notifiers }: Pick<Configuration, 'onCall' | 'notifiers'>,
): boolean {
  switch (servesSection) {
    case undefined:
      return true;
    case 'onCall':
      return onCall.levels.length > 0;
    case 'slack-app':
      return hasSlackApp({ notifiers });
    default:
      return servesSection satisfies never;
  }
}

const hasSlackApp = ({ notifiers }: Pick<Configuration, 'notifiers'>): boolean => notifiers['slack-app'] !== undefined;

function resourceAccess(uses: FunctionConfig['uses'], { resources }: AccessSources): Access[] {
  return Object.entries(uses).flatMap(([name, actions]) =>
    actions.length === 0 ? [] : resources[name as ResourceName].statements(actions),
  );
}

function actionAccess(config: FunctionConfig, { actions, configuration }: AccessSources): Access[] {
  const plugins = actions.filter(({ family }) => config.family === undefined || family === config.family);
  return plugins.flatMap((plugin) => {
    const grants = plugin.grants(configuration);
    const wildcardReason = `The action ${plugin.id} needs this wildcard; its plug-in declares and explains it.`;
    const own = (config.actionGrants ?? []).flatMap((kind) => grants[kind]);
    const delegated = grants.delegated?.[config.name] ?? [];
    return [...own, ...delegated].map((grant) => ({ ...grant, wildcardReason }));
  });
}

function notifierAccess({ announces = [] }: FunctionConfig, sources: AccessSources): Access[] {
  const notifiers = sources.notifiers.filter(({ takes }) => takes.some((kind) => announces.includes(kind)));
  return notifiers.flatMap(({ id, uses = {}, grants }) => {
    const wildcardReason = `The notifier ${id} needs this wildcard; its plug-in declares and explains it.`;
    const own = grants?.(sources.configuration) ?? [];
    return [...resourceAccess(uses, sources), ...own.map((grant) => ({ ...grant, wildcardReason }))];
  });
}

/** What a button of Slack's app needs: the secret that verifies it and asks who pressed. */
function slackAccess({ servesSection }: FunctionConfig, sources: AccessSources): readonly Access[] {
  if (servesSection !== 'slack-app') return [];
  return resourceAccess({ channelSecret: ['secretsmanager:GetSecretValue'] }, sources);
}

/** To call people: text messages where somebody has a telephone, and the secret where a mail or a schedule needs it. */
function onCallAccess({ servesSection }: FunctionConfig, sources: AccessSources): readonly Access[] {
  const { onCall } = sources.configuration;
  if (servesSection !== 'onCall') return [];
  const texts = onCall.people.some(({ phone }) => phone !== undefined)
    ? (sms.grants?.(sources.configuration) ?? [])
    : [];
  const wildcardReason = 'Telephone numbers have no ARN: everything but topics.';
  return [
    ...(callsNeedSecret(onCall) ? resourceAccess({ channelSecret: ['secretsmanager:GetSecretValue'] }, sources) : []),
    ...texts.map((grant) => ({ ...grant, wildcardReason })),
  ];
}

/** To sign in at the job systems that are watched. */
function jobAccess({ jobs, http }: Pick<Configuration, 'jobs' | 'http'>): readonly Access[] {
  const named = new Set([...jobs.airflow, ...jobs.spark, ...jobs.jenkins].map(({ endpoint }) => endpoint));
  const resources = http.allowedEndpoints.flatMap(({ name, authorizationSecretArn: arn }) =>
    named.has(name) && arn !== null ? [arn] : [],
  );
  return resources.length === 0 ? [] : [{ actions: ['secretsmanager:GetSecretValue'], resources }];
}

function modelAccess({ modelProviders, configuration }: AccessSources): Access[] {
  const provider = modelProviders.find(({ id }) => id === configuration.model.provider);
  if (provider === undefined) {
    const known = modelProviders.map(({ id }) => id).join(', ');
    throw new Error(`model.provider: ${configuration.model.provider} is unknown. Use one of: ${known}.`);
  }
  const settings = modelSettingsOf(configuration);
  if (settings === null) return [];
  const problem = provider.problem(settings);
  if (problem !== null) throw new Error(`model: ${problem}`);
  const wildcardReason = 'An inference profile forwards to the same model in any region of its geography.';
  return modelIdsOf(settings).flatMap((modelId) =>
    provider.grants(modelId).map((grant) => ({ ...grant, wildcardReason })),
  );
}

/** The configured embedding model and the store of its budget; empty when no model is configured. */
function embeddingAccess({ forEmbeddings }: FunctionConfig, sources: AccessSources): readonly Access[] {
  const { embeddings } = sources.configuration.recall;
  if (embeddings === null || forEmbeddings === undefined) return [];
  const resources = [`arn:\${Partition}:bedrock:\${Region}::foundation-model/${embeddings.modelId}`];
  return [{ actions: ['bedrock:InvokeModel'], resources }, ...resourceAccess(forEmbeddings.uses, sources)];
}

/** Removes rights that an earlier statement already grants, so that a role that loses one statement really loses the right. */
function withoutRepeats(statements: readonly Access[]): Access[] {
  const allowed = new Set<string>();
  return statements.flatMap(({ actions, resources, ...rest }) => {
    if (rest.notResources !== undefined) return [{ actions, resources, ...rest }];
    const resourcesLeft = new Map<string, { actions: string[]; resources: string[] }>();
    for (const action of actions) {
      const keyOf = (resource: string) => JSON.stringify([action, resource, rest.conditions ?? {}]);
      const left = [...new Set(resources)].filter((resource) => !allowed.has(keyOf(resource)));
      for (const resource of left) allowed.add(keyOf(resource));
      if (left.length === 0) continue;
      const together = resourcesLeft.get(JSON.stringify(left)) ?? { actions: [], resources: left };
      resourcesLeft.set(JSON.stringify(left), together);
      together.actions.push(action);
    }
    return [...resourcesLeft.values()].map((left) => ({ ...rest, ...left }));
  });
}
