// Plain JavaScript that every Node reads, also under its name `serve.ts`: the rest needs one that runs TypeScript.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  const command = ['node_modules/.bin/node apps/local/serve.ts', ...process.argv.slice(2)].join(' ');
  console.error(
    `The local runtime needs Node 24; this is Node ${process.versions.node}. The package brings one along: after "npm ci", run ${command}`,
  );
  process.exit(1);
}
const { limitMemory } = await import('./limit-memory.ts');
limitMemory(import.meta.filename);
await import('./serve-runtime.ts');
