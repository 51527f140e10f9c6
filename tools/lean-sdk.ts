import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const CREDENTIALS = '@aws-sdk/credential-provider-node';
const DOCUMENT_CLIENT = '@aws-sdk/lib-dynamodb';

/**
 * Leaves out of a bundle what the AWS SDK carries for other places than Lambda.
 * Lambda gives credentials as environment variables and nothing else, so the clients for single sign-on, profiles and
 * instance metadata are never asked; and the document client is free of side effects although its package does not say so.
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
    },
  };
}
