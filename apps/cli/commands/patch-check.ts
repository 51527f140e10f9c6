import { defineCommand, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Finding } from '@selfheal/patch-guard/finding.ts';
import { inspectPatch } from '@selfheal/patch-guard/inspect-patch.ts';
import { judgePatch } from '@selfheal/patch-guard/judge-patch.ts';
import { PATCH_LIMITS } from '@selfheal/patch-guard/patch-limits.ts';
import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { openInput, STANDARD_INPUT } from '#apps/workbench/input/open-input.ts';
import { directoryTree } from '../patch/directory-tree.ts';

/** A path that is safe to print: paths of a patch may contain control characters. */
const shown = (path: string): string =>
  JSON.stringify(path)
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, '?');

function asLine({ severity, rule, path, side, line, reason }: Finding): string {
  const place =
    path === null ? '' : `${shown(path)}${line === null ? '' : `:${line}${side === 'before' ? ' (before)' : ''}`}: `;
  return `  ${severity} ${rule}: ${place}${reason}\n`;
}

export const patchCheck = defineCommand({
  name: 'patch check',
  summary: 'check whether a diff may become a fix pull request, and which lines need approval',
  details:
    'Reads standard input without FILE. The verdict is accepted (the code does nothing that its files did not do before), needs-approval or refused.\n' +
    'With --json: {file, verdict, digest, files, findings: [{severity, rule, path, side, line, reason}], approval: [{path, line, reason}]}.\n' +
    'Exit code 1 when the patch is refused.',
  operands: { shown: '[FILE]', atLeast: 0, atMost: 1 },
  options: {
    ...JSON_OPTION,
    tree: {
      type: 'string',
      value: 'DIR',
      about: 'the checkout to which the patch applies; the current directory by default',
    },
  },
  async run({ operands, options }, terminal) {
    const file = operands[0] ?? STANDARD_INPUT;
    // Before the input, which may be empty or still to be typed: a wrong folder is said at once.
    const tree = directoryTree(options.tree ?? '.');
    const text = await wholeText(file, (await openInput(file, terminal)).pieces);
    const judged = judgePatch({ kind: 'diff', text }, tree);
    const accepted = judged.kind === 'accepted';
    const { findings } = judged;
    const files = accepted ? judged.files.map(({ path }) => path) : [];
    const approval = accepted ? await inspectPatch(judged.files, makeTreeSitter()) : [];
    const verdict = approval.length > 0 ? 'needs-approval' : judged.kind;
    const document = { file, verdict, digest: accepted ? judged.digest : null, files, findings, approval };
    const asked = approval.map(({ path, line, reason }) => `  approval ${shown(path)}:${line}: ${reason}\n`);
    const words = `${file}: ${verdict}\n${findings.map(asLine).join('')}${asked.join('')}`;
    await terminal.write(options.json === true ? `${JSON.stringify(document)}\n` : words);
    return accepted ? 0 : 1;
  },
});

/** Reads the text, but not much more than the maximum length: longer patches are refused anyway. */
async function wholeText(file: string, pieces: AsyncIterable<Buffer>): Promise<string> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    read.push(piece);
    length += piece.length;
    if (length > 4 * PATCH_LIMITS.characters) break;
  }
  try {
    return new TextDecoder('utf-8', { fatal: length <= 4 * PATCH_LIMITS.characters, ignoreBOM: true }).decode(
      Buffer.concat(read),
    );
  } catch (error) {
    throw new UsageError(`${file}: this is not UTF-8 text. Expected the output of git diff.`, { cause: error });
  }
}
