import { describe, expect, it } from 'vitest';
import { redact } from '../src/redact.ts';

const UUID = ['1b2c3d4e', '5f60', '7182', '93a4', 'b5c6d7e8f901'].join('-');

/** What looks like a secret in healthy logs and is none, by kind. */
const ORDINARY: Readonly<Record<string, readonly string[]>> = {
  'a hash of a package in a path': [
    'include basement-0.0.7-10XMWntHKC49TRIYbXTRxt',
    '/home/runner/.cabal/store/ghc-9.4.7/bytestring-0.11.5.3-a7f3c2b9e8d14f60/lib',
    '/nix/store/7x3kq9fz1d2w8v5m4c6b0n9j8h7g6f5d-openssl-3.0.9/lib/libssl.so: file format not recognized',
    'node_modules/.pnpm/@babel+core@7.23.0_abc123XYZ9qWeRtYuI/node_modules',
    'DerivedData/Shop-gwtkzvqplmrnbxaheyjdoucsfi/Build',
  ],
  'an id of a request to AWS': [
    `START RequestId: ${UUID} Version: $LATEST`,
    `An error occurred (ThrottlingException) (RequestId: ${UUID.toUpperCase()})`,
    'x-amz-request-id: 4K2P9ZQ8WX7Y6V5T',
    `S3 Extended Request ID: ${'Lq3'.repeat(4)}7Vd9sX0pT2uY4wR6eQ8zA1bN5mK3jH7gF9dS2cX4vB6nM8kJ0hG=`,
  ],
  'a symbol that a linker misses': [
    'main.c:(.text+0x1a): undefined reference to `get_user_password_hash_v2`',
    "undefined reference to 'Crypto::decodeToken(std::string const&)'",
  ],
  'a result behind the name of a test': [
    '--- PASS: TestResetPwAndTok (0.03s)',
    '✓ test_pw_reset PASSED',
    'ok 12 - tok_parse: passed',
    'test reset_pw ... ok',
    'test_pw: FAILED',
    'not ok 3 - pw: expected 4 got 5',
  ],
  'a folder of a test': ['/tmp/pytest-of-runner/pytest-0/test_token_refresh0/out.log'],
  'a key of a cache or a digest': [
    'Cache restored from key: Linux-node-8f14e45fceea167a5a36dedd4bea2543',
    'digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  ],
};

describe.each(Object.entries(ORDINARY))('%s', (_, lines) => {
  it.each(lines)('stays: %s', (line) => {
    expect(redact(line).text).toBe(line);
  });
});
