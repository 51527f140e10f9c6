import { describe, expect, it } from 'vitest';
import { learnLayouts, messageSpan } from '../../src/templates/line-header.ts';

describe('the message of a line starts', () => {
  it.each([
    ['behind a log4j header', '2024-01-02 03:04:05,678 WARN [main] org.example.Store: ', 'disk is full'],
    ['behind a thread with spaces', '2024-01-02 03:04:05,678 INFO [pool 1 worker] org.example.Store: ', 'ok'],
    ['behind a logback header', '2024-01-02 03:04:05.123  INFO 4242 --- [  main] com.example.App   : ', 'Started'],
    ['behind a Python header', '2024-01-02 03:04:05,678 - root - ERROR - ', 'no such table'],
    ['behind a syslog header', 'Jan  2 03:04:05 host-3 sshd[4711]: ', 'session opened'],
    ['behind an httpd header', '[Tue Jan 02 03:04:05 2024] [error] ', '[client 10.0.0.1] denied'],
    ['behind a logcat header', '01-02 03:04:05.678  1702  2395 D WindowTag: ', 'freezing'],
    ['behind columns with bars', '20240102-03:04:05:678|Step_Counter|30002312|', 'changed 3'],
    ['behind a program and a dash', '[01.02 03:04:05] browser.exe - ', 'opened'],
    ['behind a runner time', '2024-01-02T03:04:05.678Z ', 'npm error code E404'],
    [
      'behind two times',
      '- 1704164645 2024.01.02 R01-M1 2024-01-02-03.04.05.678901 R01-M1 RAS KERNEL INFO ',
      'parity error',
    ],
    ['at once without a time', '', 'INFO Store: disk is full'],
    ['at once when the time is part of the text', '', 'Failed at 12:30:11 to connect'],
    ['before a word like a level', '2024-01-02 03:04:05 ', 'error code 5'],
    ['before an exception', '2024-01-02 03:04:05 ERROR ', 'TypeError: x is not a function'],
  ])('%s', (_, header, message) => {
    expect(messagesOf([header + message])).toEqual([message]);
  });

  it('at once when nothing is behind the time', () => {
    expect(messagesOf(['2024-01-02 03:04:05'])).toEqual(['2024-01-02 03:04:05']);
  });
});

describe('the header of a log', () => {
  const MESSAGES = ['disk is full', 'all is well', 'opened 3 files', 'closing', 'job done: 4 rows'];

  /** Forty lines, each with a message and the header that is made for its number. */
  function aLog(header: (line: number) => string): { lines: string[]; messages: string[] } {
    const messages = Array.from({ length: 40 }, (_, line) => MESSAGES[line % MESSAGES.length] ?? '');
    return { lines: messages.map((message, line) => header(line) + message), messages };
  }
  const clock = (line: number): string => `03:04:${String(line + 10)}`;

  it.each([
    ['columns of words before a level', (line: number) => `- 17041646${line + 10} R${line % 7}-M1 RAS KERNEL INFO `],
    [
      'words before an epoch',
      (line: number) => `${line + 300} node-${line} net.hw ${'ab'.charAt(line % 2)}x.state 17041646${line + 10} 1 `,
    ],
    ['aligned columns', (line: number) => `2024-01-02 ${clock(line)}, Info    ${line % 2 ? 'CBS' : 'CSI'}    `],
    ['a request in brackets', (line: number) => `2024-01-02 ${clock(line)} 77 INFO api.server [req-${line} - - -] `],
    [
      'a column that some lines lack',
      (line: number) => `[01.02 ${clock(line)}] app${line % 3 === 0 ? ' *64' : '.exe'} - `,
    ],
    ['a stream and a flag', (line: number) => `2024-01-02T${clock(line)}Z ${line % 4 ? 'stdout' : 'stderr'} F `],
    ['a service, a bar and a time', (line: number) => `web-${line % 3}  | 2024/01/02 ${clock(line)} `],
    [
      'any length of thread names',
      (line: number) => `2024-01-02 ${clock(line)} INFO [${'pool '.repeat(line % 3)}a] x.Store: `,
    ],
  ])('is learned from its lines: %s', (_, header) => {
    const { lines, messages } = aLog(header);
    expect(messagesOf(lines)).toEqual(messages);
  });

  it('differs where several programs write into one log', () => {
    const { lines, messages } = aLog((line) =>
      line % 2 ? `2024-01-02 ${clock(line)} WARN [main] x.Store: ` : `Jan  2 ${clock(line)} host-3 store[${line}]: `,
    );
    expect(messagesOf(lines)).toEqual(messages);
  });

  it('is only what the line has of it', () => {
    const { lines } = aLog((line) => `2024-01-02 ${clock(line)} INFO x.Store: `);
    const layout = learnLayouts(lines);
    const other = ['  at com.example.Main(Main.java:3)', '2024-01-02 03:04:05 and then'];
    expect(other.map((line) => messageIn(layout, line))).toEqual(['  at com.example.Main(Main.java:3)', 'and then']);
  });

  it('is all but the message in lines of JSON or of pairs', () => {
    const json = [
      `{"ts":1.5,"level":"info","msg":"say \\"hi\\" now","pid":3}`,
      '{"ts":2.5,"level":"warn","msg":"bye","pid":4}',
    ];
    expect(messagesOf(json)).toEqual(['say \\"hi\\" now', 'bye']);
    expect(messagesOf(['time=3 level=info msg="disk is full" pid=4', 'time=5 level=warn msg=bye pid=4'])).toEqual([
      'disk is full',
      'bye',
    ]);
  });

  it('does not exist without a time', () => {
    const { lines } = aLog((line) => `part ${line % 3} of 7: `);
    expect(messagesOf(lines)).toEqual(lines);
  });
});

type Layouts = ReturnType<typeof learnLayouts>;

function messageIn(layouts: Layouts, line: string): string {
  const { start, end } = messageSpan(layouts, line);
  return line.slice(start, end);
}

function messagesOf(lines: readonly string[]): string[] {
  const layout = learnLayouts(lines);
  return lines.map((line) => messageIn(layout, line));
}

describe('a log without times', () => {
  it('has no header, though numbers of its messages have as many digits as a time', () => {
    const requests = Array.from({ length: 100 }, (_, n) => `GET /api/orders/${n} HTTP/1.1" 200 ${485_837 + n}`);
    const others = Array.from({ length: 14 }, (_, n) => `ERROR connection to 10.0.0.${n}:5432 refused`);
    expect(learnLayouts([...requests, ...others])).toEqual([]);
  });
});
