import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, objectOf, parseObject, textOf } from './json.ts';

export interface StackTemplate {
  readonly name: string;
  readonly template: JsonObject;
  /** Undefined when the stack is not bound to an account. */
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export interface CloudAssembly {
  readonly stacks: readonly StackTemplate[];
  /** Path of the asset that `cdk deploy` would upload under this object key (`<hash>.zip`, `<hash>.json`, ...). */
  assetPath(objectKey: string): string | undefined;
}

/**
 * Reads a CDK cloud assembly through its `manifest.json`.
 * Throws, naming the file, when there is no manifest or it lists no stack.
 */
export function readAssembly(directory: string): CloudAssembly {
  const manifestPath = join(directory, 'manifest.json');
  if (!existsSync(manifestPath)) throw new Error(`${directory} is not a cloud assembly: it has no manifest.json.`);
  const artifacts = objectOf(readJson(manifestPath).artifacts);
  const stacks: StackTemplate[] = [];
  const assets = new Map<string, string>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    const { type, properties, environment } = objectOf(artifact);
    const file = textOf(objectOf(properties).templateFile) ?? textOf(objectOf(properties).file);
    if (file === undefined) continue;
    if (type === 'aws:cloudformation:stack') stacks.push(readStack(directory, id, file, properties, environment));
    if (type === 'cdk:asset-manifest') collectAssets(directory, file, assets);
  }
  if (stacks.length === 0) throw new Error(`${manifestPath} lists no stack.`);
  return { stacks, assetPath: (objectKey) => assets.get(objectKey) };
}

function readStack(directory: string, id: string, file: string, properties: unknown, environment: unknown) {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(textOf(environment) ?? '') ?? [];
  return {
    name: textOf(objectOf(properties).stackName) ?? id,
    template: readJson(join(directory, file)),
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
  };
}

function collectAssets(directory: string, file: string, assets: Map<string, string>): void {
  for (const asset of Object.values(objectOf(readJson(join(directory, file)).files))) {
    const { source, destinations } = objectOf(asset);
    const path = textOf(objectOf(source).path);
    for (const destination of Object.values(objectOf(destinations))) {
      const key = isObject(destination) ? textOf(destination.objectKey) : undefined;
      if (path !== undefined && key !== undefined) assets.set(key, join(directory, path));
    }
  }
}

function readJson(path: string): JsonObject {
  return parseObject(readFileSync(path, 'utf8'), path);
}
