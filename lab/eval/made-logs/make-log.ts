import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** A log whose true templates are known. */
export interface LabelledLog {
  readonly name: string;
  /** Messages without headers. */
  readonly messages: readonly string[];
  readonly truths: readonly string[];
}

const WILDCARD = '<*>';
const SYLLABLES = 'ka lo mi ren tu va sel do pra nix bor eth gan hul ist jor'.split(' ');
const FIRST_NAMES =
  'anna bert cleo dora emil fritz gina hans ida jan kira leon mia nora otto paul rosa sven tina uwe'.split(' ');
const WORDS =
  'stale remote partial broken lease handle window cursor replica index buffer socket timeout retry quota snapshot ledger packet header checksum invalid missing closed early while reading from the end of file'.split(
    ' ',
  );
const HEX = '0123456789abcdef';
const ENDINGS = ['com', 'net', 'org', 'io', 'internal', 'de'];

/** A part of a template: text, a value that `draw` makes, or words that the program prints as different events. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value' | 'event'; readonly draw: (draws: Draws) => string };

/** Draws values; the same seed gives the same values. Names come from pools of a size of their own, and some are frequent. */
function drawsFrom(seed: number) {
  const random = numbersFrom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const of = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const times = (least: number, most: number, make: () => string): string[] =>
    Array.from({ length: least + below(most - least + 1) }, make);
  const pools = new Map<string, readonly string[]>();
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const syllables = (least: number, most: number): string => times(least, most, () => of(SYLLABLES)).join('');
  const hex = (digits: number): string => times(digits, digits, () => HEX.charAt(below(16))).join('');
  /** One of the pool's names; the first ones are drawn most often. */
  const pooled = (name: string, make: () => string, most = 24): string => {
    const known = pools.get(name) ?? times(2, most, make);
    pools.set(name, known);
    return known[Math.floor(random() ** 2 * known.length)] ?? '';
  };
  return { random, below, of, times, capital, syllables, hex, pooled };
}
type Draws = ReturnType<typeof drawsFrom>;

const ip = (d: Draws): string => `${10 + d.below(180)}.${d.below(256)}.${d.below(256)}.${d.below(256)}`;
const number = (d: Draws): string => String(Math.floor(10 ** (d.random() * 5)));
const decimal = (d: Draws): string => (d.random() * 10 ** d.below(4)).toFixed(1 + d.below(3));
const word = (d: Draws): string => d.syllables(2, 3);
const camel = (d: Draws): string => d.times(2, 3, () => d.capital(d.syllables(1, 2))).join('');
const user = (d: Draws): string =>
  d.pooled('user', () =>
    d.of([d.of(FIRST_NAMES), word(d), `${word(d)}${d.below(99)}`, `svc-${word(d)}`, `${word(d)}_${word(d)}`]),
  );
const path = (d: Draws): string =>
  `/${d.times(1, 5, () => d.of([word(d), word(d), number(d)])).join('/')}${d.of(['', '', '.conf', '.log', '.dat', '.html'])}`;
const domain = (d: Draws): string => d.pooled('domain', () => `${word(d)}.${d.of(ENDINGS)}`);
const host = (d: Draws): string =>
  d.pooled(
    'host',
    () =>
      d.of([
        `${word(d)}.${word(d)}.${d.of(ENDINGS)}`,
        `${word(d)}${d.below(40)}`,
        `ip-${ip(d).replaceAll('.', '-')}.${word(d)}.net`,
        'unknown',
        'localhost',
      ]),
    40,
  );
const node = (d: Draws): string =>
  d.pooled(
    'node',
    () => d.of([`node-${d.below(256)}`, `worker${d.below(30)}`, `${word(d)}@${word(d)}-${d.below(9)}`]),
    40,
  );
const duration = (d: Draws): string =>
  d.of([`${number(d)}ms`, `${decimal(d)}s`, `${number(d)} ms`, `${1 + d.below(59)}m${d.below(60)}s`]);
const dotted = (d: Draws): string => `com.${word(d)}.${d.times(1, 2, () => word(d)).join('.')}`;
const clock = (d: Draws): string =>
  [d.below(24), d.below(60), d.below(60)].map((part) => String(part).padStart(2, '0')).join(':');
const date = (d: Draws): string =>
  `${2015 + d.below(10)}-${String(1 + d.below(12)).padStart(2, '0')}-${String(1 + d.below(28)).padStart(2, '0')} ${clock(d)}`;
const uuid = (d: Draws): string => [8, 4, 4, 4, 12].map((digits) => d.hex(digits)).join('-');
const text = (d: Draws): string => d.pooled('text', () => d.times(1, 6, () => d.of(WORDS)).join(' '), 10);
const constant = (d: Draws): string => d.times(2, 3, () => word(d).toUpperCase()).join('_');
const listed = (d: Draws, make: (draws: Draws) => string, separator = ', '): string =>
  d.times(0, 4, () => make(d)).join(separator);
const snake = (d: Draws): string => d.times(1, 2, () => word(d)).join('_');
const kebab = (d: Draws): string => d.times(1, 3, () => word(d)).join('-');

const SLOTS: Readonly<Record<string, (draws: Draws) => string>> = {
  n: number,
  float: decimal,
  ip,
  path,
  user,
  domain,
  host,
  clock,
  date,
  uuid,
  text,
  port: (d) => String(1_024 + d.below(64_000)),
  hex: (d) => d.hex(8 + d.below(3) * 2),
  sha: (d) => d.hex(40),
  ptr: (d) => `0x${d.hex(1 + d.below(10))}`,
  mac: (d) => d.times(6, 6, () => d.hex(2)).join(':'),
  ver: (d) => d.times(2, 4, () => String(d.below(30))).join('.'),
  bool: (d) => d.of(['true', 'false']),
  dur: duration,
  size: (d) => d.of([`${number(d)} bytes`, `${decimal(d)} KB`, `${decimal(d)} MB`, `${decimal(d)} GB`]),
  url: (d) => `http${d.of(['', 's'])}://${domain(d)}${d.of(['', ':8080'])}${path(d)}`,
  hostport: (d) => `${host(d)}:${d.below(9_000) + 80}`,
  nulluser: (d) => d.of([user(d), user(d), user(d), 'null', '']),
  nulltag: (d) => d.of(['null', word(d), `${word(d)}:${word(d)}`]),
  list: (d) => `[${listed(d, number)}]`,
  floats: (d) => `[${listed(d, decimal)}]`,
  words: (d) => listed(d, word),
  namelist: (d) => `['${listed(d, word, "', '")}']`,
  iplist: (d) => `(${d.times(1, 3, () => ip(d)).join(' ')})`,
  pathlist: (d) => d.times(1, 4, () => path(d)).join(' '),
  roles: (d) => `{${d.times(0, 3, () => d.pooled('role', () => word(d).toUpperCase(), 5)).join(', ')}}`,
  players: (d) => d.times(1, 4, () => d.pooled('player', () => camel(d))).join(', '),
  labels: (d) => d.times(1, 3, () => `${word(d)}=${d.of([word(d), number(d)])}`).join(' '),
  hexbytes: (d) => d.times(1, 8, () => d.hex(2)).join(' '),
  bundle: (d) =>
    d.of(['null', `Bundle[{${word(d)}=${number(d)}}]`, `Bundle[{${word(d)}=${word(d)}, ${word(d)}=${number(d)}}]`]),
  sql: (d) =>
    d.of([
      `SELECT ${snake(d)} FROM ${snake(d)} WHERE id = ${number(d)}`,
      `SELECT count(*) FROM ${snake(d)}`,
      `UPDATE ${snake(d)} SET ${snake(d)} = ${number(d)} WHERE ${snake(d)} = '${word(d)}'`,
      'COMMIT',
    ]),
  shell: (d) => d.of([`${path(d)} > /dev/null`, `run-parts ${path(d)}`, `${path(d)} -q --${word(d)}`, path(d)]),
  topic: (d) => d.pooled('topic', () => d.of([kebab(d), snake(d), `${word(d)}.${word(d)}`, `__${snake(d)}`])),
  group: (d) => d.pooled('group', () => d.of([kebab(d), `${word(d)}-${d.below(9)}`])),
  clientid: (d) => d.pooled('clientid', () => d.of([`${kebab(d)}-${uuid(d)}`, kebab(d), `consumer-${d.below(20)}`])),
  sku: (d) => `${word(d).slice(0, 3).toUpperCase()}-${d.below(9_000)}`,
  lsn: (d) => `${d.below(99)}/${d.hex(7).toUpperCase()}`,
  guc: (d) => d.pooled('guc', () => d.of([snake(d), constant(d)])),
  gucvalue: (d) => d.of(['on', 'off', number(d), `${number(d)}MB`, word(d)]),
  pod: (d) => d.pooled('pod', () => d.of([`${kebab(d)}-${d.hex(9)}-${d.hex(5)}`, `${kebab(d)}-${d.below(5)}`]), 40),
  image: (d) =>
    d.pooled('image', () =>
      d.of([`${domain(d)}/${word(d)}/${word(d)}:v${d.below(9)}.${d.below(20)}`, `${word(d)}:latest`, word(d)]),
    ),
  player: (d) => d.pooled('player', () => d.of([camel(d), `${camel(d)}${d.below(99)}`, word(d), `x_${word(d)}_x`]), 60),
  file: (d) => `${snake(d)}.${d.of(['zip', 'tar.gz', 'jar', 'so', 'inf', 'sys'])}`,
  build: (d) => `#${number(d)}`,
  branch: (d) =>
    d.pooled('branch', () =>
      d.of(['main', `feature/${kebab(d)}`, `fix-${number(d)}`, `release/${d.below(9)}.${d.below(20)}`, 'develop']),
    ),
  exception: (d) => d.pooled('exception', () => `${dotted(d)}.${camel(d)}${d.of(['Exception', 'Error'])}`, 8),
  locklabel: (d) =>
    d.pooled('locklabel', () => d.of([camel(d), `*${word(d)}*`, `${word(d)}:${word(d)}`, `${camel(d)} ${word(d)}`])),
  package: (d) => d.pooled('package', () => d.of([dotted(d), 'android', dotted(d)])),
  Activity: (d) => d.pooled('Activity', () => d.of([`.${camel(d)}Activity`, `${dotted(d)}.${camel(d)}`])),
  intent: (d) => `${dotted(d)}.action.${constant(d)}`,
  permission: (d) => `${dotted(d)}.permission.${constant(d)}`,
  ssid: (d) => d.of([word(d), `"${camel(d)} ${d.capital(word(d))}"`, '<unknown ssid>']),
  device: (d) =>
    d.pooled('device', () =>
      d.of([
        `sd${d.of(['a', 'b', 'c'])}${d.below(4)}`,
        `/dev/${word(d)}${d.below(4)}`,
        `disk${d.below(4)}s${d.below(3)}`,
      ]),
    ),
  devicelabel: (d) =>
    d.pooled('devicelabel', () => d.of([`${d.of(FIRST_NAMES)}'s ${camel(d)}`, camel(d), `${camel(d)} ${d.below(9)}`])),
  Class: (d) => d.pooled('Class', () => d.of([camel(d), `*v${d.below(3)}.${camel(d)}`, `IO${camel(d)}`]), 16),
  method: (d) => d.pooled('method', () => d.of([`${word(d)}${camel(d)}`, `${word(d)}:`, `${word(d)}()`]), 10),
  register: (d) => `${word(d).toUpperCase()}_${d.below(9)}`,
  rack: (d) => `R${d.below(64)}-M${d.below(2)}-N${d.below(16)}-C:J${d.below(18)}-U${d.below(12)}`,
  card: (d) => `R${d.below(64)}-M${d.below(2)}-N${d.below(16)}`,
  slot: (d) => `${d.of(['A', 'B'])}${d.below(10)}`,
  sensor: (d) => `${word(d)}_temp=${d.below(90)}`,
  interface: (d) =>
    d.pooled('interface', () =>
      d.of([`eth${d.below(8)}`, `alt${d.below(4)}`, 'lo', `ib${d.below(3)}`, `br-${word(d)}`]),
    ),
  nodelist: (d) =>
    `node-[${d.times(1, 4, () => d.of([String(d.below(256)), `${d.below(128)}-${128 + d.below(128)}`])).join(',')}]`,
  storage: (d) => d.pooled('storage', () => d.of([`storage${d.below(999)}`, `${word(d)}_store`]), 8),
  tty: (d) => d.of(['ssh', `pts/${d.below(9)}`, '', 'NODEVssh', 'unknown']),
  net: (d) => `${ip(d)}/${8 + d.below(20)}`,
  pci: (d) => `0000:${d.hex(2)}:${d.hex(2)}.${d.below(8)}`,
  winpath: (d) => `C:\\${d.times(1, 4, () => d.capital(word(d))).join('\\')}\\${word(d)}.dll`,
  winpackage: (d) =>
    `${camel(d)}-${camel(d)}~${d.hex(16)}~amd64~~${d.below(9)}.${d.below(9)}.${d.below(9_000)}.${d.below(99)}`,
  regkey: (d) => `\\Registry\\Machine\\${camel(d)}\\${camel(d)}`,
  client: (d) => d.of(['WindowsUpdateAgent', 'SPP', camel(d)]),
  goal: (d) => d.of(['none', number(d), `${decimal(d)} km`, `${d.below(90)} min`]),
  city: (d) => d.pooled('city', () => d.of([d.capital(word(d)), `${d.capital(word(d))} ${d.capital(word(d))}`])),
  title: (d) => d.of(['Wake up', 'Medicine', 'Meeting', d.capital(word(d))]),
  zone: (d) => d.of(['Europe/Berlin', 'America/New_York', 'UTC', 'Asia/Tokyo']),
  lang: (d) => d.of(['en', 'de', 'fr-FR', 'pt-BR']),
  flag: (d) => d.pooled('flag', () => d.of([kebab(d), snake(d), camel(d)])),
};
/** Slots that print a word of a pool; how such a word looks is different for each. */
const NAMES: Readonly<Record<string, (draws: Draws) => string>> = {
  provider: camel,
  cacheName: word,
  supplier: (d) => d.capital(word(d)),
  jobName: (d) => d.of([camel(d), kebab(d)]),
  poolName: kebab,
  nodename: node,
  caughtName: snake,
  dbname: snake,
  app: (d) => d.of([word(d), camel(d), kebab(d)]),
  table: snake,
  column: snake,
  front: kebab,
  back: kebab,
  server: (d) => `${word(d)}${d.below(20)}`,
  ns: kebab,
  containerName: word,
  deploy: kebab,
  volume: kebab,
  controller: word,
  command: word,
  monster: camel,
  achievement: (d) => d.times(1, 3, () => d.capital(word(d))).join(' '),
  world: word,
  dimension: (d) => d.of(['overworld', 'nether', word(d)]),
  map: word,
  pluginName: camel,
  season: (d) => d.capital(word(d)),
  project: kebab,
  agent: (d) => `${word(d)}-${d.below(30)}`,
  key: (d) => `${kebab(d)}-${d.hex(8)}`,
  step: (d) => d.times(1, 3, () => word(d)).join(' '),
  testName: (d) => `Test${camel(d)}`,
  crate: kebab,
  operation: (d) => d.of([`file-${word(d)}`, word(d)]),
  volumeName: word,
  tagname: (d) => `$Name: ${constant(d)} $`,
  compname: (d) => d.of([`alt${d.below(3)}`, `${word(d)}${d.below(9)}`, word(d)]),
  queue: word,
  benchmark: (d) => d.of([word(d), `${word(d)} ${word(d)}`]),
  resname: word,
  sensorname: (d) => `"${kebab(d)}"`,
  service: (d) => d.of([word(d), `${word(d)}d`]),
  eventname: (d) => `network-${word(d)}`,
  groupname: word,
  featname: camel,
};
const POOL_SIZES = 30;

/** The end of the slot that opens at `from`. */
function endOfSlot(template: string, from: number): number {
  let depth = 0;
  for (let at = from; at < template.length; at += 1) {
    if (template[at] === '{') depth += 1;
    else if (template[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`made logs: a slot has no end in ${template}`);
}

/** The options of a slot, split at the bars that are not inside another slot. */
function optionsOf(slot: string): string[] {
  const options = [''];
  let depth = 0;
  for (const character of slot) {
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (character === '|' && depth === 0) options.push('');
    else options[options.length - 1] += character;
  }
  return options;
}

function drawOf(slot: string, template: string): (draws: Draws) => string {
  const options = optionsOf(slot);
  if (options.length > 1) {
    const made = options.map((option) => partsOf(option));
    // Words of a list are as unevenly frequent as names.
    return (draws) => textOf(made[Math.floor(draws.random() ** 1.5 * made.length)] ?? [], draws).message;
  }
  const known = SLOTS[slot];
  if (known !== undefined) return known;
  const make = NAMES[slot];
  if (make === undefined) throw new Error(`made logs: ${template} has an unknown slot ${slot}`);
  return (draws) => draws.pooled(slot, () => make(draws), POOL_SIZES);
}

function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    const end = open < 0 ? template.length : open;
    if (end > at) parts.push({ kind: 'text', text: template.slice(at, end).replaceAll('«', '{').replaceAll('»', '}') });
    if (open < 0) break;
    const close = endOfSlot(template, open);
    const slot = template.slice(open + 1, close);
    const isEvent = slot.startsWith('!');
    parts.push({ kind: isEvent ? 'event' : 'value', draw: drawOf(isEvent ? slot.slice(1) : slot, template) });
    at = close + 1;
  }
  return parts;
}

function textOf(parts: readonly Part[], draws: Draws): { message: string; truth: string } {
  let message = '';
  let truth = '';
  for (const part of parts) {
    const text = part.kind === 'text' ? part.text : part.draw(draws);
    message += text;
    truth += part.kind === 'value' ? WILDCARD : text;
  }
  return { message, truth };
}

/** Makes `count` messages of a system from its templates, a line each; those in front are the most frequent. The same seed gives the same log. */
export function makeLog(name: string, templates: string, count: number, seed: number): LabelledLog {
  const draws = drawsFrom(seed);
  const made = templates.trim().split('\n').map(partsOf);
  const weights = made.map((_, rank) => 1 / (rank + 1) ** 0.9);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const messages: string[] = [];
  const truths: string[] = [];
  for (let line = 0; line < count; line += 1) {
    let left = draws.random() * whole;
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    const { message, truth } = textOf(made[Math.max(at, 0)] ?? [], draws);
    messages.push(message);
    truths.push(truth);
  }
  return { name, messages, truths };
}
