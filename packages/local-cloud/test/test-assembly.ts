import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;
export interface TestStack {
  readonly Parameters?: Json;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Resources: Json;
  readonly Outputs?: Json;
}

/** A cloud assembly in a folder of its own; `remove` it afterwards. */
export interface TestAssembly {
  readonly directory: string;
  readonly assemblyDir: string;
  readonly dataDir: string;
  remove(): void;
}

/** Writes a cloud assembly of these stacks; `bundles` become assets `<name>.zip` with the code as `index.mjs`. */
export function writeAssembly(
  stacks: Readonly<Record<string, TestStack>>,
  bundles: Readonly<Record<string, string>> = {},
): TestAssembly {
  const directory = mkdtempSync(join(tmpdir(), 'selfheal-local-'));
  const assemblyDir = join(directory, 'cdk.out');
  mkdirSync(assemblyDir);
  const write = (name: string, content: unknown) => writeFileSync(join(assemblyDir, name), JSON.stringify(content));
  const artifacts: Record<string, unknown> = {
    assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  };
  for (const [name, template] of Object.entries(stacks)) {
    write(`${name}.template.json`, template);
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
    };
  }
  write('manifest.json', { version: '54.0.0', artifacts });
  const files = Object.entries(bundles).map(([name, code]) => {
    mkdirSync(join(assemblyDir, `asset.${name}`));
    writeFileSync(join(assemblyDir, `asset.${name}`, 'index.mjs'), code);
    return [name, { source: { path: `asset.${name}` }, destinations: { here: { objectKey: `${name}.zip` } } }];
  });
  write('assets.json', { files: Object.fromEntries(files) });
  return {
    directory,
    assemblyDir,
    dataDir: join(directory, 'data'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const LOGS = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' };

/** A role for a service with these statements as its inline policy. */
export function role(service: string, ...statements: readonly Json[]): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
      },
      ...(statements.length === 0
        ? {}
        : { Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }] }),
    },
  };
}

/** A function and its role: `<id>` and `<id>Role`. */
export function lambda(id: string, statements: readonly Json[] = [], properties: Json = {}): Json {
  return {
    [`${id}Role`]: role('lambda.amazonaws.com', LOGS, ...statements),
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { S3Bucket: 'assets', S3Key: `${id}.zip` },
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        Timeout: 30,
        MemorySize: 128,
        ...properties,
      },
    },
  };
}

export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Waits until `condition` holds; fails after `limitMs`, which only ends what hangs. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 240_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A file URL that code outside of the repository can import a dependency by. */
export function dependency(name: string): string {
  return import.meta.resolve(name);
}

/** `${name}` as templates and policies write it. */
export const placeholder = (name: string) => `$\{${name}}`;

/** Text in which `<name>` stands for a placeholder. */
export const withPlaceholders = (text: string) =>
  text.replace(/<([^>]+)>/g, (_whole, name: string) => placeholder(name));
