import { makeAuthorizer } from '@selfheal/local-cloud/iam/authorizer.ts';
import { type IamDecision, makeDecisionLog } from '@selfheal/local-cloud/iam/decisions.ts';
import { loadPolicies, type Role } from '@selfheal/local-cloud/iam/policies.ts';
import type { Statement } from '@selfheal/local-cloud/iam/policy.ts';
import { type Deployment, loadDeployment } from '@selfheal/local-cloud/template/deployment.ts';

/** A part of one statement of a function's role: all of it, one of its actions, or one of its resources. */
export interface Right {
  readonly role: Role;
  readonly statement: Statement;
  /** What is left of the statement without the part; null: nothing. */
  readonly rest: Statement | null;
  readonly part: string;
}

/** `FunctionsIntakeRole0A1B2C3D: dynamodb:GetItem of [dynamodb:GetItem] on [arn:...]` */
export function nameOf({ role, statement, part }: Right): string {
  const { actions, resources } = statement;
  return `${role.logicalId}: ${part} of [${(actions ?? []).join(' ')}] on [${(resources ?? []).join(' ')}]`;
}

/** Every part of every statement of every function's role, as the template gives it. */
export function functionRights(deployment: Deployment): Right[] {
  return functionRoles(deployment).flatMap((role) =>
    role.policies.flatMap(({ statements }) =>
      statements.flatMap((statement) => partsOf(statement).map((part) => ({ role, statement, ...part }))),
    ),
  );
}

function partsOf(statement: Statement): Pick<Right, 'rest' | 'part'>[] {
  const { actions, resources } = statement;
  const without = (all: readonly string[] | null, one: string) => (all ?? []).filter((other) => other !== one);
  return [
    { part: 'the statement', rest: null },
    ...(actions ?? []).map((one) => ({ part: one, rest: { ...statement, actions: without(actions, one) } })),
    ...(resources ?? []).map((one) => ({ part: one, rest: { ...statement, resources: without(resources, one) } })),
  ];
}

/** Functions of ours: what CDK brings to copy the dashboard's files runs at deployment only, and not here. */
export const ownFunctions = (deployment: Deployment) =>
  deployment.ofType('AWS::Lambda::Function').filter(({ logicalId }) => logicalId.startsWith('Functions'));

export function functionRoles(deployment: Deployment): Role[] {
  const policies = loadPolicies(deployment);
  const arns = new Set(ownFunctions(deployment).map(({ properties }) => String(properties.Role)));
  return [...arns].flatMap((arn) => policies.role(arn) ?? []);
}

/** Asks recorded questions again of policies from which rights were taken away. */
export function askAgain(deployment: Deployment, decisions: readonly IamDecision[]) {
  const authorizer = makeAuthorizer(
    loadPolicies(deployment),
    makeDecisionLog(() => {}),
    deployment.account,
  );
  const allowedOf = (role: Role) => decisions.filter((one) => one.allowed && one.role === role.id);
  return {
    allowedOf,
    /** Those of the role's allowed questions that are refused when the right is missing. */
    refusedWithout(right: Right): IamDecision[] {
      const role = without(right);
      return allowedOf(right.role).filter((question) => !authorizer.would(role, question));
    },
    /** Whether the role's own policies still allow all that they allowed. */
    agrees: (role: Role) => allowedOf(role).every((question) => authorizer.would(role, question)),
  };
}

function without({ role, statement, rest }: Right): Role {
  const policies = role.policies.map((policy) => ({
    ...policy,
    statements: policy.statements.flatMap((one) => (one === statement ? (rest ?? []) : one)),
  }));
  return { ...role, policies };
}

/** The deployment of an assembly, for its policies. */
export function deploymentOf(assemblyDir: string, endpoint: string): Deployment {
  return loadDeployment(assemblyDir, endpoint);
}

type Template = Record<string, unknown> & { Resources: Record<string, { Type: string; Properties: RoleProperties }> };
interface RoleProperties {
  Policies: { PolicyDocument: { Statement: { Action: string | string[] }[] } }[];
}

/** Takes an action out of every statement of a function's role in a template. Throws when there is none to take. */
export function withoutAction(functionName: string, action: string): (template: Record<string, unknown>) => void {
  const prefix = `Functions${functionName.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Role`;
  return (template) => {
    const roles = Object.entries((template as Template).Resources).filter(([id]) => id.startsWith(prefix));
    let taken = 0;
    for (const document of roles.flatMap(([, { Properties }]) =>
      Properties.Policies.map((one) => one.PolicyDocument),
    )) {
      for (const statement of document.Statement) {
        const actions = [statement.Action].flat();
        taken += actions.filter((one) => one === action).length;
        statement.Action = actions.filter((one) => one !== action);
      }
      document.Statement = document.Statement.filter(({ Action }) => Action.length > 0);
    }
    if (taken === 0) throw new Error(`The role of ${functionName} has no ${action}.`);
  };
}
