// Plain JavaScript, so that a process starts without the type stripper.
// A process to be killed: loads the bundles of functions and runs one step at a time. Time is the parent's: it stands still but for what
// the parent tells, and waiting takes only as long as the parent needs to move its clock.
import { createRequire, enableCompileCache, flushCompileCache, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [bundles, cache] = process.argv.slice(2);
enableCompileCache(cache);

let now = Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now] : given));
  }
  static now() {
    return now;
  }
};

const waiting = new Map();
const timers = createRequire(import.meta.url)('node:timers/promises');
timers.setTimeout = (milliseconds) =>
  new Promise((resolve) => {
    const id = waiting.size + Math.random();
    waiting.set(id, resolve);
    process.send({ kind: 'sleep', id, milliseconds });
  });
syncBuiltinESMExports();

const handlers = new Map();
async function handlerOf(name) {
  if (!handlers.has(name)) handlers.set(name, import(pathToFileURL(join(bundles, `${name}.mjs`)).href));
  return (await handlers.get(name)).handler;
}

const CONTEXT = { functionName: 'drill', awsRequestId: 'drill', getRemainingTimeInMillis: () => 60_000 };

async function run({ name, input }) {
  try {
    const handler = await handlerOf(name);
    process.send({ kind: 'output', output: await handler(input, CONTEXT) });
  } catch (error) {
    process.send({ kind: 'error', name: error.name, message: String(error.message) });
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  now = message.now ?? now;
  if (message.kind === 'run') void run(message);
  // One that is killed would leave nothing to the next.
  if (message.kind === 'load') void Promise.all(message.names.map(handlerOf)).then(() => flushCompileCache());
  if (message.kind === 'slept') {
    waiting.get(message.id)?.();
    waiting.delete(message.id);
  }
});
process.send({ kind: 'ready' });
