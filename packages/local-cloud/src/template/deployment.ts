import { readAssembly } from './assembly.ts';
import { resolve, UnsupportedTemplate } from './intrinsics.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';
import { type Place, resourceType, type SERVED_TYPES } from './resource-types.ts';
import { makeStackScope, type StackScope } from './stack-scope.ts';

export interface Resource {
  /** `Stack/LogicalId`: unique in the deployment. */
  readonly id: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly arn: string | null;
  /** The value of `Ref`. */
  readonly ref: string;
  readonly properties: JsonObject;
}

/** All stacks of a cloud assembly, as they would be after `cdk deploy`. */
export interface Deployment extends Place {
  readonly resources: readonly Resource[];
  /** By output name, and by `Stack.output`. */
  readonly outputs: Readonly<Record<string, string>>;
  ofType(type: keyof typeof SERVED_TYPES): readonly Resource[];
  byArn(arn: string): Resource | undefined;
  byId(id: string): Resource | undefined;
  assetPath(objectKey: string): string | undefined;
}

export const DEFAULT_ACCOUNT = '000000000000';
export const DEFAULT_REGION = 'us-east-1';

/**
 * Loads all stacks of the assembly. `endpoint` is the address that the local services will have.
 * Throws `UnsupportedTemplate`, naming stack, logical id and type, for anything that cannot be served.
 */
export function loadDeployment(assemblyDir: string, endpoint: string): Deployment {
  const assembly = readAssembly(assemblyDir);
  const bound = assembly.stacks.find((stack) => stack.region !== undefined);
  const place: Place = {
    endpoint,
    account: assembly.stacks.find((stack) => stack.account !== undefined)?.account ?? DEFAULT_ACCOUNT,
    region: bound?.region ?? DEFAULT_REGION,
  };
  const open = new Set<string>();
  const exported = (name: string, askedAt: string): unknown => {
    if (open.has(name)) throw new UnsupportedTemplate(`${askedAt}: the export ${name} refers to itself.`);
    open.add(name);
    const value = findExport(scopes, name, askedAt);
    open.delete(name);
    return value;
  };
  const scopes = assembly.stacks.map((stack) => makeStackScope(stack, place, exported));
  const resources = scopes.flatMap(resourcesOf);
  const byArn = new Map(resources.flatMap((each) => (each.arn === null ? [] : [[each.arn, each] as const])));
  const byId = new Map(resources.map((each) => [each.id, each]));
  return {
    ...place,
    resources,
    outputs: outputsOf(scopes),
    ofType: (type) => resources.filter((each) => each.type === type),
    byArn: (arn) => byArn.get(arn),
    byId: (id) => byId.get(id),
    assetPath: assembly.assetPath,
  };
}

function resourcesOf(scope: StackScope): Resource[] {
  const stack = scope.stack.name;
  return Object.entries(objectOf(scope.stack.template.Resources)).flatMap(([logicalId, raw]) => {
    const { Type: type, Properties: properties, Condition: condition } = objectOf(raw);
    const place = scope.at(logicalId);
    if (resourceType(String(type)) === undefined) {
      throw new UnsupportedTemplate(`${stack}/${logicalId}: the resource type ${String(type)} is not supported.`);
    }
    if (condition !== undefined && !scope.condition(String(condition), place.place)) return [];
    return [
      {
        id: `${stack}/${logicalId}`,
        stack,
        logicalId,
        type: String(type),
        name: scope.naming(logicalId).name,
        arn: scope.arn(logicalId),
        ref: String(place.ref(logicalId)),
        properties: objectOf(resolve(properties ?? {}, place)),
      },
    ];
  });
}

/** Outputs whose condition is true, unresolved. */
function activeOutputs(scope: StackScope): [string, JsonObject][] {
  return Object.entries(objectOf(scope.stack.template.Outputs)).flatMap(([name, output]) => {
    const condition = isObject(output) ? textOf(output.Condition) : undefined;
    return condition === undefined || scope.condition(condition, `${scope.stack.name}/Outputs/${name}`)
      ? [[name, objectOf(output)]]
      : [];
  });
}

function findExport(scopes: readonly StackScope[], wanted: string, askedAt: string): unknown {
  for (const scope of scopes) {
    for (const [name, output] of activeOutputs(scope)) {
      const exportName = objectOf(output.Export).Name;
      if (exportName !== undefined && resolve(exportName, scope.at(`Outputs/${name}`)) === wanted) {
        return resolve(output.Value, scope.at(`Outputs/${name}`));
      }
    }
  }
  throw new UnsupportedTemplate(`${askedAt}: Fn::ImportValue ${wanted}: no stack of this assembly exports it.`);
}

function outputsOf(scopes: readonly StackScope[]): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const scope of scopes) {
    for (const [name, output] of activeOutputs(scope)) {
      const value = String(resolve(output.Value, scope.at(`Outputs/${name}`)));
      outputs[`${scope.stack.name}.${name}`] = value;
      outputs[name] ??= value;
    }
  }
  return outputs;
}
