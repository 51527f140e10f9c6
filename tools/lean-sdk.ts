import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const CREDENTIALS = '@aws-sdk/credential-provider-node';
const DOCUMENT_CLIENT = '@aws-sdk/lib-dynamodb';
const SCHEMAS = /@aws-sdk\/(client-[a-z0-9-]+\/dist-es|nested-clients\/.*)\/schemas\/schemas_0\.js$/;
/** Clients register up to a hundred error classes when they are loaded; only those of Bedrock are told apart by class. */
const ERROR_CLASSES = /@aws-sdk\/(?:client-(?!bedrock)|nested-clients\/)/;
const EVENT_STREAMS = '@smithy/core/event-streams';
/** A client reads its version from its package file, and only that. */
const PACKAGE_FILE = /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/;
/** Copies the whole input and output of every call for a logger, also where none is set. */
const LOGGER = /[\\/]middleware-logger[\\/]loggerMiddleware\.js$/;
const PREPARES_LOG = /(?<=^export const loggerMiddleware = )[\s\S]*?^};$/m;
/** Hashes in JavaScript, for a Node without OpenSSL, and retries at an adaptive rate, which no function asks for. */
const FALLBACKS = /[\\/]@smithy[\\/]core[\\/].*[\\/](Sha256Js|Md5Js|AdaptiveRetryStrategy)\.js$/;
/** Profiles in `~/.aws`, and the region of an EC2 instance. A function of Lambda has neither, and is configured by its environment. */
const ELSEWHERE = /[\\/]@smithy[\\/]core[\\/].*[\\/](fromSharedConfigFiles|getInstanceMetadataRegion)\.js$/;
const REGISTERS_AN_ERROR = /^n0_registry\.registerError\(.*\);$/gm;
const NAMED_TEXT = /^const (_\w+) = ("[^"\n]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

const NO_EVENT_STREAMS = `
const leftOut = () => { throw new Error('The code that reads event streams was left out of this bundle.'); };
export { leftOut as EventStreamSerde, leftOut as eventStreamSerdeProvider };
`;

/** Whoever asks goes on to the next place. */
const NOT_ELSEWHERE: Readonly<Record<string, string>> = {
  fromSharedConfigFiles: `
import { CredentialsProviderError } from '../property-provider/CredentialsProviderError';
export const fromSharedConfigFiles = () => async () => { throw new CredentialsProviderError('The files of profiles are not read.'); };
`,
  getInstanceMetadataRegion: 'export const getInstanceMetadataRegion = async () => undefined;',
};

/** A class of that name that cannot be made. */
const leftOut = (name: string) =>
  `export class ${name} { constructor() { throw new Error('${name} was left out of this bundle.'); } }`;

/**
 * Removes parts of the AWS SDK that are not needed in Lambda. Lambda passes credentials only as environment variables, so the clients for single
 * sign-on, profiles and instance metadata are never used. The document client has no side effects, although its package does not say so. Schemas of
 * operations that a function never calls are removed. Errors arrive as the client's base class, with the same name, status and message; nothing else
 * of an error is read. No client has a logger, so nothing is prepared for one. No operation that is called streams events. Lambda's Node has
 * OpenSSL, so the hashes in JavaScript are never used, and no function asks for the adaptive mode of retries. Profiles are not read.
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
      // A client with such operations imports some of it, which is left to tree shaking.
      onResolve({ filter: new RegExp(`^${EVENT_STREAMS}$`) }, ({ path, kind }) =>
        kind === 'dynamic-import' ? { path, namespace: 'no-event-streams' } : null,
      );
      onLoad({ filter: /./, namespace: 'no-event-streams' }, () => ({ contents: NO_EVENT_STREAMS, loader: 'js' }));
      onLoad({ filter: PACKAGE_FILE }, async ({ path }) => {
        const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });
      onLoad({ filter: FALLBACKS }, ({ path }) => ({ contents: leftOut(basename(path, '.js')), loader: 'js' }));
      onLoad({ filter: ELSEWHERE }, ({ path }) => ({
        contents: NOT_ELSEWHERE[basename(path, '.js')] ?? '',
        resolveDir: dirname(path),
        loader: 'js',
      }));
      onLoad({ filter: LOGGER }, async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replace(PREPARES_LOG, '() => (next) => next;'),
        loader: 'js',
      }));
      onLoad({ filter: SCHEMAS }, async ({ path }) => {
        const text = withPlainKeys(await readFile(path, 'utf8'));
        return {
          contents: ERROR_CLASSES.test(path) ? text.replaceAll(REGISTERS_AN_ERROR, '') : text,
          loader: 'js',
        };
      });
    },
  };
}

/**
 * Rewrites `{ [_e]: 1 }` as `{ "error": 1 }`, where `_e` is a constant of the module. A bundler assumes that a computed key may have side effects,
 * so it would keep every schema with one, and all schemas that those refer to.
 */
function withPlainKeys(text: string): string {
  const named = new Map([...text.matchAll(NAMED_TEXT)].map(([, name, value]) => [name, value]));
  return text.replaceAll(COMPUTED_KEY, (key, name: string) => (named.has(name) ? `${named.get(name)}:` : key));
}

const JSON_SCHEMA = /^\.\.\/core\/(?:json-schema-processors|to-json-schema)\.js$/;
const NO_JSON_SCHEMA = `
const leftOut = () => { throw new Error('The code that writes JSON Schema was left out of this bundle.'); };
module.exports = { createToJSONSchemaMethod: () => leftOut, createStandardJSONSchemaMethod: () => leftOut };
`;

/** Leaves out the code with which every schema of zod can write itself as JSON Schema (36 KB). */
export function zodWithoutJsonSchema(): Plugin {
  return {
    name: 'zod-without-json-schema',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: JSON_SCHEMA }, ({ importer }) =>
        /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/.test(importer)
          ? { path: 'no-json-schema', namespace: 'no-json-schema' }
          : null,
      );
      onLoad({ filter: /./, namespace: 'no-json-schema' }, () => ({ contents: NO_JSON_SCHEMA, loader: 'js' }));
    },
  };
}

/** The library of the API's routes. It passes all of zod to code that extends one class, so that no part of zod could be left out. */
const ROUTES_LIBRARY = /[\\/]@hono[\\/]zod-openapi[\\/]dist[\\/]index\.mjs$/;
const USES_OF_ZOD: readonly (readonly [string, string])[] = [
  ['import { z } from "zod";', 'import { ZodType } from "zod";'],
  ['\nextendZodWithOpenApi(z);\n', '\nextendZodWithOpenApi({ ZodType });\n'],
  ['extendZodWithOpenApi, z };', 'extendZodWithOpenApi };'],
];

/**
 * Leaves zod's error messages in fifty languages out of a bundle; ours are in English. A package that imports zod as a whole would bring them
 * all (190 KB), and whatever else of zod no schema uses (90 KB).
 */
export function leanZod(): Plugin {
  return {
    name: 'lean-zod',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
        loader: 'js',
      }));
      onLoad({ filter: ROUTES_LIBRARY }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const [use, lean] of USES_OF_ZOD) {
          if (!contents.includes(use))
            throw new Error(`${path} no longer contains ${JSON.stringify(use)}: adapt USES_OF_ZOD.`);
          contents = contents.replace(use, lean);
        }
        return { contents, loader: 'js' };
      });
    },
  };
}
