import type { StackTemplate } from './assembly.ts';
import { makeConditions } from './conditions.ts';
import { resolve, type Scope, UnsupportedTemplate } from './intrinsics.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { generatedName } from './physical-names.ts';
import { type NamingInput, type Place, resourceType } from './resource-types.ts';

/** The names of one stack: its parameters, resources, conditions and mappings. */
export interface StackScope {
  readonly stack: StackTemplate;
  readonly place: Place;
  at(where: string): Scope;
  /** Throws, naming `askedAt` (`Stack/LogicalId`), when there is no such condition. */
  condition(name: string, askedAt: string): boolean;
  naming(logicalId: string): NamingInput;
  arn(logicalId: string): string | null;
}

/** `importValue` resolves the export of another stack for the place that imports it. */
export function makeStackScope(
  stack: StackTemplate,
  place: Place,
  importValue: (name: string, askedAt: string) => unknown,
): StackScope {
  const { template, name: stackName } = stack;
  const resources = objectOf(template.Resources);
  const at = (where: string): Scope => ({
    place: `${stackName}/${where}`,
    ref: (name) => ref(name, where),
    attribute: (logicalId, attribute) => attributeOf(logicalId, attribute, where),
    condition: (name) => condition(name, `${stackName}/${where}`),
    importValue: (name) => importValue(name, `${stackName}/${where}`),
    mapping: (map, first, second) => mappingOf(template, [map, first, second], `${stackName}/${where}`),
    rewrite: (text) => text.replace(ASSIGNED_ADDRESS, place.endpoint),
  });
  const condition = makeConditions(template.Conditions, stackName, (where) => at(where.slice(stackName.length + 1)));

  /** Resources whose names are being resolved, to detect cycles. */
  const open = new Set<string>();
  const naming = (logicalId: string): NamingInput => {
    const { type, properties } = resourceAt(resources, logicalId, `${stackName}/${logicalId}`);
    const property = (path: string) => {
      const id = `${stackName}/${logicalId}`;
      if (open.has(id)) throw new UnsupportedTemplate(`${id}: its ${path} refers to itself.`);
      open.add(id);
      const value = textOf(resolve(dig(properties, path), at(logicalId)));
      open.delete(id);
      return value;
    };
    const given = type.nameProperty === undefined ? undefined : property(type.nameProperty);
    const name = given ?? generatedName(stackName, logicalId, type.name);
    return { ...place, stack: stackName, logicalId, name, property };
  };
  const arn = (logicalId: string) => {
    const { type } = resourceAt(resources, logicalId, `${stackName}/${logicalId}`);
    return type.arn?.(naming(logicalId)) ?? null;
  };
  const ref = (name: string, where: string): unknown => {
    const pseudo = pseudoParameters(place, stackName);
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    const parameters = objectOf(template.Parameters);
    if (Object.hasOwn(parameters, name)) return parameterOf(objectOf(parameters[name]), `${stackName}/${name}`);
    const { type } = resourceAt(resources, name, `${stackName}/${where}`);
    const input = naming(name);
    if (type.ref === 'arn') return type.arn?.(input);
    return type.ref?.(input) ?? input.name;
  };
  const attributeOf = (logicalId: string, attribute: string, where: string): unknown => {
    const { type } = resourceAt(resources, logicalId, `${stackName}/${where}`);
    const attributes = type.attributes ?? {};
    const made = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (made === 'arn') return arn(logicalId);
    if (made === 'name') return naming(logicalId).name;
    if (made !== undefined) return made(naming(logicalId));
    throw new UnsupportedTemplate(
      `${stackName}/${where}: Fn::GetAtt ${logicalId}.${attribute} of a ${type.name} is not supported.`,
    );
  };
  return { stack, place, at, condition, naming, arn };
}

/** The addresses that AWS assigns to an HTTP API and to a distribution; here they are replaced by the local endpoint. */
const ASSIGNED_ADDRESS = /https:\/\/[a-z0-9]+\.(?:execute-api\.[a-z0-9-]+\.amazonaws\.com|cloudfront\.net)/g;

function pseudoParameters(place: Place, stackName: string): JsonObject {
  return {
    'AWS::Region': place.region,
    'AWS::AccountId': place.account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stackName}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  };
}

function parameterOf(parameter: JsonObject, where: string): unknown {
  const value = parameter.Default;
  if (value === undefined) throw new UnsupportedTemplate(`${where}: the parameter has no default value.`);
  const list = ['CommaDelimitedList', 'List<Number>', 'List<String>'].includes(String(parameter.Type));
  return list ? String(value).split(',') : String(value);
}

function mappingOf(template: JsonObject, path: readonly string[], where: string): unknown {
  const found = path.reduce<unknown>((at, key) => own(at, key), template.Mappings);
  if (found === undefined) throw new UnsupportedTemplate(`${where}: Fn::FindInMap finds no ${path.join('.')}.`);
  return found;
}

function resourceAt(resources: JsonObject, logicalId: string, where: string) {
  if (!Object.hasOwn(resources, logicalId)) {
    throw new UnsupportedTemplate(`${where}: there is no resource or parameter ${logicalId}.`);
  }
  const resource = objectOf(resources[logicalId]);
  const name = String(resource.Type);
  const type = resourceType(name);
  if (type === undefined) {
    throw new UnsupportedTemplate(`${where}: the resource type ${name} of ${logicalId} is not supported.`);
  }
  return { type: { ...type, name }, properties: objectOf(resource.Properties) };
}

function dig(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : own(at, key)), value);
}

/** Reads own properties only: a template has nothing named `constructor`. */
function own(value: unknown, key: string): unknown {
  const object = objectOf(value);
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
