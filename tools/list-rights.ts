import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  /** Everything but these, in place of `Resource`: a text message to a phone has no resource. */
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: {
    readonly Policies?: readonly Policy[];
    readonly PolicyDocument?: Policy['PolicyDocument'];
    readonly Roles?: readonly { readonly Ref: string }[];
    readonly ManagedPolicyArns?: readonly unknown[];
  };
}

/** A template of CloudFormation. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Right {
  readonly effect: string;
  readonly actions: string;
  readonly resources: string;
  /** JSON; null for a statement without a condition. */
  readonly condition: string | null;
}

const asList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Short words for what a statement is about: references by name, without the hashes of logical ids. */
export function words(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, inner] = ['', null]] = Object.entries(value as Record<string, unknown>);
  switch (intrinsic) {
    case 'Fn::Join':
      return ((inner as [string, unknown[]])[1] ?? []).map(words).join('');
    case 'Fn::Sub':
      return String(inner);
    case 'Fn::GetAtt':
      return (inner as string[]).map(nameOf).join('.');
    case 'Fn::ImportValue':
      return nameOf((inner as string).replace(/^Selfheal\w*:ExportsOutput(Ref|FnGetAtt)/, ''));
    default:
      return nameOf(String(inner));
  }
}

/** A logical id without the hashes that CDK adds. */
export function nameOf(logicalId: string): string {
  return logicalId.replaceAll(/[0-9A-F]{8}/g, '');
}

/** The statements of each role, by the role's name: those of its own and those of policies that are attached to it. */
export function rightsOf({ Resources }: Template): ReadonlyMap<string, readonly Right[]> {
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  const attached = Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  return new Map(
    roles.map(([id, { Properties }]) => {
      const documents = [
        ...(Properties?.Policies ?? []).map(({ PolicyDocument }) => PolicyDocument),
        ...attached
          .filter((policy) => policy.Properties?.Roles?.some(({ Ref }) => Ref === id))
          .flatMap((policy) => policy.Properties?.PolicyDocument ?? []),
      ];
      return [nameOf(id), documents.flatMap(({ Statement }) => Statement).map(rightOf)];
    }),
  );
}

function rightOf({ Effect, Action, Resource, NotResource, Condition }: Statement): Right {
  return {
    effect: Effect,
    actions: asList(Action).join(' '),
    resources:
      NotResource === undefined
        ? asList(Resource).map(words).join(' ')
        : `all but ${asList(NotResource).map(words).join(' ')}`,
    condition: Condition === undefined ? null : JSON.stringify(Condition),
  };
}

const code = (text: string): string =>
  text
    .split(' ')
    .map((part) => `\`${part.replaceAll('|', '\\|')}\``)
    .join(' ');

/** A page in Markdown: what each role of the stacks may do, and what CloudFormation creates. */
export function listRights(stacks: Readonly<Record<string, Template>>): string {
  const roles = Object.values(stacks).flatMap((template) => [...rightsOf(template)]);
  const types = Object.entries(stacks).flatMap(([stack, { Resources }]) =>
    [...Map.groupBy(Object.values(Resources), ({ Type }) => Type)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, all]) => `| ${code(type)} | ${stack} | ${all.length} |`),
  );
  return [
    '# Rights',
    'What each role may do and what CloudFormation creates, from the templates of the configuration as shipped. `npm run rights` prints the same for yours,\nafter `npm run synth`. Names are those of the template, without its hashes.',
    '## What the roles may do',
    'A role for each function; a role that is missing here has no rights. Everything that is not listed is denied.',
    ...roles
      .filter(([, rights]) => rights.length > 0)
      .flatMap(([role, rights]) => [
        `### ${role}`,
        [
          '| actions | on | only if |',
          '|---|---|---|',
          ...rights.map(
            ({ effect, actions, resources, condition }) =>
              `| ${effect === 'Allow' ? '' : `${effect}: `}${code(actions)} | ${code(resources)} | ${condition === null ? '' : code(condition)} |`,
          ),
        ].join('\n'),
      ]),
    '## What CloudFormation creates',
    'The role that deploys needs the rights to create, change and delete these.',
    ['| type | stack | how many |', '|---|---|---|', ...types].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { assembly: { type: 'string', default: join(ROOT, 'cdk.out') } } });
  const files = globSync('*.template.json', { cwd: values.assembly }).sort();
  if (files.length === 0) {
    console.error(
      `${values.assembly} holds no template. Run "npm run synth" first, or name another folder with --assembly.`,
    );
    process.exit(2);
  }
  const read = (file: string) => JSON.parse(readFileSync(join(values.assembly, file), 'utf8')) as Template;
  console.log(
    listRights(Object.fromEntries(files.map((file) => [basename(file, '.template.json'), read(file)]))).trimEnd(),
  );
}
