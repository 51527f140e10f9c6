// Plain JavaScript: the type stripper would cost every worker 40 ms and 12 MB.
// One Lambda execution environment: loads the bundle once and runs one event at a time.
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { directory, handler, context, compileCacheDir } = workerData;
/** A function's first callers are not kept waiting for it. */
const FLUSH_AFTER_MS = 1000;
let loading;

// Compiled once for all workers of a bundle: each starts faster and is some megabytes smaller. Portable: a copied assembly keeps it.
enableCompileCache({ directory: compileCacheDir, portable: true });

parentPort.on('message', (message) => (message.load ? warm() : run(message)));

async function warm() {
  loading ??= load();
  // An event tells what was wrong.
  await loading.catch(() => undefined);
  parentPort.postMessage({ loaded: true });
}

async function run({ event, requestId, arn, deadlineMs, traceId }) {
  process.env._X_AMZN_TRACE_ID = traceId;
  try {
    loading ??= load();
    const result = await call(await loading, JSON.parse(event), {
      ...context,
      ...invocation(requestId, arn, deadlineMs),
    });
    parentPort.postMessage({ ok: true, payload: result === undefined ? 'null' : JSON.stringify(result) });
  } catch (error) {
    parentPort.postMessage({ ok: false, error: describe(error) });
  }
}

async function load() {
  const dot = handler.lastIndexOf('.');
  const name = handler.slice(dot + 1);
  const base = join(directory, handler.slice(0, dot));
  const file = ['.mjs', '.cjs', '.js'].map((extension) => base + extension).find((path) => existsSync(path));
  if (file === undefined) throw named('Runtime.ImportModuleError', `Cannot find module '${base}'`);
  const module = await import(pathToFileURL(file).href);
  setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
  const run = module[name] ?? module.default?.[name];
  if (typeof run !== 'function') throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  return run;
}

function invocation(awsRequestId, invokedFunctionArn, deadlineMs) {
  return {
    awsRequestId,
    invokedFunctionArn,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    callbackWaitsForEmptyEventLoop: true,
  };
}

function call(run, event, callContext) {
  if (run.length < 3) return run(event, callContext);
  return new Promise((resolve, reject) => {
    Promise.resolve(run(event, callContext, (error, value) => (error ? reject(error) : resolve(value)))).catch(reject);
  });
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
