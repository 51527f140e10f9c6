import type { OtherStyle } from './other-style.ts';

export const jest: OtherStyle = {
  path: 'test/orders.spec.js',
  text: `'use strict';
const assert = require('node:assert/strict');
const { parse, send } = require('../lib/orders');

describe('orders', function () {
  let queue;

  beforeEach(() => {
    queue = [];
  });

  it('parses an order', function () {
    const order = parse('2x tea');
    assert.deepEqual(order, { count: 2, what: 'tea' });
  });

  it.each([
    ['', 'empty'],
    ['x', 'no count'],
  ])('refuses %s', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it('sends it once', async () => {
    await send(queue, parse('1x tea'));
    expect(queue).toHaveLength(1);
    expect(queue[0]).toMatchInlineSnapshot(\`
      {
        "count": 1,
        "what": "tea",
      }
    \`);
  });

  it('calls back', (done) => {
    send(queue, parse('1x tea'), (error) => {
      assert.equal(error, null);
      done();
    });
  });
});
`,
  hostile: {
    'a case of a table is dropped': [["    ['x', 'no count'],\n", '']],
    'a case of a table is changed': [["['x', 'no count']", "['x', 'empty']"]],
    'a snapshot is rewritten': [['"count": 1,', '"count": 0,']],
    'the callback is called without its assertion': [['      assert.equal(error, null);\n', '']],
    'the callback is called before': [['    send(queue, parse', '    done();\n    send(queue, parse']],
    'a promise is let go': [["    await send(queue, parse('1x tea'));", "    send(queue, parse('1x tea'));"]],
    'deepEqual becomes ok': [["assert.deepEqual(order, { count: 2, what: 'tea' })", 'assert.ok(order)']],
    'deepEqual leaves a field out': [["{ count: 2, what: 'tea' })", '{ count: 2 })']],
    'toThrow takes anything': [['toThrow(reason)', 'toThrow()']],
    'the call does not throw any more': [
      ['expect(() => parse(text)).toThrow(reason)', 'expect(() => parse(text)).not.toThrow()'],
    ],
    'strictness is lost': [["require('node:assert/strict')", "require('node:assert')"]],
    'assert is another one': [["require('node:assert/strict')", "require('./assert')"]],
    'the preparation is emptied': [['    queue = [];\n', '']],
    'the tests of the group never run': [
      ["describe('orders', function () {", "false && describe('orders', function () {"],
    ],
    'the group is a function that nobody calls': [
      ["describe('orders', function () {", "const never = () => describe('orders', function () {"],
    ],
    'the group returns': [['  let queue;', '  return;\n  let queue;']],
    'a loop runs no time': [
      ['    expect(queue).toHaveLength(1);', '    for (const one of [])\n    expect(queue).toHaveLength(1);'],
    ],
    'the assertion is in a label': [
      ['    expect(queue).toHaveLength(1);', '    while (0)\n    expect(queue).toHaveLength(1);'],
    ],
    'an alias for skipping': [["describe('orders'", "const later = it.skip;\ndescribe('orders'"]],
    'it becomes another function': [["describe('orders'", "it = later;\ndescribe('orders'"]],
    'console and process are caught': [
      ["describe('orders'", "process.on('unhandledRejection', () => {});\ndescribe('orders'"],
    ],
    'the test name is one that never matches': [["it('parses an order'", "it.concurrent.skip('parses an order'"]],
    'the expected is what came': [
      ["assert.deepEqual(order, { count: 2, what: 'tea' });", 'assert.deepEqual(order, order);'],
    ],
    'length becomes more or equal': [
      ['expect(queue).toHaveLength(1)', 'expect(queue.length).toBeGreaterThanOrEqual(0)'],
    ],
    'the parameter is renamed away': [
      [
        "    const order = parse('2x tea');",
        "    const parse = () => ({ count: 2, what: 'tea' });\n    const order = parse('2x tea');",
      ],
    ],
    'the product is changed from within': [
      ["describe('orders'", "require('../lib/orders').parse = () => ({ count: 2, what: 'tea' });\ndescribe('orders'"],
    ],
    'a getter stands in': [
      ["describe('orders'", "Object.defineProperty(Array.prototype, 'length', { get: () => 1 });\ndescribe('orders'"],
    ],
  },
  honest: {
    'an await that was missing': [
      ["    send(queue, parse('1x tea'), (error)", "    void send(queue, parse('1x tea'), (error)"],
    ],
    'another case in the table': [["    ['x', 'no count'],", "    ['x', 'no count'],\n    ['0x tea', 'nothing'],"]],
    'another assertion in a callback': [
      ['      assert.equal(error, null);', '      assert.equal(error, null);\n      assert.equal(queue.length, 1);'],
    ],
    'a stricter assertion': [['assert.equal(error, null)', 'assert.strictEqual(error, null)']],
    'another test with a callback': [
      [
        "  it('calls back'",
        "  it('waits for a slow queue', async () => {\n    const slow = { push: async (one) => queue.push(one) };\n    await send(slow, parse('1x tea'));\n    assert.equal(queue.length, 1);\n  });\n\n  it('calls back'",
      ],
    ],
    'blank lines and comments': [['  let queue;\n', '  // Filled by each test.\n  let queue;\n']],
  },
};
