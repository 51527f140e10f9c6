import { readFileSync } from 'node:fs';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { objectOf, parseObject, textOf } from '../template/json.ts';
import type { StateMachine } from '../workflow/contract.ts';
import { unsupportedResources } from './run-task.ts';

/** The deployment's state machines with their versions and aliases. Throws `UnsupportedTemplate` for one that cannot be run. */
export function readMachines(deployment: Deployment): StateMachine[] {
  const arnsOf = (
    type: 'AWS::StepFunctions::StateMachineVersion' | 'AWS::StepFunctions::StateMachineAlias',
    machine: string,
  ) => deployment.ofType(type).flatMap(({ arn }) => (arn?.startsWith(`${machine}:`) ? [{ arn }] : []));
  return deployment.ofType('AWS::StepFunctions::StateMachine').map((resource) => {
    const arn = resource.arn ?? '';
    const definition = readDefinition(resource, deployment);
    const [unsupported] = unsupportedResources(definition);
    if (unsupported !== undefined) throw fault(resource, `the task resource ${unsupported} is not supported`);
    return {
      arn,
      name: resource.name,
      roleArn: textOf(resource.properties.RoleArn) ?? '',
      definition,
      aliases: arnsOf('AWS::StepFunctions::StateMachineAlias', arn),
      versions: arnsOf('AWS::StepFunctions::StateMachineVersion', arn),
    };
  });
}

function readDefinition(resource: Resource, deployment: Deployment): unknown {
  const { properties, id } = resource;
  const substitutions = objectOf(properties.DefinitionSubstitutions);
  const substitute = (text: string) =>
    text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => {
      if (!Object.hasOwn(substitutions, name)) return whole;
      // The value goes inside a JSON string, so its quotes must be escaped.
      return JSON.stringify(String(substitutions[name])).slice(1, -1);
    });
  const key = textOf(objectOf(properties.DefinitionS3Location).Key);
  const path = key === undefined ? undefined : deployment.assetPath(key);
  if (key !== undefined && path === undefined)
    throw fault(resource, `its definition ${key} is not an asset of the assembly`);
  const text =
    path === undefined
      ? (textOf(properties.DefinitionString) ?? JSON.stringify(properties.Definition ?? null))
      : readFileSync(path, 'utf8');
  const definition = parseObject(substitute(text), `${id}.Definition`);
  if (definition.States === undefined) throw fault(resource, 'it has no definition');
  return definition;
}

function fault(resource: Resource, what: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${resource.id} (${resource.type}): ${what}.`);
}
