#!/usr/bin/env node
// The `selfheal` command. Runs the bundle in a package and the sources in a checkout. Under an older Node it starts the pinned one instead, which
// is installed as the package "node". So whatever Node 20 lacks may not be imported here by name: that fails before a line has run.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'main.ts');
// "eval" is a command of the lab, which is not part of the package.
const lab = join(here, '../../lab/main.ts');
const isForLab = process.argv[2] === 'eval' && existsSync(lab);
const entry = isForLab ? lab : existsSync(source) ? source : join(here, '../../dist/cli/selfheal.mjs');
const [major = 0] = process.versions.node.split('.').map(Number);
const NEEDED_MAJOR = 24;

function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

/** Runs the same command under another Node and exits with its exit code. */
function runUnder(node) {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} cannot be started (${error.message})`));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

function fail(reason) {
  const remedy = existsSync(source) ? ', or run "npm ci" in this checkout' : '';
  console.error(`selfheal: ${reason}. Use Node ${NEEDED_MAJOR}${remedy}.`);
  process.exitCode = 2;
}

if (major >= NEEDED_MAJOR) {
  // Code is compiled, and sources are stripped of their types, once per version instead of at each start.
  module.enableCompileCache();
  await import(pathToFileURL(entry).href);
} else {
  const node = pinnedNode();
  if (node === null) fail(`this is Node ${process.versions.node}, which is too old`);
  else runUnder(node);
}
