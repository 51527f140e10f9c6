import { firstPlace, type Place } from '@selfheal/kernel/text/place.ts';
import type { CodeProposal } from '../place-suggestion.ts';

/** A recipe's proposal: code that uses only what ships with the language. */
export interface RecipeProposal extends CodeProposal {
  readonly file: string;
  readonly title: string;
  /** Index of the line that shows it. */
  readonly line: number;
}

/** How far above the error Python prints the place of the innermost call, and how far below Node does. */
const NEAR = 6;

/** Modules of Python's standard library that are used by their own name. https://docs.python.org/3/py-modindex.html */
const PYTHON_MODULES: ReadonlySet<string> = new Set(
  'abc argparse array ast asyncio base64 bisect calendar collections contextlib copy csv dataclasses datetime decimal difflib enum errno fnmatch fractions functools gc getpass glob gzip hashlib heapq hmac html inspect io ipaddress itertools json locale logging math mimetypes operator os pathlib platform pprint queue random re sched secrets shutil signal sqlite3 stat statistics string struct sys tempfile textwrap threading time timeit traceback types typing unicodedata unittest urllib uuid warnings weakref xml zipfile zlib zoneinfo'.split(
    ' ',
  ),
);

/** Node's built-in modules that are used as a whole under this name. https://nodejs.org/api/ */
const NODE_MODULES: ReadonlySet<string> = new Set(
  'assert buffer crypto dns events fs http https net os path querystring readline stream tls url util zlib'.split(' '),
);

const PYTHON = /^E?\s{0,8}NameError: name '(?<name>[a-z_]\w{0,40})' is not defined\b/;
const NODE = /(?:^|\s)ReferenceError: (?<name>[a-z_]\w{0,40}) is not defined$/;

/**
 * Proposes the import of a standard module that a program uses but does not import, as Python and Node report it. Only
 * where the error is next to a place in a file of the repository. Lines of a log are tainted: the result is judged like
 * any other patch.
 */
export function missingImports(lines: readonly string[]): RecipeProposal[] {
  return lines.flatMap((text, line) => pythonImport(text, line, lines) ?? nodeImport(text, line, lines) ?? []);
}

function pythonImport(text: string, line: number, lines: readonly string[]): RecipeProposal | null {
  const name = PYTHON.exec(text)?.groups?.name;
  if (name === undefined || !PYTHON_MODULES.has(name)) return null;
  const place =
    firstPlace(lines.slice(Math.max(0, line - NEAR), line).reverse()) ?? firstPlace(lines.slice(line + 1, line + NEAR));
  return proposal(place, name, `import ${name}`, { line, extension: /\.py$/ });
}

function nodeImport(text: string, line: number, lines: readonly string[]): RecipeProposal | null {
  const name = NODE.exec(text)?.groups?.name;
  if (name === undefined || !NODE_MODULES.has(name)) return null;
  const place = firstPlace(lines.slice(line + 1, line + NEAR));
  return proposal(place, name, `import ${name} from 'node:${name}';`, { line, extension: /\.(?:m?js|ts)$/ });
}

function proposal(
  place: Place | null,
  name: string,
  code: string,
  { line, extension }: { readonly line: number; readonly extension: RegExp },
): RecipeProposal | null {
  if (place === null || !extension.test(place.file)) return null;
  return { file: place.file, code, title: `Import ${name}, which is used and not imported`, line };
}
