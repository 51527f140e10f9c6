// Plain JavaScript, also under the name `serve.ts`, so that an older Node can print this message. Everything else needs Node 24.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  const command = ['node_modules/.bin/node apps/local/serve.ts', ...process.argv.slice(2)].join(' ');
  console.error(
    `The local runtime needs Node 24; this is Node ${process.versions.node}. It is installed as a package: run "npm ci", then ${command}`,
  );
  process.exit(1);
}
const { limitMemory } = await import('./limit-memory.ts');
limitMemory(import.meta.filename);
await import('./serve-runtime.ts');
