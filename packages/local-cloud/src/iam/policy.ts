import { isObject, type JsonObject, listOf, objectOf, textsOf } from '../template/json.ts';

/** Who an access request comes from. */
export type Principal =
  | { readonly kind: 'role'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'service'; readonly name: string };

export interface Statement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[] | null;
  readonly notActions: readonly string[] | null;
  readonly resources: readonly string[] | null;
  readonly notResources: readonly string[] | null;
  /** Null in identity policies, whose principal is the role that they are attached to. */
  readonly principals: Principals | null;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface Principals {
  readonly everyone: boolean;
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

export interface Policy {
  /** Where the policy comes from, for messages. */
  readonly source: string;
  readonly statements: readonly Statement[];
}

const KNOWN_KEYS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'Condition',
]);

/**
 * Reads a policy document. Throws, naming `source`, for an unknown element: ignoring it would change the meaning of the policy.
 */
export function parsePolicy(document: unknown, source: string): Policy {
  if (!isObject(document)) throw new Error(`${source}: a policy document must be an object.`);
  return { source, statements: listOf(document.Statement).map((each) => parseStatement(objectOf(each), source)) };
}

function parseStatement(statement: JsonObject, source: string): Statement {
  const unknown = Object.keys(statement).find((key) => !KNOWN_KEYS.has(key));
  if (unknown !== undefined) throw new Error(`${source}: the policy element ${unknown} is not supported.`);
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${source}: Effect must be Allow or Deny.`);
  if (statement.Action === undefined && statement.NotAction === undefined) {
    throw new Error(`${source}: a statement needs Action or NotAction.`);
  }
  return {
    sid: typeof statement.Sid === 'string' ? statement.Sid : null,
    effect,
    actions: optionalTexts(statement.Action),
    notActions: optionalTexts(statement.NotAction),
    resources: optionalTexts(statement.Resource),
    notResources: optionalTexts(statement.NotResource),
    principals: parsePrincipals(statement.Principal, source),
    conditions: parseConditions(statement.Condition),
  };
}

function parsePrincipals(principal: unknown, source: string): Principals | null {
  if (principal === undefined) return null;
  if (principal === '*') return { everyone: true, aws: [], services: [] };
  const { AWS, Service, ...others } = objectOf(principal);
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`${source}: the principal kind ${other} is not supported.`);
  const aws = textsOf(AWS);
  return { everyone: aws.includes('*'), aws, services: textsOf(Service) };
}

function parseConditions(conditions: unknown): Statement['conditions'] {
  return Object.fromEntries(
    Object.entries(objectOf(conditions)).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(objectOf(keys)).map(([key, values]) => [key, textsOf(values)])),
    ]),
  );
}

function optionalTexts(value: unknown): string[] | null {
  return value === undefined ? null : textsOf(value);
}
