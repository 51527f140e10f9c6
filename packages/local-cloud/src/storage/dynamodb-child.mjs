// Plain JavaScript, so that the process starts without the type stripper.
// Keeps DynamoDB in a process of its own; ends with its parent, however that ends.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeIteratorsOnReturn, readAtOnce } from './level-fixes.mjs';

const directory = process.argv[2];
const pidFile = join(directory, 'process');
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when the store may go.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

mkdirSync(directory, { recursive: true });
await predecessorGone();
writeFileSync(pidFile, String(process.pid));
closeIteratorsOnReturn();
readAtOnce();
const { default: dynalite } = await import('dynalite');
const server = dynalite({ path: join(directory, 'data'), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));

/** The store of a killed runtime needs a moment to notice; the files are its until then. */
async function predecessorGone() {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  for (let waited = 0; pid > 0 && waited < 3000 && isStore(pid); waited += 10) await sleep(10);
}

function isStore(pid) {
  try {
    process.kill(pid, 0);
    const commandLine = `/proc/${pid}/cmdline`;
    return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('dynamodb-child');
  } catch {
    return false;
  }
}
