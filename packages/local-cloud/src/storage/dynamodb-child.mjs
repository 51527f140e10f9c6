// Plain JavaScript, so that the process starts without the type stripper.
// Keeps DynamoDB in a process of its own; ends with its parent, however that ends.
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rememberExpressions } from './known-expressions.mjs';
import { closeIteratorsOnReturn, readAtOnce, sumNatively } from './level-fixes.mjs';

const directory = process.argv[2];
const KEPT_HEADERS = new Set(['content-type', 'x-amzn-requestid', 'x-amz-crc32']);
const pidFile = join(directory, 'process');
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when the store may go.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// dynalite does not catch what LevelDB throws about damaged files.
process.on('uncaughtException', (error) => {
  const isDamage = /^(?:Corruption|IO error): (?!.*No space left)/.test(error.message);
  if (!isDamage) console.error(error);
  process.send?.({ damage: isDamage ? error.message : null }, () => process.exit(1));
});

mkdirSync(directory, { recursive: true });
await predecessorGone();
writeFileSync(pidFile, String(process.pid));
closeIteratorsOnReturn();
readAtOnce();
sumNatively();
rememberExpressions();
const { default: dynalite } = await import('dynalite');
const server = dynalite({ path: join(directory, 'data'), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
process.on('message', answer);
process.send?.({ ready: true });

/** Hands a call to dynalite as its HTTP server would, and sends back what it answers. */
function answer({ id, operation, body }) {
  const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers: headersOf(operation) });
  const headers = {};
  const response = {
    statusCode: 200,
    setHeader(name, value) {
      if (KEPT_HEADERS.has(name.toLowerCase())) headers[name.toLowerCase()] = String(value);
    },
    end(text = '') {
      // The parent may be gone.
      process.send?.({ id, status: response.statusCode, headers, body: text }, () => {});
    },
  };
  server.emit('request', request, response);
  request.emit('data', Buffer.from(body));
  request.emit('end');
}

function headersOf(operation) {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
    'x-amz-date': '20200101T000000Z',
  };
}

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
