import { type ActionMapping, regional } from './mapping.ts';

/** Operation and function that a Lambda REST path names. */
export interface LambdaTarget {
  readonly operation: string;
  /** Name or ARN as sent. */
  readonly functionName: string;
  readonly qualifier: string | null;
}

const PATHS: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, 'InvokeFunction'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/aliases\/[^/]+$/, 'GetAlias'],
  ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/aliases\/[^/]+$/, 'UpdateAlias'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/aliases\/?$/, 'ListAliases'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/versions\/?$/, 'ListVersionsByFunction'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, 'GetFunctionConfiguration'],
  ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, 'UpdateFunctionConfiguration'],
  ['GET', /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/, 'GetFunctionConcurrency'],
  ['PUT', /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/, 'PutFunctionConcurrency'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)$/, 'GetFunction'],
];

/** Null when the path belongs to no known operation. */
export function lambdaTarget(method: string, path: string, query: URLSearchParams): LambdaTarget | null {
  for (const [knownMethod, pattern, operation] of PATHS) {
    const found = knownMethod === method ? pattern.exec(path) : null;
    if (found !== null)
      return { operation, functionName: decodeURIComponent(found[1] ?? ''), qualifier: query.get('Qualifier') };
  }
  return null;
}

export const lambdaActions: ActionMapping = ({ request }, deployment) => {
  const target = lambdaTarget(request.method, request.path, request.query);
  if (target === null) return null;
  const { functionName, qualifier, operation } = target;
  const arn = functionName.startsWith('arn:')
    ? functionName
    : regional('lambda', `function:${functionName}`, deployment);
  const context = contextOf(operation, request.body);
  if (context === null) return null;
  const resource = qualifier === null ? arn : `${arn}:${qualifier}`;
  return [{ action: `lambda:${operation}`, resource, context }];
};

/** Condition keys for the parameters of a change (Service Authorization Reference, AWS Lambda). Null when the body is not JSON. */
function contextOf(operation: string, body: Buffer): Record<string, readonly string[]> | null {
  if (operation !== 'UpdateFunctionConfiguration') return {};
  try {
    const { Layers } = JSON.parse(body.toString('utf8')) as { Layers?: unknown };
    return Layers === undefined ? {} : { 'lambda:Layer': [Layers].flat().map(String) };
  } catch {
    return null;
  }
}
