import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathPart } from '@selfheal/kernel/path-part.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

/** Commands with an id, a number of ids that lead elsewhere, and what they would reach unencoded. */
const COMMANDS: readonly (readonly string[])[] = [
  ['incident', 'show', 'ID'],
  ['incident', 'explain', 'ID'],
  ['incident', 'acknowledge', 'ID'],
  ['incident', 'resolve', 'ID', '--solution', 'x'],
  ['connection', 'show', 'ID'],
  ['connection', 'rotate', 'ID'],
  ['connection', 'remove', 'ID', '--yes'],
  ['event', 'show', 'ID'],
  ['event', 'replay', 'ID'],
  ['key', 'revoke', 'ID'],
  ['user', 'link', 'ID', '--github', 'octo-dev'],
  ['experiment', 'results', 'ID'],
  ['log', 'watched', 'ID'],
];
const ELSEWHERE = ['../config', '..', 'x/../../keys/0123456789abcdef', '..\\config', 'a/timeline'];
const ODD = ['%2e%2e', 'a?scope=b', 'a#b', 'é'];

describe('an id that somebody types', () => {
  it('reaches no other route: what leads elsewhere is refused by name before anything is sent', async () => {
    const served = await aServedApi();
    for (const command of COMMANDS) {
      for (const id of ELSEWHERE) {
        const args = command.map((part) => (part === 'ID' ? id : part));
        const { code, stderr } = await served.runAs('admin', args);
        expect([code, stderr.toString()], args.join(' ')).toEqual([2, expect.stringMatching(/^selfheal: .+\n$/)]);
      }
    }
    expect(served.requests).toEqual([]);
  });

  it('is looked for as it is where an address would read it otherwise', async () => {
    const served = await aServedApi();
    for (const id of ODD) {
      const { code, stderr } = await served.runAs('admin', ['incident', 'show', id]);
      expect([code, stderr.toString()], id).toEqual([2, expect.stringMatching(/^selfheal: .+\n$/)]);
    }
    expect(served.requests).toEqual(ODD.map((id) => `GET /api/incidents/${id}`));
  });
});

it('an address that answers with a page is named instead of its first character', async () => {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const args of [['incident', 'list'], ['status'], ['incident', 'show', 'gh-68654c59'], ['event', 'list']]) {
    const { code, stderr } = await runCommand(args, '', undefined, { SELFHEAL_URL: url, SELFHEAL_TOKEN: 'x' });
    expect([code, stderr.toString()], args.join(' ')).toEqual([
      2,
      expect.stringMatching(/answered, but not as the API of Selfheal does\. Check the address/),
    ]);
  }
});

it('a part of a path is encoded, or null where it leads elsewhere', () => {
  expect(['gh-1', 'a b', '%2f', 'é', '...', '\ud800'].map(pathPart)).toEqual([
    'gh-1',
    'a%20b',
    '%252f',
    '%C3%A9',
    '...',
    '%EF%BF%BD',
  ]);
  expect(['', '.', '..', '/', 'a/b', '\\', 'a\nb', '\u0000'].map(pathPart)).toEqual(Array(8).fill(null));
});
