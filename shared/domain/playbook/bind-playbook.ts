import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { ManagedService } from '../plan/managed-service.ts';
import { type CATALOGUE_FACTS, type ParameterSpec, type Scalar, valueSchema } from './parameter.ts';
import type { Playbook } from './playbook.ts';
import type { Values } from './template.ts';

export type BoundPlaybook =
  | { readonly kind: 'bound'; readonly values: Values }
  | { readonly kind: 'unfit'; readonly reasons: readonly string[] };

/** A service with its allowed playbooks and the values for them. */
type PlayedService = Omit<ManagedService, 'playbooks'> & {
  readonly playbooks: readonly { readonly id: string; readonly with: Values }[];
};

/**
 * The values of a playbook's parameters for a service: constants of the playbook, facts about the service, and the
 * service's `with`. No outside text is among them. Fails when a value is missing, unknown or does not match its schema.
 */
export function bindPlaybook(playbook: Playbook, service: PlayedService): BoundPlaybook {
  const allowed = service.playbooks.find(({ id }) => id === playbook.id);
  if (allowed === undefined)
    return { kind: 'unfit', reasons: [`the service ${service.id} does not allow ${playbook.id}`] };
  const given: Values = allowed.with;
  const values: Record<string, Scalar> = {};
  const reasons = Object.keys(given)
    .filter((name) => !isGivenByService(playbook.parameters[name]))
    .map((name) => `${name} is not a parameter that a service sets for ${playbook.id}: leave it out`);
  for (const [name, spec] of Object.entries(playbook.parameters)) {
    const value = spec.value ?? (spec.from === undefined ? given[name] : factOf(service, spec.from));
    const parsed = value === undefined || value === null ? null : valueSchema(spec).safeParse(value);
    if (parsed?.success === true) values[name] = parsed.data;
    else
      reasons.push(
        parsed === null ? missing(name, spec, service) : `${name}: ${parsed.error.issues[0]?.message ?? 'unfit'}`,
      );
  }
  return reasons.length === 0 ? { kind: 'bound', values } : { kind: 'unfit', reasons };
}

const isGivenByService = (spec: ParameterSpec | undefined): boolean =>
  spec !== undefined && spec.value === undefined && spec.from === undefined;

const missing = (name: string, spec: ParameterSpec, { id }: PlayedService): string =>
  spec.from === undefined
    ? `${name} has no value: add it to "with" of the service ${id}`
    : `${name} is taken from ${spec.from}, which the service ${id} does not have`;

function factOf({ id, logGroup, deployment }: PlayedService, fact: (typeof CATALOGUE_FACTS)[number]): string | null {
  const isLambda = deployment?.kind === 'lambda-alias';
  const isEcs = deployment?.kind === 'ecs-service';
  switch (fact) {
    case 'service':
      return id;
    case 'logGroup':
      return logGroup;
    case 'functionName':
      return isLambda ? deployment.functionName : null;
    case 'alias':
      return isLambda ? deployment.alias : null;
    case 'cluster':
      return isEcs ? deployment.cluster : null;
    case 'ecsService':
      return isEcs ? deployment.service : null;
    default:
      return fact satisfies never;
  }
}

/**
 * 32 hexadecimal digits: equal for the same playbook, service, values and alarm, and new for the next alarm. Prevents
 * repeats.
 */
export function keyOf(parts: { playbook: string; service: string; since: string; values: Values }): string {
  return digestOf(canonicalJson(parts), 32);
}
