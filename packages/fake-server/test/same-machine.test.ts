import { describe, expect, it } from 'vitest';
import { refusalOfHost } from '../src/same-machine.ts';

const PORT = ['', ':80', ':40349'];

describe('the host that a request names', () => {
  it.each(
    ['127.0.0.1', '[::1]', 'localhost', 'LOCALHOST', 'selfheal.localhost', 'a.b-c.localhost'].flatMap((name) =>
      PORT.map((port) => name + port),
    ),
  )('%s is this machine', (host) => {
    expect(refusalOfHost({ host })).toBeNull();
    expect(refusalOfHost({ ':authority': host })).toBeNull();
  });

  it.each([
    ['is missing', ''],
    ['is a name bound to this machine', 'evil.example.com'],
    ['begins like localhost', 'localhost.example.com'],
    ['ends like localhost', 'evillocalhost'],
    ['begins like the loopback address', '127.0.0.1.example.com'],
    ['hides behind a user', 'localhost@evil.example.com'],
    ['hides behind a user with a password', 'a:localhost@evil.example.com:80'],
    ['is any address', '0.0.0.0:40349'],
    ['is any address in IPv6', '[::]'],
    ['is an address of the network', '192.168.0.7'],
    ['is the address of instance metadata', '169.254.169.254'],
    ['has a path', 'evil.example.com/localhost'],
    ['has a fragment', 'evil.example.com#localhost'],
    ['has letters of another script', 'lоcalhost'],
    ['has no sense', 'a b'],
    ['has a port that is none', 'localhost:99999'],
  ])('is refused when it %s', (_what, host) => {
    expect(refusalOfHost({ host })).toContain('is not this machine; use 127.0.0.1 or localhost.');
  });

  it('counts before the header where HTTP/2 says both', () => {
    expect(refusalOfHost({ ':authority': 'evil.example.com', host: 'localhost' })).not.toBeNull();
  });

  it('is cut where it is named, and cannot break the line', () => {
    const refusal = refusalOfHost({ host: `evil\n${'x'.repeat(500)}` });
    expect(refusal?.length).toBeLessThan(200);
    expect(refusal).not.toContain('\n');
  });
});

describe('the page that a request comes from', () => {
  const host = 'localhost:40349';
  it.each([
    ['none', undefined],
    ['one of this machine', 'http://localhost:3000'],
    ['one of the loopback address', 'http://127.0.0.1'],
    ['one of IPv6', 'http://[::1]:8080'],
    ['one of a name under localhost', 'https://app.localhost'],
  ])('is let in: %s', (_what, origin) => {
    expect(refusalOfHost({ host, ...(origin === undefined ? {} : { origin }) })).toBeNull();
  });

  it.each([
    'https://evil.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost@evil.example.com',
    'http://192.168.0.7',
    'null',
    '',
    'localhost',
    'file:///etc/localhost',
    'chrome-extension://localhostabcdef',
  ])('is refused: %s', (origin) => {
    expect(refusalOfHost({ host, origin })).toContain('may not call the local runtime');
  });

  it('is let in from elsewhere only when the deployment lists it, letter by letter', () => {
    const allowed = ['https://approve.example.com'];
    expect(refusalOfHost({ host, origin: 'https://approve.example.com' }, allowed)).toBeNull();
    for (const origin of ['http://approve.example.com', 'https://approve.example.com:8443', 'https://example.com'])
      expect(refusalOfHost({ host, origin }, allowed), origin).not.toBeNull();
  });

  it('does not make up for a foreign host', () => {
    const origin = 'https://approve.example.com';
    expect(refusalOfHost({ host: 'evil.example.com', origin }, [origin])).toContain('The host "evil.example.com"');
  });
});
