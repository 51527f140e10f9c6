import { describe, expect, it } from 'vitest';
import { type AccessSources, accessOf, type ResourceCatalogue } from '#infra/access.ts';
import { type CatalogueSources, resourceCatalogue } from '#infra/resource-catalogue.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type FunctionConfig, RESOURCE_VARIABLES } from '#shared/domain/workflow/function-config.ts';
import type { ActionPlugin, Grant } from '#shared/plugins/actions/contract.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { rules } from '#shared/plugins/llm/rules/index.ts';

const on = (arn: string) => ({
  value: arn,
  statements: (actions: readonly string[]) => [{ actions, resources: [arn] }],
});
const RESOURCES = Object.fromEntries(
  Object.keys(RESOURCE_VARIABLES).map((name) => [name, on(`arn:${name}`)]),
) as unknown as ResourceCatalogue;

const anAction = (id: string, family: ActionPlugin['family'], observe: Grant[] = []): ActionPlugin =>
  ({
    id,
    family,
    grants: () => ({
      execute: [{ actions: [`${family}:Do`], resources: [`arn:${id}`] }],
      observe,
      undo: [{ actions: [`${family}:Undo`], resources: [`arn:${id}`] }],
    }),
  }) as unknown as ActionPlugin;

const sources = (more: Partial<AccessSources> = {}): AccessSources => ({
  resources: RESOURCES,
  configuration: Configuration.parse({ version: 1 }),
  notifiers: [],
  actions: [],
  modelProviders: [rules],
  ...more,
});

/** Only the incidents table matters. */
const anyCatalogueSources = (incidentsTableArn: string): CatalogueSources => {
  const named = { name: 'any', arn: 'arn:any' };
  const state = {
    incidentsTable: { name: 'incidents', arn: incidentsTableArn },
    knowledgeTable: named,
    statsTable: named,
    controlTable: named,
    evidenceBucket: named,
    modelKeySecretArn: null,
    modelKeySecretName: null,
  };
  const queues = { intakeQueue: {}, intakeDeadLetters: {} };
  return { state, ...queues, escalationTopic: {}, apiUrl: '', dashboardUrl: '' } as unknown as CatalogueSources;
};

const aFunction = (more: Partial<FunctionConfig>): FunctionConfig => ({
  name: 'sample',
  description: 'A sample.',
  timeoutSeconds: 10,
  memoryMb: 128,
  trigger: { kind: 'workflow' },
  uses: {},
  ...more,
});

const SERVICES = [
  {
    id: 'a',
    alarms: ['a-errors'],
    logGroup: '/ecs/a',
    deployment: { kind: 'ecs-service', cluster: 'c', service: 'a', taskDefinitionFamily: 'a' },
  },
  {
    id: 'b',
    alarms: ['b-errors'],
    logGroup: null,
    deployment: { kind: 'lambda-alias', functionName: 'b-api', alias: 'live' },
  },
  { id: 'c', alarms: ['c-errors'] },
];

it('grants a function that lists incidents the indexes for lists, by their names, and not the table or the index of open ones', () => {
  const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/incidents';
  const catalogue = resourceCatalogue(anyCatalogueSources(arn));
  const lists = aFunction({ uses: { incidentIndexes: ['dynamodb:Query'] } });
  expect(accessOf(lists, sources({ resources: catalogue }))).toEqual([
    {
      actions: ['dynamodb:Query'],
      resources: ['by-month', 'by-status', 'by-target', 'by-class', 'by-id'].map((name) => `${arn}/index/${name}`),
    },
  ]);
});

describe('the rights of a function', () => {
  it('are its uses, each on its own resource and nothing else', () => {
    const uses = { incidentsTable: ['dynamodb:GetItem'], escalationTopic: ['sns:Publish'] };
    expect(accessOf(aFunction({ uses }), sources())).toEqual([
      { actions: ['dynamodb:GetItem'], resources: ['arn:incidentsTable'] },
      { actions: ['sns:Publish'], resources: ['arn:escalationTopic'] },
    ]);
  });

  it('are none on a resource of which it only needs the name', () => {
    expect(accessOf(aFunction({ uses: { apiUrl: [], userPoolClient: [] } }), sources())).toEqual([]);
  });

  it('take only the kind and the family of action grants that its config asks for', () => {
    const actions = [anAction('move', 'lambda'), anAction('deploy', 'ecs')];
    const rights = accessOf(aFunction({ actionGrants: ['execute'], family: 'lambda' }), sources({ actions }));
    expect(rights.map((each) => each.actions)).toEqual([['lambda:Do']]);
  });

  it('take the grants of every family where none is named', () => {
    const actions = [anAction('move', 'lambda'), anAction('deploy', 'ecs')];
    const rights = accessOf(aFunction({ actionGrants: ['undo'] }), sources({ actions }));
    expect(rights.map((each) => each.actions)).toEqual([['lambda:Undo'], ['ecs:Undo']]);
  });

  it('hold a statement once that two actions declare', () => {
    const same = { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] };
    const actions = [anAction('move', 'lambda', [same]), anAction('deploy', 'ecs', [same])];
    expect(accessOf(aFunction({ actionGrants: ['observe'] }), sources({ actions }))).toHaveLength(1);
  });

  it('hold no right twice: of overlapping statements a later one keeps what an earlier one does not allow', () => {
    const read = { actions: ['ecs:DescribeServices', 'ecs:ListTasks'], resources: ['arn:a', 'arn:b'] };
    const more = { actions: ['ecs:DescribeServices', 'ecs:StopTask'], resources: ['arn:b', 'arn:c'] };
    const actions = [anAction('one', 'ecs', [read]), anAction('other', 'ecs', [more])];
    const held = accessOf(aFunction({ actionGrants: ['observe'] }), sources({ actions }));
    expect(held.map((each) => [each.actions.join(' '), each.resources.join(' ')])).toEqual([
      ['ecs:DescribeServices ecs:ListTasks', 'arn:a arn:b'],
      ['ecs:DescribeServices', 'arn:c'],
      ['ecs:StopTask', 'arn:b arn:c'],
    ]);
  });

  it('hold statements apart that differ in their condition only', () => {
    const pass = { actions: ['iam:PassRole'], resources: ['arn:role'] };
    const bounded = { ...pass, conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } };
    const actions = [anAction('move', 'lambda', [pass, bounded])];
    expect(accessOf(aFunction({ actionGrants: ['observe'] }), sources({ actions }))).toHaveLength(2);
  });

  it('reach a model only where the config says that it calls one', () => {
    const configuration = Configuration.parse({
      version: 1,
      model: { provider: 'bedrock', modelId: 'some.model-v1:0' },
    });
    const all = sources({ configuration, modelProviders: MODEL_PROVIDERS });
    expect(accessOf(aFunction({}), all)).toEqual([]);
    expect(accessOf(aFunction({ callsModel: true }), all)).toMatchObject([{ actions: ['bedrock:InvokeModel'] }]);
  });

  it('[A74] reach every model that a failure family has for itself', () => {
    const configuration = Configuration.parse({
      version: 1,
      model: { provider: 'bedrock', modelId: 'some.model-v1:0', modelIdOf: { code: 'other.model-v1:0' } },
    });
    const rights = accessOf(
      aFunction({ callsModel: true }),
      sources({ configuration, modelProviders: MODEL_PROVIDERS }),
    );
    expect(rights.flatMap(({ resources }) => resources)).toEqual([
      expect.stringContaining('some.model-v1:0'),
      expect.stringContaining('other.model-v1:0'),
    ]);
  });

  it('that only serve a model are not given without one', () => {
    const reading = aFunction({
      forModel: { uses: { statsTable: ['dynamodb:Query'] }, readsServices: ['metrics'] },
    });
    expect(accessOf(reading, sources())).toEqual([]);
    const configuration = Configuration.parse({
      version: 1,
      services: SERVICES,
      model: { provider: 'ollama', modelId: 'small' },
    });
    const rights = accessOf(reading, sources({ configuration, modelProviders: MODEL_PROVIDERS }));
    expect(rights.flatMap(({ actions }) => actions)).toEqual(['dynamodb:Query', 'cloudwatch:GetMetricData']);
  });

  it('ask an embedding model only where one is configured, and then exactly that one', () => {
    const asking = aFunction({ forEmbeddings: { uses: { controlTable: ['dynamodb:UpdateItem'] } } });
    expect(accessOf(asking, sources())).toEqual([]);
    const configuration = Configuration.parse({
      version: 1,
      recall: { embeddings: { modelId: 'cohere.embed-english-v3' } },
    });
    expect(accessOf(aFunction({}), sources({ configuration }))).toEqual([]);
    expect(accessOf(asking, sources({ configuration }))).toMatchObject([
      {
        actions: ['bedrock:InvokeModel'],
        resources: [`arn:\${Partition}:bedrock:\${Region}::foundation-model/cohere.embed-english-v3`],
      },
      { actions: ['dynamodb:UpdateItem'] },
    ]);
  });

  it('are not made for settings that the provider cannot use', () => {
    const model = { provider: 'bedrock', modelId: 'some.model-v1:0', baseUrl: 'https://models.example.com' };
    const configuration = Configuration.parse({ version: 1, model });
    const all = sources({ configuration, modelProviders: MODEL_PROVIDERS });
    expect(() => accessOf(aFunction({ callsModel: true }), all)).toThrow(/model: baseUrl/);
  });

  it('cannot be made for a model provider that is not registered', () => {
    expect(() => accessOf(aFunction({ callsModel: true }), sources({ modelProviders: [] }))).toThrow(
      /model\.provider.*rules/,
    );
  });

  it('read the services of the catalogue: their alarms, logs and deployments', () => {
    const configuration = Configuration.parse({ version: 1, services: SERVICES });
    const rights = accessOf(aFunction({ readsServices: ['state', 'logs'] }), sources({ configuration }));
    expect(rights.map(({ actions, resources }) => [actions.join(' '), ...resources])).toEqual([
      ['cloudwatch:DescribeAlarms', '*'],
      [
        'lambda:GetAlias lambda:ListVersionsByFunction',
        'arn:$' + '{Partition}:lambda:$' + '{Region}:$' + '{Account}:function:b-api',
      ],
      ['ecs:DescribeServices', 'arn:$' + '{Partition}:ecs:$' + '{Region}:$' + '{Account}:service/c/a'],
      ['ecs:ListTaskDefinitions', '*'],
      ['logs:FilterLogEvents', 'arn:$' + '{Partition}:logs:$' + '{Region}:$' + '{Account}:log-group:/ecs/a:*'],
    ]);
  });

  it('read no logs of the catalogue where the config asks for the state only', () => {
    const configuration = Configuration.parse({ version: 1, services: SERVICES });
    const rights = accessOf(aFunction({ readsServices: ['state'] }), sources({ configuration }));
    expect(rights.flatMap(({ actions }) => actions)).toEqual([
      'cloudwatch:DescribeAlarms',
      'lambda:GetAlias',
      'lambda:ListVersionsByFunction',
      'ecs:DescribeServices',
      'ecs:ListTaskDefinitions',
    ]);
  });

  it('read what the remedies of the catalogue change, and nothing else of its kind', () => {
    const reboot = { action: 'reboot-rds-instance', alarms: ['c-errors'], instance: 'c-db' };
    const services = SERVICES.map((one) => (one.id === 'c' ? { ...one, remedies: [reboot] } : one));
    const configuration = Configuration.parse({ version: 1, services });
    const rights = accessOf(aFunction({ readsServices: ['state'] }), sources({ configuration }));
    expect(rights.slice(-2).map(({ actions, resources }) => [actions.join(' '), ...resources])).toEqual([
      ['rds:DescribeDBInstances', 'arn:$' + '{Partition}:rds:$' + '{Region}:$' + '{Account}:db:c-db'],
      ['rds:DescribeEvents', '*'],
    ]);
  });

  it('read no service where the catalogue has none', () => {
    expect(accessOf(aFunction({ readsServices: ['state', 'logs'] }), sources())).toEqual([]);
  });

  it('explain every wildcard of the catalogue', () => {
    const configuration = Configuration.parse({ version: 1, services: SERVICES });
    for (const { resources, wildcardReason } of accessOf(
      aFunction({ readsServices: ['state', 'logs'] }),
      sources({ configuration }),
    )) {
      if (resources.some((resource) => resource.includes('*'))) expect(wildcardReason).toMatch(/\w{3,}/);
    }
  });
});
