import { createHash, randomUUID } from 'node:crypto';
import type { WireRequest } from '@selfheal/fake-server/wire.ts';
import { getConcurrency, putConcurrency, updateConfiguration } from './lambda-settings.ts';
import { type AwsContext, AwsError, pageBy } from './operation.ts';
import type { LambdaState, LambdaVersion } from './state.ts';

const FUNCTIONS = /^\/(2015-03-31|2017-10-31|2019-09-30)\/functions\//;

const FIRST_VERSION = '2015-03-31';

export interface LambdaCall {
  readonly operation: string;
  perform(): object;
}

/** A REST call for Lambda versions and aliases, or null when the request is not one. */
export function recogniseLambda(context: AwsContext, request: WireRequest): LambdaCall | null {
  const [prefix, version] = FUNCTIONS.exec(request.path) ?? [];
  if (prefix === undefined) return null;
  const [rawName = '', part, aliasName] = request.path.slice(prefix.length).split('/').map(decodeURIComponent);
  const { name, qualifier } = splitName(rawName);
  const call = (operation: string, perform: (state: LambdaState) => object): LambdaCall => ({
    operation: `lambda:${operation}`,
    perform: () => perform(functionOf(context, name)),
  });
  const asked = request.query.get('Qualifier') ?? qualifier ?? '$LATEST';
  const about = aliasName === undefined ? part : `${part}/alias`;
  switch ([request.method, about ?? '', ...(version === FIRST_VERSION ? [] : [version])].join(' ')) {
    case 'GET versions':
      return call('ListVersionsByFunction', (state) => listVersions(context, state, request.query));
    case 'GET aliases':
      return call('ListAliases', (state) => ({
        Aliases: state.aliases.map((one) => presentAlias(context, state, one)),
      }));
    case 'GET aliases/alias':
      return call('GetAlias', (state) => presentAlias(context, state, aliasOf(context, state, aliasName ?? '')));
    case 'PUT aliases/alias':
      return call('UpdateAlias', (state) => updateAlias(context, state, aliasName ?? '', bodyOf(request)));
    case 'GET configuration':
      return call('GetFunctionConfiguration', (state) => configurationOf(context, state, asked));
    case 'PUT configuration':
      return call('UpdateFunctionConfiguration', (state) => {
        updateConfiguration(context, state, bodyOf(request));
        return configurationOf(context, state, '$LATEST');
      });
    case 'GET concurrency 2019-09-30':
      return call('GetFunctionConcurrency', getConcurrency);
    case 'PUT concurrency 2017-10-31':
      return call('PutFunctionConcurrency', (state) => putConcurrency(context, state, bodyOf(request)));
    case 'GET ':
      return call('GetFunction', (state) => ({ Configuration: configurationOf(context, state, asked), Tags: {} }));
    default:
      return null;
  }
}

function splitName(raw: string): { name: string; qualifier: string | null } {
  const tail = raw.includes(':function:') ? raw.slice(raw.indexOf(':function:') + ':function:'.length) : raw;
  const [name = '', qualifier = null] = tail.split(':');
  return { name, qualifier };
}

function bodyOf(request: WireRequest): Record<string, unknown> {
  return JSON.parse(request.body.toString('utf8') || '{}') as Record<string, unknown>;
}

function arnOf({ cloud }: AwsContext, name: string): string {
  return `arn:aws:lambda:${cloud.region}:${cloud.account}:function:${name}`;
}

function functionOf(context: AwsContext, name: string): LambdaState {
  const state = context.cloud.functions.get(name);
  if (state !== undefined) return state;
  throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${arnOf(context, name)}`);
}

type Alias = LambdaState['aliases'][number];

function aliasOf(context: AwsContext, state: LambdaState, name: string): Alias {
  const alias = state.aliases.find((one) => one.name === name);
  if (alias !== undefined) return alias;
  throw new AwsError('ResourceNotFoundException', 404, `Cannot find alias arn: ${arnOf(context, state.name)}:${name}`);
}

function presentAlias(context: AwsContext, state: LambdaState, alias: Alias): object {
  return {
    AliasArn: `${arnOf(context, state.name)}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
  };
}

function updateAlias(context: AwsContext, state: LambdaState, name: string, input: Record<string, unknown>): object {
  const alias = aliasOf(context, state, name);
  if (input.RevisionId !== undefined && input.RevisionId !== alias.revisionId) {
    throw new AwsError(
      'PreconditionFailedException',
      412,
      'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetFunction/GetAlias API to retrieve the latest Revision Id for your resource',
    );
  }
  const version = input.FunctionVersion === undefined ? alias.version : String(input.FunctionVersion);
  if (version !== '$LATEST') versionOf(context, state, version);
  const from = alias.version;
  alias.version = version;
  alias.revisionId = randomUUID();
  if (typeof input.Description === 'string') alias.description = input.Description;
  context.cloud.functions.put(state.name, state);
  context.journal.record('lambda.alias.updated', `${state.name}:${name}`, { from, to: version });
  if (state.name === 'checkout-api') context.deployed('checkout');
  return presentAlias(context, state, alias);
}

function versionOf(context: AwsContext, state: LambdaState, version: string): LambdaVersion {
  const found = state.versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  const arn = `${arnOf(context, state.name)}:${version}`;
  throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
}

function listVersions(context: AwsContext, state: LambdaState, query: URLSearchParams): object {
  const all = ['$LATEST', ...state.versions.map(({ version }) => version)];
  const page = pageBy(all, query.get('Marker') ?? '', Number(query.get('MaxItems') ?? 50));
  return {
    Versions: page.items.map((version) => configurationOf(context, state, version)),
    ...(page.next === undefined ? {} : { NextMarker: page.next }),
  };
}

function configurationOf(context: AwsContext, state: LambdaState, qualifier: string): object {
  const alias = state.aliases.find((one) => one.name === qualifier);
  const latest = state.versions.at(-1);
  const version = qualifier === '$LATEST' ? latest : versionOf(context, state, alias?.version ?? qualifier);
  const shown = qualifier === '$LATEST' ? '$LATEST' : (version?.version ?? qualifier);
  return {
    FunctionName: state.name,
    FunctionArn: `${arnOf(context, state.name)}:${qualifier}`,
    Runtime: 'nodejs24.x',
    Role: `arn:aws:iam::${context.cloud.account}:role/${state.name}`,
    Handler: 'index.handler',
    CodeSize: 48_211,
    Description: '',
    Timeout: 10,
    MemorySize: state.memoryMb,
    LastModified: (version?.publishedAt ?? '').replace('Z', '+0000'),
    CodeSha256: createHash('sha256').update(`${state.name} ${version?.version}`).digest('base64'),
    Version: shown,
    TracingConfig: { Mode: 'Active' },
    RevisionId: shown === '$LATEST' ? state.revisionId : (alias?.revisionId ?? publishedRevision(shown)),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['arm64'],
    EphemeralStorage: { Size: 512 },
  };
}

const publishedRevision = (version: string) => `00000000-0000-4000-8000-${version.padStart(12, '0')}`;
