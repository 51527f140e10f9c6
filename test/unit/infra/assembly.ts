import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeployment } from '@selfheal/local-cloud/template/deployment.ts';
import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { expect, vi } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { makeSelfhealApp } from '#infra/selfheal-app.ts';
import type { Parts } from '#infra/stacks/selfheal-stack.ts';
import { PLUGINS } from '#shared/plugins/plugins.ts';
import { type Template as CloudFormationTemplate, rightsOf as rightsOfTemplate } from '../../../tools/list-rights.ts';

export { nameOf, words } from '../../../tools/list-rights.ts';

const PARTS: Parts = { functions: FUNCTIONS, ...PLUGINS };

/** Bundles that hold nothing, a configuration and a place for the assembly; gone after `remove()`. */
export function makeWorkspace(configuration: unknown = { version: 1 }) {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-infra-'));
  const bundles = join(folder, 'bundles');
  for (const { name } of FUNCTIONS) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = () => '${name}';`);
    writeFileSync(join(bundles, name, 'selfheal.json'), JSON.stringify(configuration));
  }
  const dashboard = join(folder, 'dashboard');
  mkdirSync(dashboard);
  writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>Dashboard</title>');
  const config = join(folder, 'selfheal.json');
  writeFileSync(config, JSON.stringify(configuration));
  return {
    folder,
    bundles,
    makeApp: (context: Record<string, unknown> = {}, parts: Parts = PARTS): App =>
      makeSelfhealApp(parts, {
        outdir: join(folder, 'cdk.out'),
        context: { '@aws-cdk/core:validateAgainstDefaultRules': true, config, bundles, dashboard, ...context },
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** CDK's assertions throw without Vitest's `expect`: here each counts as an assertion of its test. */
function withCountedAssertions(template: Template): Template {
  return new Proxy(template, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const isAssertion = /^(?:has|resource(?:Count|PropertiesCount)Is|allResources|templateMatches)/.test(
        String(name),
      );
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return isAssertion ? (...args: unknown[]) => expect(() => call(...args)).not.toThrow() : call;
    },
  });
}

/** The two templates of an assembly. A test that changes what it finds in them would change it for others. */
function templatesOf(assembly: CloudAssembly) {
  const of = (name: string) => withCountedAssertions(Template.fromJSON(assembly.getStackByName(name).template));
  return { state: of('SelfhealState'), selfheal: of('Selfheal'), dashboard: of('SelfhealDashboard') };
}

const synthesized = new Map<string, ReturnType<typeof synthesize>>();

/** The two templates that a configuration and a context make; files that run in the same worker share them. */
export function templatesFor(configuration: unknown = { version: 1 }, context: Record<string, unknown> = {}) {
  const key = JSON.stringify([configuration, context]);
  const templates = synthesized.get(key) ?? synthesize(configuration, context);
  synthesized.set(key, templates);
  return templates;
}

/**
 * The two templates, made anew, and what `cdk deploy` prints in yellow. CloudFormation's rules are left out: they are checked where the
 * acknowledgements are, and here would only take time.
 */
export function synthesize(configuration: unknown, context: Record<string, unknown>) {
  const workspace = makeWorkspace(configuration);
  vi.stubEnv('CDK_VALIDATION', 'false');
  try {
    const assembly = workspace.makeApp(context).synth();
    const { messages } = assembly.getStackByName('Selfheal');
    const warnings = messages.filter(({ level }) => level === 'warning').map(({ entry }) => `${entry.data}`);
    const deployment = loadDeployment(assembly.directory, 'http://127.0.0.1:4000');
    return { ...templatesOf(assembly), warnings, deployment };
  } finally {
    vi.unstubAllEnvs();
    workspace.remove();
  }
}

/** Any part of a template: whatever is looked up in it may be missing. */
export interface Part {
  readonly [key: string]: Part | undefined;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Part;
  readonly DeletionPolicy?: string;
}

/** Logical ids and resources of a type. */
export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}

/** The function of this name, with its logical id. */
export function functionOf(template: Template, name: string): [id: string, resource: Resource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => String(Properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME) === name,
  );
  if (found === undefined) throw new Error(`The template has no function ${name}.`);
  return found;
}

/** A resource policy that denies everything that comes without TLS. */
export function deniesPlainText(action: string) {
  const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
  return { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: action, Condition })]) };
}

/** Every statement of every role, as `actions on resources`. */
export function rightsOf(template: Template): Record<string, string[]> {
  const roles = [...rightsOfTemplate(template.toJSON() as CloudFormationTemplate)];
  return Object.fromEntries(
    roles.map(([role, rights]) => [
      role,
      rights.map(
        ({ actions, resources, condition }) =>
          `${actions} on ${resources}${condition === null ? '' : ` if ${condition}`}`,
      ),
    ]),
  );
}
