import { describe, expect, it } from 'vitest';
import { makeTemplateMiner } from '../../src/templates/template-miner.ts';

/** The template of each line after all were learnt. */
function templatesOf(lines: readonly string[]): string[] {
  const miner = makeTemplateMiner();
  for (const line of lines) miner.add(line);
  miner.refine();
  return lines.map((line) => miner.match(line).template);
}

describe('a template', () => {
  it.each([
    ['numbers and addresses', 'worker 7 connected to 10.1.2.3:8080', 'worker <*> connected to <*>'],
    ['paths and URLs', 'copied /srv/a/b.txt to https://cdn.example.com/b.txt', 'copied <*> to <*>'],
    ['identifiers in hexadecimal', 'commit 9f8e7d6c5b4a at 0x7ffe', 'commit <*> at <*>'],
    ['addresses with colons', 'lease for 00:1b:44:11:3a:b7 and fe80::1:2:3:4', 'lease for <*> and <*>'],
    ['dates in words', 'expires on Mon Jun 13 07:00:01 2022 at last', 'expires on <*> at last'],
    ['host names', 'resolved build.example.net quickly', 'resolved <*> quickly'],
    ['booleans and nothing', 'cache enabled: true, parent: null', 'cache enabled: <*>, parent: <*>'],
    ['numbers of things', 'started #3 on CPU#2', 'started #<*> on CPU#<*>'],
    ['quantities with their units', 'took 35 ms of 2.5 GB', 'took <*> ms of <*> GB'],
  ])('has wildcards for %s', (_, line, template) => {
    expect(templatesOf([line])).toEqual([template]);
  });

  it('keeps package names, short names with a digit and source files with their line', () => {
    const line = 'org.example.Main uses md5 and log4j in Main.java';
    expect(templatesOf([line])).toEqual([line]);
  });

  it('is one for quantities in different units and restated ones', () => {
    const lines = ['sent 15 bytes, took <1 sec', 'sent 2048 bytes (2.0 KB), took 00:12', 'sent 3 MB, took 7 min'];
    expect(new Set(templatesOf(lines))).toEqual(new Set(['sent <*>, took <*>']));
  });

  it('is one for lists of any length', () => {
    expect(new Set(templatesOf(['evicting 11 12 13 now', 'evicting 17 now']))).toEqual(new Set(['evicting <*> now']));
  });

  it('takes names behind a word that announces them as values once three are seen', () => {
    const lines = ['login of user anna failed', 'login of user bert failed', 'login of user cleo failed'];
    expect(new Set(templatesOf(lines.slice(0, 2))).size).toBe(2);
    expect(new Set(templatesOf(lines))).toEqual(new Set(['login of user <*> failed']));
  });

  it('knows names from elsewhere: two are then enough', () => {
    const learnt = ['anna', 'bert', 'cleo'].map((name) => `login of user ${name} failed`);
    const lines = ['locked account anna today', 'locked account cleo today'];
    expect(new Set(templatesOf(lines)).size).toBe(2);
    expect(new Set(templatesOf([...learnt, ...lines]).slice(3))).toEqual(new Set(['locked account <*> today']));
  });

  it('takes values of keys apart from the key once two are seen', () => {
    expect(new Set(templatesOf(['reload mode=fast', 'reload mode=slow']))).toEqual(new Set(['reload mode=<*>']));
  });

  it('is one for pairs of which every value varies, with one value or none or many', () => {
    const names = ['ann', 'bea', 'cyd', 'dot', 'eve', 'fay'];
    const lines = names.map(
      (name, at) => `user=${name} from="${names[5 - at]} ${name}" roles=[${names.slice(0, at).join(', ')}]`,
    );
    expect(new Set(templatesOf(lines))).toEqual(new Set(['user=<*> from="<*> <*>" roles=[<*>]']));
  });

  it('is one where a value has another form: none, a word or a number', () => {
    const lines = ['1', 'null', 'none', '', '0x1f'].map((value) => `closed handle=${value} of port 3`);
    expect(new Set(templatesOf(lines))).toEqual(new Set(['closed handle=<*> of port <*>']));
  });

  it('is one for two words that vary at once', () => {
    const names = ['ann', 'bea', 'cyd', 'dot', 'eve', 'fay', 'gil', 'hal'];
    const lines = names.map((name, at) => `moved ${name} beyond ${names[(at * 3 + 1) % 8]} without asking`);
    expect(new Set(templatesOf(lines))).toEqual(new Set(['moved <*> beyond <*> without asking']));
  });

  it('takes what is in quotes or brackets behind a key as one value', () => {
    const lines = [
      'open tag="Main Window", source=null, id=1',
      'open tag="Dialog", source=null, id=2',
      'open tag="Dialog", source=Work{10113}, id=3',
    ];
    expect(new Set(templatesOf(lines))).toEqual(new Set(['open tag="<*>", source=<*>, id=<*>']));
  });

  it('keeps apart what the message of a JSON line says', () => {
    const lines = ['disk full', 'all is well', 'request done'].map((text, at) => `{"msg":"${text}","user":"u${at}x"}`);
    expect(new Set(templatesOf(lines)).size).toBe(3);
  });

  it('keeps states in capitals and first words apart', () => {
    const states = ['NEW', 'READY', 'RUNNING', 'DONE', 'FAILED'].map((state) => `job 7 is now ${state} again`);
    const services = ['alpha', 'beta', 'gamma', 'delta'].map((name) => `${name} startup succeeded`);
    expect(new Set(templatesOf([...states, ...services])).size).toBe(9);
  });

  it('reads a word like the values it stands beside', () => {
    expect(new Set(templatesOf(['listening on 0.0.0.0:80', 'listening on localhost']))).toEqual(
      new Set(['listening on <*>']),
    );
  });

  it('leaves out what is before the message', () => {
    const lines = [
      '2024-01-02 03:04:05,678 WARN [main] org.example.Store: disk is full',
      'Jan  2 03:04:05 host-3 store[4711]: disk is full',
    ];
    expect(new Set(templatesOf(lines))).toEqual(new Set(['disk is full']));
  });
});
