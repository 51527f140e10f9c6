import type { ImportStatement } from './source-facts.ts';

/** Top-level modules of Python's standard library (`sys.stdlib_module_names`, 3.14), which a file of the same name does not replace. */
const STANDARD = new Set(
  `abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop
  collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm
  decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
  genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools
  json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath numbers opcode
  operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile
  pyclbr pydoc pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal
  site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile
  tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing
  unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib
  zoneinfo`.split(/\s+/),
);

/** Where an import leads: files of the repository, a package from outside, or nowhere. */
export type Resolution = readonly string[] | 'external' | 'unresolved';

const parentOf = (folder: string): string => folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
const under = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/**
 * Resolves Python imports among the given files. There is no installed environment to ask, so an absolute import is looked for above the importing
 * file's package, then in `src` folders on the way up, then above every other package of the repository.
 */
export function makePythonResolver(files: Iterable<string>): (from: string, statement: ImportStatement) => Resolution {
  const known = new Set<string>();
  const folders = new Set<string>();
  for (const file of files) {
    if (!file.endsWith('.py')) continue;
    known.add(file);
    for (let folder = parentOf(file); folder !== '' && !folders.has(folder); folder = parentOf(folder))
      folders.add(folder);
  }
  const rootOf = (file: string): string => {
    let folder = parentOf(file);
    while (folder !== '' && known.has(under(folder, '__init__.py'))) folder = parentOf(folder);
    return folder;
  };
  const roots = [...new Set([...known].filter((file) => file.endsWith('/__init__.py')).map(rootOf))].sort(
    (a, b) => a.length - b.length || (a < b ? -1 : 1),
  );
  /** The file of a module; '' for a folder without `__init__.py` (PEP 420); null when there is none. */
  const moduleAt = (base: string, parts: readonly string[]): string | null => {
    const path = under(base, parts.join('/'));
    const choices = parts.length === 0 ? [under(base, '__init__.py')] : [`${path}/__init__.py`, `${path}.py`];
    const file = choices.find((choice) => known.has(choice));
    return file ?? (parts.length === 0 || folders.has(path) ? '' : null);
  };
  const targetsAt = (base: string, parts: readonly string[], names: readonly string[]): string[] => {
    const own = moduleAt(base, parts);
    const taken = names.map((name) =>
      own?.endsWith('.py') && !own.endsWith('__init__.py') ? null : moduleAt(base, [...parts, name]),
    );
    const modules = taken.filter((file) => file !== null && file !== '');
    const fromItself = names.length === 0 || taken.some((file) => file === null);
    return [...new Set([...modules, ...(fromItself && own !== null && own !== '' ? [own] : [])])] as string[];
  };
  const basesFor = (file: string): string[] => {
    const bases: string[] = [];
    for (let folder = rootOf(file); ; folder = parentOf(folder)) {
      bases.push(folder, under(folder, 'src'));
      if (folder === '') break;
    }
    return [...new Set([...bases, ...roots])];
  };

  return (from, { specifier, names }) => {
    const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
    const parts = specifier.slice(dots).split('.').filter(Boolean);
    if (dots > 0) {
      let base = parentOf(from);
      for (let up = 1; up < dots; up += 1) {
        if (base === '') return 'unresolved';
        base = parentOf(base);
      }
      const targets = targetsAt(base, parts, names);
      return targets.length === 0 && moduleAt(base, parts) !== '' ? 'unresolved' : targets;
    }
    const [top = ''] = parts;
    let own = false;
    for (const base of basesFor(from)) {
      const first = moduleAt(base, [top]);
      if (first === null || (STANDARD.has(top) && !first.endsWith('/__init__.py'))) continue;
      const targets = targetsAt(base, parts, names);
      if (targets.length > 0) return targets;
      own ||= first !== '';
    }
    return own ? 'unresolved' : 'external';
  };
}
