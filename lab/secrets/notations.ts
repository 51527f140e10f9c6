import type { SecretKind } from './made-secrets.ts';

/** A way to write a name and its value into a log. */
export interface Notation {
  readonly id: string;
  /** The lines, where `value` is written as it is; JSON and other strings get it already escaped. */
  write(name: readonly string[], value: string): readonly string[];
  /** How a value of several lines is written: with real line ends, or with escaped ones. */
  readonly lines: 'escaped' | 'kept';
  /** Quotes inside the value are escaped. */
  readonly isJson?: true;
  /** Kinds that can be written so; all when absent. */
  readonly fits?: (kind: SecretKind, value: string) => boolean;
  /** Says by itself that a secret follows. */
  readonly isTelling?: true;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const snake = (name: readonly string[]): string => name.join('_');
const constant = (name: readonly string[]): string => snake(name).toUpperCase();
const kebab = (name: readonly string[]): string => name.join('-');
const dotted = (name: readonly string[]): string => name.join('.');
const pascal = (name: readonly string[]): string => name.map(capital).join('');
const camel = (name: readonly string[]): string => name.map((word, at) => (at === 0 ? word : capital(word))).join('');
const title = (name: readonly string[]): string => name.map(capital).join(' ');
const spoken = (name: readonly string[]): string => name.join(' ');

type Write = (name: readonly string[], value: string) => string | readonly string[];

function as(id: string, write: Write, more: Partial<Omit<Notation, 'id' | 'write'>> = {}): Notation {
  return {
    id,
    lines: 'escaped',
    ...more,
    write(name, value) {
      const lines = write(name, value);
      return typeof lines === 'string' ? [lines] : lines;
    },
  };
}

const JSON_TEXT = { isJson: true } as const;
/** Where only one word can stand. */
const WORD = { fits: (_: SecretKind, value: string) => !/[\s"'`{}]/.test(value) } as const;
/** Where a sign of addresses would have another meaning. */
const IN_ADDRESS = { fits: (_: SecretKind, value: string) => /^[\w.~%!*|$-]+$/.test(value) } as const;
const PASSWORDS = {
  fits: (kind: SecretKind, value: string) => kind.isPassword === true && !/[\s"'`]/.test(value),
} as const;
const LOGIN_TOKENS = {
  fits: (kind: SecretKind, value: string) =>
    (kind.isPassword === true || kind.isRandom === true) && !/[\s"'`:@/]/.test(value),
} as const;
const ALONE = { fits: (kind: SecretKind, value: string) => kind.isRandom === true && !/[\s"'`]/.test(value) } as const;

const SHELL: readonly Notation[] = [
  as('shell-export', (name, value) => `export ${constant(name)}="${value}"`, { lines: 'kept' }),
  as('environment', (name, value) => `${constant(name)}=${value}`, WORD),
  as('runner-environment', (name, value) => ['env:', `  ${constant(name)}: ${value}`, '  CI: true'], WORD),
  as('shell-trace', (name, value) => `++ ${constant(name)}='${value}'`),
  as('prefix-assignment', (name, value) => `$ ${constant(name)}=${value} ./deploy.sh --verbose`, WORD),
  as('powershell', (name, value) => `PS> $env:${constant(name)} = "${value}"`),
  as('set-x', (name, value) => `setx ${constant(name)} "${value}"`),
  as('long-flag', (name, value) => `+ deployctl push --${kebab(name)} ${value} --region eu-1`, WORD),
  as('long-flag-equals', (name, value) => `+ deployctl push --${kebab(name)}=${value} --wait`, WORD),
  as('short-flag', (_, value) => `+ mysql -h db.example.com -u app -p${value} orders < schema.sql`, {
    ...PASSWORDS,
    isTelling: true,
  }),
  as('login-flag', (_, value) => `+ docker login -u shop -p ${value} registry.example.com`, {
    ...LOGIN_TOKENS,
    isTelling: true,
  }),
  as('sshpass', (_, value) => `+ sshpass -p '${value}' scp build.tgz app@host:/srv`, { ...PASSWORDS, isTelling: true }),
  as('curl-user', (_, value) => `+ curl -fsS -u shop:${value} https://repo.example.com/upload`, {
    ...LOGIN_TOKENS,
    isTelling: true,
  }),
  as(
    'curl-header',
    (name, value) => `+ curl -H "X-${kebab(name.map(capital))}: ${value}" https://api.example.com/v1/items`,
    WORD,
  ),
  as('docker-env', (name, value) => `docker run --rm -e ${constant(name)}=${value} shop/cart:dev`, WORD),
  as('docker-file', (name, value) => `Step 4/9 : ENV ${constant(name)} ${value}`, WORD),
  as('build-argument', (name, value) => `#8 [build 3/5] RUN --mount ARG ${constant(name)}=${value} npm ci`, WORD),
  as('helm-set', (name, value) => `helm upgrade shop ./chart --set config.${camel(name)}=${value}`, WORD),
  as('system-property', (name, value) => `java -Dshop.${dotted(name)}=${value} -jar cart.jar`, WORD),
  as('gradle-property', (name, value) => `> ./gradlew publish -P${camel(name)}=${value}`, WORD),
];

const FILES: readonly Notation[] = [
  as('json-line', (name, value) => `  "${camel(name)}": "${value}",`, JSON_TEXT),
  as('json-log', (name, value) => `{"level":"info","msg":"loaded","${snake(name)}":"${value}","attempt":1}`, JSON_TEXT),
  as('json-in-json', (name, value) => `{"body":"{\\"${snake(name)}\\":\\"${value}\\",\\"n\\":1}"}`, WORD),
  as('yaml', (name, value) => ['shop:', `  ${snake(name)}: ${value}`, '  replicas: 2'], WORD),
  as('yaml-quoted', (name, value) => ['settings:', `  ${camel(name)}: '${value}'`]),
  as(
    'yaml-block',
    (name, value) => [`${snake(name)}: |`, ...value.split('\n').map((line) => `  ${line}`), 'replicas: 2'],
    { lines: 'kept' },
  ),
  as('listed-variable', (name, value) => [`- name: ${constant(name)}`, `  value: ${value}`], WORD),
  as(
    'kubernetes-secret',
    (name, value) => ['kind: Secret', 'data:', `  ${kebab(name)}: ${Buffer.from(value).toString('base64')}`],
    { isTelling: true },
  ),
  as('toml', (name, value) => `${snake(name)} = "${value}"`, JSON_TEXT),
  as('ini', (name, value) => ['[remote]', `${snake(name)} = ${value}`], WORD),
  as('properties', (name, value) => `shop.cart.${dotted(name)}=${value}`, WORD),
  as('xml-element', (name, value) => `    <${camel(name)}>${value}</${camel(name)}>`, WORD),
  as('xml-attribute', (name, value) => `<remote host="a.example.com" ${camel(name)}="${value}" retries="3"/>`, WORD),
  as('xml-setting', (name, value) => `<add key="${pascal(name)}" value="${value}" />`, WORD),
  as(
    'jenkins-credential',
    (name, value) => [
      '<StringCredentials>',
      `  <id>${kebab(name)}</id>`,
      `  <secret>${value}</secret>`,
      '</StringCredentials>',
    ],
    { ...WORD, isTelling: true },
  ),
  as('netrc', (_, value) => `machine git.example.com login shop password ${value}`, {
    ...LOGIN_TOKENS,
    isTelling: true,
  }),
  as('npmrc', (_, value) => `//registry.example.com/:_authToken=${value}`, {
    fits: (kind, value) => kind.isRandom === true && !/[\s"'`|:]/.test(value),
    isTelling: true,
  }),
  as('pgpass', (_, value) => `.pgpass: db.example.com:5432:orders:app:${value}`, {
    fits: (kind, value) => kind.isPassword === true && !/[\s:"'`]/.test(value),
    isTelling: true,
  }),
  as('terraform', (name, value) => `      + ${snake(name)} = "${value}"`, JSON_TEXT),
  as('diff', (name, value) => [`-  ${snake(name)}: \${OLD}`, `+  ${snake(name)}: "${value}"`]),
  as('csv', (name, value) => ['name,value,updated', `${snake(name)},${value},2026-11-02`], {
    fits: (_, value) => !/[\s,"'`]/.test(value),
  }),
];

const CODE: readonly Notation[] = [
  as('php-array', (name, value) => `    '${snake(name)}' => '${value}',`),
  as('ruby-hash', (name, value) => `{:host=>"a.example.com", :${snake(name)}=>"${value}", :port=>443}`, WORD),
  as('python-repr', (name, value) => `Config loaded: {'region': 'eu-1', '${snake(name)}': '${value}', 'debug': False}`),
  as('python-argument', (name, value) => `    client = Client(${snake(name)}='${value}', timeout=30)`),
  as('go-struct', (name, value) => `config: {Host:a.example.com ${pascal(name)}:${value} Port:443}`, WORD),
  as('java-object', (name, value) => `Settings{host='a.example.com', ${camel(name)}='${value}', port=443}`),
  as('lombok-object', (name, value) => `RemoteProperties(host=a.example.com, ${camel(name)}=${value}, port=443)`, WORD),
  as(
    'rust-debug',
    (name, value) => `Config { host: "a.example.com", ${snake(name)}: Some("${value}"), port: 443 }`,
    JSON_TEXT,
  ),
  as('javascript-constant', (name, value) => `const ${camel(name)} = '${value}';`),
  as('setter-call', (name, value) => `    remote.set${pascal(name)}("${value}");`, JSON_TEXT),
  as('function-arguments', (name, value) => `    os.environ.setdefault("${constant(name)}", "${value}")`, JSON_TEXT),
  as('go-constant', (name, value) => `	${camel(name)} := "${value}"`, JSON_TEXT),
  as('sql-user', (_, value) => `CREATE USER app IDENTIFIED BY '${value}';`, { ...PASSWORDS, isTelling: true }),
  as('sql-role', (_, value) => `ALTER ROLE app WITH LOGIN PASSWORD '${value}';`, { ...PASSWORDS, isTelling: true }),
  as('clojure-map', (name, value) => `{:host "a.example.com" :${kebab(name)} "${value}" :port 443}`, JSON_TEXT),
  as(
    'assertion',
    (name, value) => [
      `expect(received).toEqual(expected)`,
      `-   "${camel(name)}": "none",`,
      `+   "${camel(name)}": "${value}",`,
    ],
    JSON_TEXT,
  ),
];

const TRAFFIC: readonly Notation[] = [
  as('bearer', (_, value) => `> Authorization: Bearer ${value}`, {
    fits: (kind, value) => kind.isPassword !== true && /^[\w.~+/=|:-]{16,}$/.test(value),
    isTelling: true,
  }),
  as('token-scheme', (_, value) => `"authorization": "Token ${value}"`, {
    fits: (kind, value) => kind.isPassword !== true && /^[\w.~+/=|-]{16,}$/.test(value),
    isTelling: true,
  }),
  as('own-header', (name, value) => `< x-${kebab(name)}: ${value}`, WORD),
  as(
    'query',
    (name, value) => `GET https://api.example.com/v2/items?page=2&${snake(name)}=${value}&limit=50 200`,
    IN_ADDRESS,
  ),
  as('form', (name, value) => `POST /oauth body: grant_type=refresh&${snake(name)}=${value}&scope=all`, IN_ADDRESS),
  as('user-info', (_, value) => `Cloning into 'shop' from https://ci:${value}@git.example.com/shop/cart.git`, {
    ...IN_ADDRESS,
    isTelling: true,
  }),
  as('token-user', (_, value) => `fatal: unable to access 'https://${value}@git.example.com/shop/cart.git/': 403`, {
    fits: (kind, value) => kind.isRandom === true && /^[\w-]+$/.test(value),
    isTelling: true,
  }),
  as('cookie', (name, value) => `Cookie: lang=en; ${snake(name)}=${value}; theme=dark`, IN_ADDRESS),
  as('set-cookie', (name, value) => `< set-cookie: ${camel(name)}=${value}; Path=/; HttpOnly; Secure`, IN_ADDRESS),
  as('multipart', (name, value) => [`Content-Disposition: form-data; name="${snake(name)}"`, '', value], WORD),
];

const PROSE: readonly Notation[] = [
  as('said', (name, value) => `The ${spoken(name)} is ${value}`, WORD),
  as('using', (name, value) => `[DEBUG] Using ${pascal(name)}=${value}`, WORD),
  as('colon', (name, value) => `${title(name)}: ${value}`, WORD),
  as('quoted-message', (name, value) => `error: invalid ${spoken(name)} '${value}' for host a.example.com`),
  as('rejected', (name, value) => `AuthError: server rejected ${spoken(name)} "${value}" (401)`, JSON_TEXT),
  as('generated', (name, value) => `Generated ${spoken(name)}: ${value} (shown once)`, WORD),
  as('logfmt', (name, value) => `level=info ts=1790000000 msg="connected" ${snake(name)}=${value} attempt=2`, WORD),
  as('bracketed', (name, value) => `[INFO ] [${snake(name)}=${value}] connected`, WORD),
  as('table', (name, value) => `| ${spoken(name)} | ${value} |`, WORD),
  as('aligned', (name, value) => `${title(name).padEnd(24)} ${value}`, WORD),
  as('dotted-leader', (name, value) => `${spoken(name)} ........ ${value}`, WORD),
  as('coloured', (name, value) => `\u001b[36m${snake(name)}\u001b[0m=\u001b[33m${value}\u001b[0m`, WORD),
  as('coloured-colon', (name, value) => `\u001b[1m${title(name)}\u001b[22m: \u001b[32m${value}\u001b[39m`, WORD),
  as('set-output', (name, value) => `::set-output name=${snake(name)}::${value}`, WORD),
  as('echoed-alone', (_, value) => `received ${value} from the vault`, ALONE),
  as('in-path', (_, value) => `GET /v1/session/${value}/renew HTTP/1.1" 401`, {
    fits: (kind, value) => kind.isRandom === true && /^[\w-]+$/.test(value),
  }),
  as('next-line', (name, value) => [`${title(name)}:`, `    ${value}`, 'Keep it in a safe place.'], WORD),
  as('array', (name, value) => `${snake(name)}s: ["${value}"]`, JSON_TEXT),
];

/** All notations. */
export const NOTATIONS: readonly Notation[] = [...SHELL, ...FILES, ...CODE, ...TRAFFIC, ...PROSE];
