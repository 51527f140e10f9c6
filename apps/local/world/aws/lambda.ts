import { createHash, randomUUID } from 'node:crypto';
import type { WireRequest } from '../server/wire.ts';
import type { LambdaState, LambdaVersion } from './company.ts';
import { getConcurrency, putConcurrency, updateConfiguration } from './lambda-settings.ts';
import { AwsError, type AwsRooms, pageBy } from './operation.ts';

const FUNCTIONS = /^\/(2015-03-31|2017-10-31|2019-09-30)\/functions\//;

const FIRST_VERSION = '2015-03-31';

export interface LambdaCall {
  readonly operation: string;
  perform(): object;
}

/** Lambda's REST calls on versions and aliases, or null when the request is for something else. */
export function recogniseLambda(rooms: AwsRooms, request: WireRequest): LambdaCall | null {
  const [prefix, version] = FUNCTIONS.exec(request.path) ?? [];
  if (prefix === undefined) return null;
  const [rawName = '', part, aliasName] = request.path.slice(prefix.length).split('/').map(decodeURIComponent);
  const { name, qualifier } = splitName(rawName);
  const call = (operation: string, perform: (state: LambdaState) => object): LambdaCall => ({
    operation: `lambda:${operation}`,
    perform: () => perform(functionOf(rooms, name)),
  });
  const asked = request.query.get('Qualifier') ?? qualifier ?? '$LATEST';
  const about = aliasName === undefined ? part : `${part}/alias`;
  switch ([request.method, about ?? '', ...(version === FIRST_VERSION ? [] : [version])].join(' ')) {
    case 'GET versions':
      return call('ListVersionsByFunction', (state) => listVersions(rooms, state, request.query));
    case 'GET aliases':
      return call('ListAliases', (state) => ({ Aliases: state.aliases.map((one) => presentAlias(rooms, state, one)) }));
    case 'GET aliases/alias':
      return call('GetAlias', (state) => presentAlias(rooms, state, aliasOf(rooms, state, aliasName ?? '')));
    case 'PUT aliases/alias':
      return call('UpdateAlias', (state) => updateAlias(rooms, state, aliasName ?? '', bodyOf(request)));
    case 'GET configuration':
      return call('GetFunctionConfiguration', (state) => configurationOf(rooms, state, asked));
    case 'PUT configuration':
      return call('UpdateFunctionConfiguration', (state) => {
        updateConfiguration(rooms, state, bodyOf(request));
        return configurationOf(rooms, state, '$LATEST');
      });
    case 'GET concurrency 2019-09-30':
      return call('GetFunctionConcurrency', getConcurrency);
    case 'PUT concurrency 2017-10-31':
      return call('PutFunctionConcurrency', (state) => putConcurrency(rooms, state, bodyOf(request)));
    case 'GET ':
      return call('GetFunction', (state) => ({ Configuration: configurationOf(rooms, state, asked), Tags: {} }));
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

function arnOf({ company }: AwsRooms, name: string): string {
  return `arn:aws:lambda:${company.region}:${company.account}:function:${name}`;
}

function functionOf(rooms: AwsRooms, name: string): LambdaState {
  const state = rooms.company.functions.get(name);
  if (state !== undefined) return state;
  throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${arnOf(rooms, name)}`);
}

type Alias = LambdaState['aliases'][number];

function aliasOf(rooms: AwsRooms, state: LambdaState, name: string): Alias {
  const alias = state.aliases.find((one) => one.name === name);
  if (alias !== undefined) return alias;
  throw new AwsError('ResourceNotFoundException', 404, `Cannot find alias arn: ${arnOf(rooms, state.name)}:${name}`);
}

function presentAlias(rooms: AwsRooms, state: LambdaState, alias: Alias): object {
  return {
    AliasArn: `${arnOf(rooms, state.name)}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
  };
}

function updateAlias(rooms: AwsRooms, state: LambdaState, name: string, input: Record<string, unknown>): object {
  const alias = aliasOf(rooms, state, name);
  if (input.RevisionId !== undefined && input.RevisionId !== alias.revisionId) {
    throw new AwsError(
      'PreconditionFailedException',
      412,
      'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetFunction/GetAlias API to retrieve the latest Revision Id for your resource',
    );
  }
  const version = input.FunctionVersion === undefined ? alias.version : String(input.FunctionVersion);
  if (version !== '$LATEST') versionOf(rooms, state, version);
  const from = alias.version;
  alias.version = version;
  alias.revisionId = randomUUID();
  if (typeof input.Description === 'string') alias.description = input.Description;
  rooms.company.functions.put(state.name, state);
  rooms.journal.record('lambda.alias.updated', `${state.name}:${name}`, { from, to: version });
  if (state.name === 'checkout-api') rooms.deployed('checkout');
  return presentAlias(rooms, state, alias);
}

function versionOf(rooms: AwsRooms, state: LambdaState, version: string): LambdaVersion {
  const found = state.versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  const arn = `${arnOf(rooms, state.name)}:${version}`;
  throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
}

function listVersions(rooms: AwsRooms, state: LambdaState, query: URLSearchParams): object {
  const all = ['$LATEST', ...state.versions.map(({ version }) => version)];
  const page = pageBy(all, query.get('Marker') ?? '', Number(query.get('MaxItems') ?? 50));
  return {
    Versions: page.items.map((version) => configurationOf(rooms, state, version)),
    ...(page.next === undefined ? {} : { NextMarker: page.next }),
  };
}

function configurationOf(rooms: AwsRooms, state: LambdaState, qualifier: string): object {
  const alias = state.aliases.find((one) => one.name === qualifier);
  const latest = state.versions.at(-1);
  const version = qualifier === '$LATEST' ? latest : versionOf(rooms, state, alias?.version ?? qualifier);
  const shown = qualifier === '$LATEST' ? '$LATEST' : (version?.version ?? qualifier);
  return {
    FunctionName: state.name,
    FunctionArn: `${arnOf(rooms, state.name)}:${qualifier}`,
    Runtime: 'nodejs24.x',
    Role: `arn:aws:iam::${rooms.company.account}:role/${state.name}`,
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
