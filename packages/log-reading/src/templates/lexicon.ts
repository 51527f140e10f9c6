/** Generic words that help to tell a value from the text around it; none belongs to a particular system. */

function lowercaseSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter((word) => word !== ''));
}

/** Units that may follow a number; compared in lower case. */
export const UNITS =
  lowercaseSet(`b kb mb gb tb pb kib mib gib tib k m g byte bytes bit bits ns us µs ms s sec secs second seconds
  msec usec min mins minute minutes h hr hrs hour hours d day days hz khz mhz ghz am pm utc gmt est edt pst pdt cst cet cest bps kbps mbps gbps`);

/** Words that are often followed by a value; compared in lower case. */
export const INTRODUCERS =
  lowercaseSet(`user username users login account group role owner client peer host hostname node machine device disk
  interface domain realm address server service process program command cmd file filename path dir directory folder module package library
  class queue topic table database schema bucket key tag branch image container pod namespace cluster job task thread worker session
  request url uri endpoint for from by at on via named called name id version`);

/** Words that are values. */
export const LITERALS = new Set(['true', 'false', 'null', 'nil', 'None', 'NaN', 'n/a', 'N/A']);

const WEEKDAYS = lowercaseSet('mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday');
const MONTHS = lowercaseSet('jan feb mar apr may jun jul aug sep sept oct nov dec');

/** Endings of host names: generic ones, and country codes that rarely end an identifier. */
const HOST_ENDINGS = lowercaseSet(`com org net edu gov mil biz info local localdomain internal lan arpa dev cloud
  uk de fr pl cn jp ru hk tw br nl us eu au ca ch se kr cz es at be dk fi`);
/** A dotted name that starts with one of these is a package, not a host. */
const PACKAGE_STARTS = lowercaseSet('com org net edu java javax jdk sun scala akka android io kotlin system microsoft');
const SOURCE_ENDINGS = lowercaseSet(
  'java kt scala js mjs cjs ts tsx jsx py rb go rs c cc cpp cxx h hpp cs php swift sh pl lua ex erl clj groovy',
);

/** `Mon`, `Jun`: part of a date when a number or another such word follows. */
export function isCalendarWord(word: string): boolean {
  if (word.length < 3 || word.length > 9 || word.charCodeAt(0) < 65) return false;
  const lower = word.toLowerCase();
  return WEEKDAYS.has(lower) || MONTHS.has(lower);
}

/** `www.example.com`, but not `org.example.Main` or `task.is.map`. */
export function isHostName(word: string): boolean {
  const dot = word.lastIndexOf('.');
  if (dot <= 0 || !HOST_ENDINGS.has(word.slice(dot + 1).toLowerCase())) return false;
  return !PACKAGE_STARTS.has(word.slice(0, word.indexOf('.')).toLowerCase()) && /^[\w.-]+$/.test(word);
}

/** Whether a dotted name may precede a port. Source files may not: the number after them is a line number. */
export function isDottedHost(word: string): boolean {
  const dot = word.lastIndexOf('.');
  return dot > 0 && /^[\w.-]+$/.test(word) && !SOURCE_ENDINGS.has(word.slice(dot + 1).toLowerCase());
}
