import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { judgePlaybook } from '#shared/domain/playbook/judge-playbook.ts';
import type { Playbook } from '#shared/domain/playbook/playbook.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';

const MAX_PLAYBOOK_LENGTH = 64_000;

interface PlaybookFileProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The field, what is wrong with it, and how to fix it. */
  readonly reason: string;
  /** The playbook is valid except that `http.allowedEndpoints` lacks its endpoint. */
  readonly unlisted: boolean;
}

export interface PlaybookFile {
  readonly file: string;
  /** The id as written, even when the playbook is invalid. */
  readonly id: string | null;
  /** Null when the file has any problem. */
  readonly playbook: Playbook | null;
  readonly problems: readonly PlaybookFileProblem[];
}

/** Paths of the playbook files of a folder, sorted by name; empty when the folder does not exist. */
export function playbookFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Reads playbooks, one per file. An invalid file is reported with line and reason and does not affect the others. Of two playbooks with the same
 * id the first one is used. Throws only when a file cannot be read.
 */
export function readPlaybookFiles(files: readonly string[], endpoints: readonly AllowedEndpoint[]): PlaybookFile[] {
  const takenBy = new Map(ACTIONS.map(({ id }) => [id, 'an action of Selfheal']));
  return files.map((file) => {
    const read = readOne(file, endpoints);
    const owner = read.id === null ? undefined : takenBy.get(read.id);
    if (read.id !== null && owner === undefined) takenBy.set(read.id, file);
    if (owner === undefined) return read;
    const reason = `id: ${read.id} is already used by ${owner}; choose another`;
    return {
      ...read,
      playbook: null,
      problems: [...read.problems, { file, line: read.lineOf(['id']), reason, unlisted: false }],
    };
  });
}

function readOne(file: string, endpoints: readonly AllowedEndpoint[]) {
  const text = readText(file);
  const problem = (line: number, reason: string): PlaybookFileProblem => ({ file, line, reason, unlisted: false });
  const refused = (problems: PlaybookFileProblem[]) => ({ file, id: null, playbook: null, problems, lineOf: () => 1 });
  if (text.length > MAX_PLAYBOOK_LENGTH) {
    return refused([problem(1, `the file has ${text.length} characters; the limit is ${MAX_PLAYBOOK_LENGTH}`)]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, linePos }) => problem(linePos?.[0].line ?? 1, firstLine(message)));
    return refused(problems);
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineOfPath(document, path, lines);
  const alias = firstAliasIn(document);
  if (alias !== null)
    return refused([problem(lines.linePos(alias).line, 'aliases (*name) are not supported; write the value out')]);
  const content = contentOf(document);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const found = text.trim() === '' ? 'the file is empty' : 'this is no playbook';
    return refused([problem(1, `${found}; write fields such as id, title and kind (see docs/guide/playbooks.md)`)]);
  }
  const judged = judgePlaybook(content, endpoints);
  const { id } = content as { id?: unknown };
  return {
    file,
    id: typeof id === 'string' ? id : null,
    playbook: judged.kind === 'sound' ? judged.playbook : null,
    problems:
      judged.kind === 'sound'
        ? []
        : judged.problems.map(({ path, reason, unlisted = false }) => ({
            file,
            line: lineOf(path),
            reason: path.length === 0 ? reason : `${path.join('.')}: ${reason}`,
            unlisted,
          })),
    lineOf,
  };
}

/** Adds the path to the error: Node omits it for some failures, such as reading a directory. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

/** Offset of the first alias. Aliases are refused because a few nested ones can expand to more than fits into memory. */
function firstAliasIn(document: ReturnType<typeof parseDocument>): number | null {
  let at: number | null = null;
  visit(document, (_, node) => {
    if (!isAlias(node)) return undefined;
    at = node.range?.[0] ?? 0;
    return visit.BREAK;
  });
  return at;
}

function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return null;
  }
}

/** The line of the deepest part of `path` that the document contains, from 1. */
function lineOfPath(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  lines: LineCounter,
): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}
