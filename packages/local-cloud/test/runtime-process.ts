import { outliveFullDisk } from '../src/disk-full.ts';
import { startRuntime } from '../src/runtime.ts';

// A runtime in a process of its own, to be killed: prints its address and the state of its executions when asked.
const [assemblyDir = '', dataDir = ''] = process.argv.slice(2);
outliveFullDisk((line) => process.send?.({ line }));
const runtime = await startRuntime({
  assemblyDir,
  dataDir,
  awsWorldUrl: null,
  githubApiUrl: null,
  adminAccessKeyId: 'admin',
  timeScale: 0.01,
});
process.on('message', () => {
  process.send?.({
    executions: runtime.executions().map(({ name, status }) => [name, status]),
    mails: runtime.mailbox.list().map((mail) => mail.text),
    dead: runtime.deadLetters().length,
  });
});
process.send?.({ endpoint: runtime.endpoint });
