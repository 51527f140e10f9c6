/**
 * Messages of compilers, linkers, class loaders and package managers in which the next name is missing or does not
 * match, each with the texts of which a line with such a message contains one: most lines contain none, and looking for a
 * text is quick. Each pattern has one bounded group and can match in one way only, so that the time is linear in a hostile
 * line's length.
 */
const MESSAGES: readonly (readonly [pattern: RegExp, texts: readonly string[]])[] = [
  [/\bsymbol: {1,8}(?:class|variable|method|interface|static) ([\w$.]{2,120})/g, ['symbol: ']],
  [/\bpackage ([\w.]{2,120}) does not exist/g, ['does not exist']],
  [/\bcannot access ([\w.$]{2,120})/g, ['cannot access ']],
  [
    /\b(?:NoClassDefFound|ClassNotFound|NoSuchMethod|NoSuchField|TypeNotPresent)(?:Error|Exception)?:? '?([\w/.$]{2,120})/g,
    ['NoClassDefFound', 'ClassNotFound', 'NoSuch', 'TypeNotPresent'],
  ],
  [/\bCould not initialize class ([\w.$]{2,120})/g, ['Could not initialize class ']],
  [/\bclass ([\w.$]{2,120}) cannot be cast/g, ['cannot be cast']],
  [/\bcannot be (?:cast|converted) to (?:class )?([\w.$]{2,120})/g, ['cannot be ']],
  [/\bThe constructor ([\w$]{2,120})\(/g, ['The constructor ']],
  [/\bNo module named ['"]?([\w.]{2,120})/g, ['No module named ']],
  [/\bcannot import name ['"]?([\w.]{2,120})/g, ['cannot import name ']],
  [/\bCannot find (?:module|name|package|type definition file for) ['"]([^'"\s]{2,120})['"]/g, ['Cannot find ']],
  [/\bhas no exported member (?:named )?['"]([^'"\s]{2,120})['"]/g, ['has no exported member ']],
  [/\b(?:object|module|type) ['"]?[\w.]{0,80}['"]? ?has no attribute ['"]([^'"\s]{2,120})['"]/g, ['has no attribute ']],
  [/\bname ['"]([\w.]{2,120})['"] is not defined/g, [' is not defined']],
  [/\b([\w$.]{2,120}) is not (?:defined|a function|a constructor)\b/g, [' is not ']],
  [
    /\bundefined (?:reference to|symbol:?|method|local variable or method|function) [`'"]?([\w:.$]{2,120})/g,
    ['undefined '],
  ],
  [/\bundefined: ([\w.]{2,120})/g, ['undefined: ']],
  [/\bunresolved (?:import|external symbol|reference:?) [`'"]?([\w:.$]{2,120})/g, ['unresolved ']],
  [
    /\bcannot find (?:type|value|function|macro|crate|struct|trait|derive macro) [`'"]([\w:!]{2,120})/g,
    ['cannot find '],
  ],
  [/\bcannot load such file -- ([\w/.-]{2,120})/g, ['cannot load such file -- ']],
  [/\buninitialized constant ([\w:]{2,120})/g, ['uninitialized constant ']],
  [/\b([\w./-]{2,120}): (?:command )?not found\b/g, ['not found']],
  [/\bfatal error: ([\w./+-]{2,120}): No such file/g, ['fatal error: ']],
];
export const BLAMES: readonly RegExp[] = MESSAGES.map(([pattern]) => pattern);
/** `NoClassDefFoundError: Could not initialize class ...` is about the class, not this word. */
const NO_NAME = 'Could';
/** Characters; the missing symbol is near the beginning of a line. */
const READ = 1000;

function containsOneOf(text: string, parts: readonly string[]): boolean {
  for (const part of parts) if (text.includes(part)) return true;
  return false;
}

/** Missing symbols that a line names, as written. */
export function blamedNames(line: string): string[] {
  const text = line.slice(0, READ);
  const names: string[] = [];
  for (const [pattern, texts] of MESSAGES) {
    if (!containsOneOf(text, texts)) continue;
    for (const [, name] of text.matchAll(pattern)) if (name !== undefined && name !== NO_NAME) names.push(name);
  }
  return names;
}
