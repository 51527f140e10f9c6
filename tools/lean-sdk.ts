import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const CREDENTIALS = '@aws-sdk/credential-provider-node';
const DOCUMENT_CLIENT = '@aws-sdk/lib-dynamodb';
/** Clients that know a hundred errors each, and register a class for every one of them when they are loaded. */
const SCHEMAS_OF_MANY_ERRORS =
  /@aws-sdk\/client-(auto-scaling|dynamodb|ecs|lambda|rds|s3|ssm)\/dist-es\/schemas\/schemas_0\.js$/;
const REGISTERS_AN_ERROR = /^n0_registry\.registerError\(.*\);$/gm;

/**
 * Leaves out of a bundle what the AWS SDK carries for other places than Lambda.
 * Lambda gives credentials as environment variables and nothing else, so the clients for single sign-on, profiles and
 * instance metadata are never asked; and the document client is free of side effects although its package does not say so.
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
      onLoad({ filter: SCHEMAS_OF_MANY_ERRORS }, async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replaceAll(REGISTERS_AN_ERROR, ''),
        loader: 'js',
      }));
    },
  };
}
