import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const CREDENTIALS = '@aws-sdk/credential-provider-node';
const DOCUMENT_CLIENT = '@aws-sdk/lib-dynamodb';
const SCHEMAS = /@aws-sdk\/(client-[a-z0-9-]+\/dist-es|nested-clients\/.*)\/schemas\/schemas_0\.js$/;
/** Clients that know a hundred errors each, and register a class for every one of them when they are loaded. */
const KNOWS_MANY_ERRORS = /@aws-sdk\/client-(auto-scaling|dynamodb|ecs|lambda|rds|s3|ssm)\//;
const REGISTERS_AN_ERROR = /^n0_registry\.registerError\(.*\);$/gm;
const NAMED_TEXT = /^const (_\w+) = ("[^"\n]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * Leaves out of a bundle what the AWS SDK carries for other places than Lambda.
 * Lambda gives credentials as environment variables and nothing else, so the clients for single sign-on, profiles and
 * instance metadata are never asked; and the document client is free of side effects although its package does not say so.
 * Schemas of operations that a function never calls are left out.
 * Errors without a class of their own come as the client's general one, with the same name, status and message: all that is looked at.
 */
export function leanSdk(): Plugin {
  return {
    name: 'lean-sdk',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: new RegExp(`^${CREDENTIALS}$`) }, async ({ pluginData, path, ...from }) => {
        if (pluginData === 'lean') return;
        const original = await resolve(path, { ...from, pluginData: 'lean' });
        return { path: original.path, namespace: 'lambda-credentials', sideEffects: false };
      });
      onLoad({ filter: /./, namespace: 'lambda-credentials' }, ({ path }) => ({
        contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
        resolveDir: dirname(path),
      }));
      onResolve({ filter: new RegExp(`^${DOCUMENT_CLIENT}$`) }, async ({ pluginData, path, ...from }) => {
        if (pluginData === 'lean') return;
        return { ...(await resolve(path, { ...from, pluginData: 'lean' })), sideEffects: false };
      });
      onLoad({ filter: SCHEMAS }, async ({ path }) => {
        const text = withPlainKeys(await readFile(path, 'utf8'));
        return {
          contents: KNOWS_MANY_ERRORS.test(path) ? text.replaceAll(REGISTERS_AN_ERROR, '') : text,
          loader: 'js',
        };
      });
    },
  };
}

/**
 * Writes `{ [_e]: 1 }` as `{ "error": 1 }`, where `_e` is a constant of the module. To compute a key may do anything, as far as a bundler knows,
 * so it keeps every schema that has one, and all that those name.
 */
function withPlainKeys(text: string): string {
  const named = new Map([...text.matchAll(NAMED_TEXT)].map(([, name, value]) => [name, value]));
  return text.replaceAll(COMPUTED_KEY, (key, name: string) => (named.has(name) ? `${named.get(name)}:` : key));
}
