/**
 * Messages of compilers, linkers, class loaders and package managers in which the next name is missing or does not
 * match. Each has one bounded group and can match in one way only, so that the time is linear in a hostile line's
 * length.
 */
export const BLAMES: readonly RegExp[] = [
  /\bsymbol: {1,8}(?:class|variable|method|interface|static) ([\w$.]{2,120})/g,
  /\bpackage ([\w.]{2,120}) does not exist/g,
  /\bcannot access ([\w.$]{2,120})/g,
  /\b(?:NoClassDefFound|ClassNotFound|NoSuchMethod|NoSuchField|TypeNotPresent)(?:Error|Exception)?:? '?([\w/.$]{2,120})/g,
  /\bCould not initialize class ([\w.$]{2,120})/g,
  /\bclass ([\w.$]{2,120}) cannot be cast/g,
  /\bcannot be (?:cast|converted) to (?:class )?([\w.$]{2,120})/g,
  /\bThe constructor ([\w$]{2,120})\(/g,
  /\bNo module named ['"]?([\w.]{2,120})/g,
  /\bcannot import name ['"]?([\w.]{2,120})/g,
  /\bCannot find (?:module|name|package|type definition file for) ['"]([^'"\s]{2,120})['"]/g,
  /\bhas no exported member (?:named )?['"]([^'"\s]{2,120})['"]/g,
  /\b(?:object|module|type) ['"]?[\w.]{0,80}['"]? ?has no attribute ['"]([^'"\s]{2,120})['"]/g,
  /\bname ['"]([\w.]{2,120})['"] is not defined/g,
  /\b([\w$.]{2,120}) is not (?:defined|a function|a constructor)\b/g,
  /\bundefined (?:reference to|symbol:?|method|local variable or method|function) [`'"]?([\w:.$]{2,120})/g,
  /\bundefined: ([\w.]{2,120})/g,
  /\bunresolved (?:import|external symbol|reference:?) [`'"]?([\w:.$]{2,120})/g,
  /\bcannot find (?:type|value|function|macro|crate|struct|trait|derive macro) [`'"]([\w:!]{2,120})/g,
  /\bcannot load such file -- ([\w/.-]{2,120})/g,
  /\buninitialized constant ([\w:]{2,120})/g,
  /\b([\w./-]{2,120}): (?:command )?not found\b/g,
  /\bfatal error: ([\w./+-]{2,120}): No such file/g,
];
/** A literal that all of them contain: most lines have none. */
const HINT =
  /symbol|does not exist|annot |NoClassDef|NotFound|NoSuch|NotPresent|initialize|constructor|No module|exported|attribute|is not |undefined|unresolved|uninitialized|not found|No such/;
/** `NoClassDefFoundError: Could not initialize class ...` is about the class, not this word. */
const NO_NAME = 'Could';
/** Characters; the missing symbol is near the beginning of a line. */
const READ = 1000;

/** Missing symbols that a line names, as written. */
export function blamedNames(line: string): string[] {
  const text = line.slice(0, READ);
  if (!HINT.test(text)) return [];
  const names = BLAMES.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []));
  return names.filter((name) => name !== NO_NAME);
}
