import { describe, expect, it } from 'vitest';
import { messageStart } from '#shared/domain/templates/message-start.ts';

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
    expect(messageStart(header + message)).toBe(header.length);
  });

  it('at once when nothing is behind the time', () => {
    expect(messageStart('2024-01-02 03:04:05')).toBe(0);
  });
});
