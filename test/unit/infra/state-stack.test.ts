import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIST_INDEXES } from '#shared/adapters/aws/dynamo-incident-keys.ts';
import { LOOPBACK_CALLBACKS } from '#shared/domain/access/browser-sign-in.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { deniesPlainText, nameOf, type Resource, resourcesOf, synthesize, templatesFor } from './assembly.ts';

interface GlobalSecondaryIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

const EMAILS = ['on-call@example.com'];
let state: Template;
let selfheal: Template;

beforeAll(() => {
  ({ state, selfheal } = templatesFor(undefined, { emails: EMAILS.join(',') }));
});

describe('the stateful stack', () => {
  it('has four tables: on demand, encrypted, restorable to any second, safe from deletion, with expiry', () => {
    const tables = resourcesOf(state, 'AWS::DynamoDB::GlobalTable');
    expect(tables.map(([id]) => nameOf(id)).sort()).toEqual([
      'TablesControl',
      'TablesIncidents',
      'TablesKnowledge',
      'TablesStats',
    ]);
    state.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });

  it('has an index of open incidents by their last change, those that lists are read from, and no other', () => {
    const indexes = resourcesOf(state, 'AWS::DynamoDB::GlobalTable').flatMap(([id, { Properties }]) =>
      ((Properties.GlobalSecondaryIndexes ?? []) as GlobalSecondaryIndex[]).map((index) => ({
        id: nameOf(id),
        ...index,
      })),
    );
    const open = { name: 'open', partition: 'openPk', sort: 'updatedAt', copied: null };
    const expected = [open, ...Object.values(LIST_INDEXES)].map(({ name, partition, sort, copied }) => ({
      id: 'TablesIncidents',
      IndexName: name,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection:
        copied === null
          ? { ProjectionType: 'ALL' }
          : copied.length === 0
            ? { ProjectionType: 'KEYS_ONLY' }
            : { ProjectionType: 'INCLUDE', NonKeyAttributes: copied },
    }));
    expect(indexes).toEqual(expected);
  });

  it('[A73] keeps evidence for 90 days and logs for 30', () => {
    state.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({
            ExpirationInDays: 90,
            NoncurrentVersionExpiration: { NoncurrentDays: 7 },
            Status: 'Enabled',
          }),
          {
            Prefix: 'quality/',
            ExpirationInDays: 400,
            NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            Status: 'Enabled',
          },
        ],
      },
    });
    selfheal.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  it('keeps evidence for as long as the context says', () => {
    const other = templatesFor(undefined, { evidenceDays: '14' });
    other.state.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 14 })]) },
    });
  });

  it('[D180] lets a token live for 30 minutes, or as long as the context says', () => {
    for (const [minutes, template] of [
      [30, state],
      [5, templatesFor(undefined, { tokenMinutes: '5' }).state],
    ] as const) {
      template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
        AccessTokenValidity: minutes,
        IdTokenValidity: minutes,
        TokenValidityUnits: Match.objectLike({ AccessToken: 'minutes', IdToken: 'minutes' }),
      });
    }
    for (const wrong of ['4', '61', 'half an hour']) {
      expect(() => templatesFor(undefined, { tokenMinutes: wrong })).toThrow(/tokenMinutes/);
    }
  });

  it('asks everybody for the code of an authenticator, unless the context makes it optional', () => {
    const { state: optional } = templatesFor(undefined, { mfa: 'optional' });
    for (const [template, MfaConfiguration] of [
      [state, 'ON'],
      [optional, 'OPTIONAL'],
    ] as const)
      template.hasResourceProperties('AWS::Cognito::UserPool', {
        MfaConfiguration,
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      });
    expect(() => templatesFor(undefined, { mfa: 'off' })).toThrow(/mfa/);
  });

  it('has a bucket that is private, encrypted, versioned and talks TLS only', () => {
    state.resourceCountIs('AWS::S3::Bucket', 1);
    state.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      VersioningConfiguration: { Status: 'Enabled' },
    });
    state.hasResourceProperties('AWS::S3::BucketPolicy', { PolicyDocument: deniesPlainText('s3:*') });
  });

  it('[D229] generates the webhook secret and leaves the token to be set', () => {
    state.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({
        GenerateStringKey: 'current',
        SecretStringTemplate: '{}',
        PasswordLength: 48,
      }),
    });
    state.hasResourceProperties('AWS::SecretsManager::Secret', { SecretString: '{"token":"not-set"}' });
    state.resourceCountIs('AWS::SecretsManager::Secret', 3);
  });

  it.each([
    ['anthropic', {}, 1],
    ['openai', { sendsKey: false }, 0],
    ['ollama', {}, 0],
    ['ollama', { sendsKey: true }, 1],
  ])('has a secret for the key of a model only where one is sent: %s %j', (provider, more, keys) => {
    const templates = templatesFor({ version: 1, model: { provider, modelId: 'some-model', ...more } });
    templates.state.resourceCountIs('AWS::SecretsManager::Secret', 3 + keys);
    expect(Object.keys(templates.state.findOutputs('ModelKeySecretName'))).toHaveLength(keys);
    const variables = Object.values(templates.selfheal.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.MODEL_KEY_SECRET_ARN ?? [],
    );
    expect(variables).toEqual([keys === 0 ? 'none' : expect.anything()]);
  });

  it('lets only an administrator make approvers, who sign in without a client secret', () => {
    state.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 14 }) },
    });
    state.hasResourceProperties('AWS::Cognito::UserPoolClient', { GenerateSecret: false });
  });

  it('lets programs on a person’s machine use the code flow, for the claims of the ID token alone', () => {
    state.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: LOOPBACK_CALLBACKS,
    });
    for (const callback of LOOPBACK_CALLBACKS) expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:\d{5}\/callback$/);
    const domains = resourcesOf(state, 'AWS::Cognito::UserPoolDomain').map(([, { Properties }]) => Properties.Domain);
    expect(JSON.stringify(domains)).toContain('AWS::StackId');
  });

  it('has a group for each role, and none that gives rights on AWS', () => {
    const groups = resourcesOf(state, 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties);
    expect(groups.map(({ GroupName }) => GroupName)).toEqual([...Role.options]);
    expect(groups.filter(({ RoleArn }) => RoleArn !== undefined)).toEqual([]);
  });

  it('lets no approver write the GitHub login by which an author is known', () => {
    state.hasResourceProperties('AWS::Cognito::UserPool', {
      Schema: Match.arrayWith([Match.objectLike({ Name: 'github', AttributeDataType: 'String' })]),
    });
    state.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ReadAttributes: Match.arrayWith(['custom:github', 'custom:gitlab']),
      WriteAttributes: ['locale'],
    });
  });

  it('survives its own deletion', () => {
    const kept = [
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::SecretsManager::Secret',
      'AWS::Cognito::UserPool',
    ];
    for (const type of kept) {
      for (const [id, { DeletionPolicy }] of resourcesOf(state, type))
        expect([id, DeletionPolicy]).toEqual([id, 'Retain']);
    }
  });
});

describe('the deployment', () => {
  it('names no resource itself, so that it fits twice into one account', () => {
    const given = [state, selfheal].flatMap((template) =>
      Object.values(template.toJSON().Resources as Record<string, Resource>).flatMap(({ Type, Properties }) =>
        Object.keys(Properties ?? {})
          .filter((key) =>
            /^(Table|Bucket|Queue|Topic|Function|Role|Alarm|StateMachine|LogGroup|ManagedPolicy|UserPool)Name$/.test(
              key,
            ),
          )
          .filter((key) => typeof Properties[key] === 'string')
          .map((key) => `${Type} ${key}`),
      ),
    );
    expect(given).toEqual([]);
  });

  it('is the same each time it is synthesized', () => {
    const once = synthesize({ version: 1 }, { emails: EMAILS.join(',') });
    expect(once.selfheal.toJSON()).toEqual(selfheal.toJSON());
    expect(once.state.toJSON()).toEqual(state.toJSON());
  });
});
