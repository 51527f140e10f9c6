import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllowedEndpoint, Http, resolveEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import { ENDPOINTS } from '#test/builders/index.ts';

const METADATA = [
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[2002:a9fe:a9fe::]',
  '[fd00:ec2::254]',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0251.0376.0251.0376',
  '025177524776',
  '169.254.43518',
  '169.16689662',
  '169.254.169.254.',
  '１６９.254.169.254',
  'metadata.google.internal',
  'instance-data',
];
const INSIDE = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0.0.0.0',
  '0',
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[fe80::1]',
  '[ff02::1]',
  '100.100.100.200',
  '224.0.0.1',
  '255.255.255.255',
];
const PRIVATE = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '[fc00::1]', '[::ffff:10.0.0.1]'];

const answer = (text: string) => resolveEndpoint(text, ENDPOINTS);

describe('the list of allowed endpoints', () => {
  it.each([...METADATA, ...INSIDE])('never takes %s, listed or not, private or not', (host) => {
    expect(answer(`https://${host}/api/`)).toMatchObject({ kind: 'refused', unlisted: false });
    for (const inside of [false, true]) {
      const listed = AllowedEndpoint.safeParse({ name: 'x', url: `http://${host}/`, private: inside });
      expect(listed.success).toBe(false);
    }
  });

  it.each(PRIVATE)('takes the private address %s only where it is listed as one', (host) => {
    expect(AllowedEndpoint.safeParse({ name: 'x', url: `https://${host}/` }).success).toBe(false);
    expect(AllowedEndpoint.safeParse({ name: 'x', url: `https://${host}/`, private: true }).success).toBe(true);
    expect(answer(`https://${host}/`).kind).toBe('refused');
  });

  it('takes http only for a private host, and a path that says where it ends', () => {
    expect(AllowedEndpoint.safeParse({ name: 'x', url: 'http://jobs.example.com/' }).success).toBe(false);
    expect(AllowedEndpoint.safeParse({ name: 'x', url: 'http://jobs.example.com/', private: true }).success).toBe(true);
    for (const url of [
      'https://jobs.example.com/api',
      'https://jobs.example.com/?a=1',
      'https://u:p@jobs.example.com/',
    ]) {
      expect(AllowedEndpoint.safeParse({ name: 'x', url }).success).toBe(false);
    }
    for (const url of ['ftp://jobs.example.com/', 'file:///etc/passwd', 'javascript:0', 'jobs.example.com/', '']) {
      expect(AllowedEndpoint.safeParse({ name: 'x', url }).success).toBe(false);
    }
  });

  it('takes a name once', () => {
    const endpoint = { name: 'jobs', url: 'https://jobs.example.com/' };
    expect(Http.safeParse({ allowedEndpoints: [endpoint, endpoint] }).success).toBe(false);
    expect(Http.parse(undefined)).toEqual({ allowedEndpoints: [] });
  });

  it('covers what stands below a listed address, by name or as a whole URL', () => {
    expect(answer('jobs:/jobs/nightly?state=failed')).toMatchObject({
      kind: 'allowed',
      url: expect.objectContaining({ href: 'https://jobs.example.com/api/jobs/nightly?state=failed' }),
    });
    expect(answer('https://JOBS.example.com/api/jobs').kind).toBe('allowed');
    expect(answer('inside:/x')).toMatchObject({ kind: 'allowed', endpoint: { private: true } });
  });

  it.each([
    'https://jobs.example.com/apis/jobs',
    'https://jobs.example.com/',
    'https://jobs.example.com:444/api/',
    'http://jobs.example.com/api/',
    'https://jobs.example.com.evil.example/api/',
    'https://jobs.example.com@evil.example/api/',
    'https://user:word@jobs.example.com/api/',
    'https://jobs.example.com/api/../admin',
    'https://jobs.example.com/api/%2e%2e/admin',
    'https://jobs.example.com/api/.%2E/admin',
    'https://jobs.example.com/api/..%2fadmin',
    'https://jobs.example.com/api/%5c..%5cadmin',
    'https://jobs.example.com/api/\\..\\admin',
    'https:\\\\jobs.example.com\\api\\',
    'https://jobs.example.com/api/\t',
    ' https://jobs.example.com/api/',
    'https://jobs.example.com/api/#x',
    'jobs:/../admin',
    'jobs:/x/..',
    'jobs:/./x',
    'jobs:/x/%2E%2e/y',
    'jobs:/x/%252e%252e/y',
    'jobs:/x/..;a=b/y',
    'jobs:/x/%252fy',
    'https://jobs.example.com/api/x/../y',
    'https://jobs.example.com/api/x/%25252e./y',
    'jobs:/..%2fadmin',
    'jobs://evil.example/',
    'jobs:x',
    '//jobs.example.com/api/',
  ])('refuses %j', (text) => {
    expect(answer(text).kind).toBe('refused');
  });

  it('takes a slash in a name, encoded twice, only at an entry that says so, and never a way out of it', () => {
    const entry = { name: 'ci', url: 'https://ci.example.com/jenkins/' };
    const at = (slashesInNames: boolean, path: string) =>
      resolveEndpoint(`ci:/${path}`, [AllowedEndpoint.parse({ ...entry, slashesInNames })]).kind;
    const branch = 'job/shop/job/feature%252Fcart/api/json';
    expect([at(true, branch), at(false, branch)]).toEqual(['allowed', 'refused']);
    for (const path of [
      'job/feature%2Fcart',
      'job/feature%25252Fcart',
      'job/x%252F..%252F..%252Fadmin',
      'job/..%252Fadmin',
      'job/x%252F.',
      'job/x%252F%252e%252e%252Fy',
      'job/x%255Cy',
      'job/x%2500',
    ])
      expect([path, at(true, path)]).toEqual([path, 'refused']);
  });

  describe('when entries overlap', () => {
    const secretOf = (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`;
    const entry = (name: string, url: string) =>
      AllowedEndpoint.parse({ name, url, authorizationSecretArn: secretOf(name) });
    const overlapping = [
      entry('all', 'https://ops.example.com/'),
      entry('api', 'https://ops.example.com/api/'),
      entry('admin', 'https://ops.example.com/api/admin/'),
      entry('twin', 'https://ops.example.com/api/admin/'),
    ];
    const orders = [overlapping, [...overlapping].reverse()];

    it.each(overlapping)('uses the entry that is named, in any order: $name', ({ name }) => {
      for (const path of ['', 'x', 'api/', 'api/admin/', 'admin/users']) {
        for (const order of orders) {
          expect(resolveEndpoint(`${name}:/${path}`, order)).toMatchObject({ kind: 'allowed', endpoint: { name } });
        }
      }
    });

    it('refuses an address that several entries cover, whichever stands first', () => {
      for (const order of orders) {
        expect(resolveEndpoint('https://ops.example.com/api/admin/users', order)).toMatchObject({
          kind: 'refused',
          unlisted: false,
          reason: expect.stringContaining('name the one that is meant'),
        });
        expect(resolveEndpoint('https://ops.example.com/x', order)).toMatchObject({ endpoint: { name: 'all' } });
      }
    });

    it('never goes from one entry to another by what stands in the path', () => {
      const part = fc.constantFrom('..', '.', '%2e', '%252e', 'api', 'admin', ';', '/', '//', 'x', '?', '%2f', '\\');
      fc.assert(
        fc.property(fc.constantFrom(...overlapping), fc.array(part, { maxLength: 8 }), (named, parts) => {
          const found = resolveEndpoint(`${named.name}:/${parts.join('')}`, overlapping);
          if (found.kind === 'refused') return;
          expect(found.endpoint.name).toBe(named.name);
          expect(found.url.href.startsWith(named.url)).toBe(true);
        }),
      );
    });
  });

  it('[D62] never leaves the list, whatever is put together', () => {
    const part = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '..',
      '%2e',
      '%2f',
      '.',
      '#',
      '?',
      'jobs',
      '.example.com',
      'evil.example',
      '[',
      ']',
      '::ffff:',
      '169.254.169.254',
      '2852039166',
      '/api/',
    );
    const bases = ENDPOINTS.map(({ url }) => url);
    fc.assert(
      fc.property(
        // Half begin as a listed address does; otherwise hardly any would be let through.
        fc
          .tuple(fc.constantFrom('', '', ...bases), fc.array(part, { maxLength: 12 }))
          .map(([base, parts]) => base + parts.join('')),
        (text) => {
          const found = answer(text);
          const isListed = found.kind === 'refused' || bases.some((base) => found.url.href.startsWith(base));
          expect(isListed).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('the kind of an address', () => {
  it('is public for what the internet routes', () => {
    for (const text of ['8.8.8.8', '52.1.2.3', '2600:1f18::1', '[2600:1f18::1]'])
      expect(addressKindOf(text)).toBe('public');
  });

  it('is forbidden for what is no address, or one with a zone', () => {
    for (const text of [
      '',
      'a',
      '1.2.3',
      '1.2.3.256',
      '01.2.3.4',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7:8:9',
      '2600::1%eth0',
      '2600:::1',
      '::1.2.3',
    ]) {
      expect(addressKindOf(text)).toBe('forbidden');
    }
  });

  it('is that of the IPv4 address inside, however it is wrapped', () => {
    fc.assert(
      fc.property(fc.ipV4(), (four) => {
        const [a = 0, b = 0, c = 0, d = 0] = four.split('.').map(Number);
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        for (const wrapped of [`::ffff:${four}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`]) {
          expect(addressKindOf(wrapped)).toBe(addressKindOf(four));
        }
      }),
    );
  });
});
