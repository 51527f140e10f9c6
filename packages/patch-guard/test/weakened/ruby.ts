import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const RUBY: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      "  it 'adds its lines' do\n    cart = described_class.new([Shop::Line.new(3, 2)])\n    expect(cart.total).to eq(6)\n  end\n\n",
      '',
    ],
  ],
  [
    'a test becomes a comment',
    'test-deleted',
    ["  it 'adds its lines' do", "=begin\n  it 'adds its lines' do"],
    ['eq(6)\n  end\n', 'eq(6)\n  end\n=end\n'],
  ],
  ['the file ends early', 'test-deleted', ["  it 'is near", "end\n__END__\n  it 'is near"]],
  ['an assertion is deleted', 'assertion-removed', ['    expect(cart.total).to eq(6)\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['    expect(cart.total)', '    # expect(cart.total)']],
  [
    'equality becomes being there',
    'assertion-changed',
    ['expect(cart.total).to eq(6)', 'expect(cart.total).to be_truthy'],
  ],
  ['equality becomes truth', 'assertion-trivial', ['expect(cart.total).to eq(6)', 'expect(true).to be(true)']],
  ['the expected value is another', 'expectation-changed', ['to eq(6)', 'to eq(0)']],
  ['the tolerance is wider', 'tolerance', ['be_within(0.001)', 'be_within(10)']],
  ['it is skipped', 'test-skipped', ["  it 'adds its lines' do", "  xit 'adds its lines' do"]],
  ['it is pending', 'test-skipped', ["  it 'adds its lines' do\n", "  it 'adds its lines' do\n    pending\n"]],
  [
    'it is skipped from within',
    'test-skipped',
    ["  it 'adds its lines' do\n", "  it 'adds its lines' do\n    skip 'later'\n"],
  ],
  ['it is skipped by a mark', 'test-skipped', ["it 'adds its lines' do", "it 'adds its lines', :skip do"]],
  ['another one is singled out', 'test-focused', ["  it 'is free when empty'", "  fit 'is free when empty'"]],
  [
    'another one is singled out by a mark',
    'test-focused',
    ["it 'is free when empty' do", "it 'is free when empty', :focus do"],
  ],
  [
    'it returns early',
    'assertion-bypassed',
    ['    expect(cart.total).to eq(6)', '    next if cart.total != 6\n    expect(cart.total).to eq(6)'],
  ],
  [
    'it is under a condition',
    'assertion-bypassed',
    ['    expect(cart.total).to eq(6)', '    if cart.total == 6\n    expect(cart.total).to eq(6)\n    end'],
  ],
  [
    'it is under a trailing condition',
    'assertion-changed',
    ['expect(cart.total).to eq(6)', 'expect(cart.total).to eq(6) if cart.total == 6'],
  ],
  [
    'it is rescued',
    'swallowed-error',
    [
      '    expect(cart.total).to eq(6)\n',
      '    expect(cart.total).to eq(6)\n  rescue RSpec::Expectations::ExpectationNotMetError\n    nil\n',
    ],
  ],
  [
    'any error will do',
    'swallowed-error',
    ['    expect(cart.total).to eq(6)', '    expect { cart.fail }.to raise_error\n    expect(cart.total).to eq(6)'],
  ],
  ['it is repeated', 'retry-or-timeout', ["it 'adds its lines' do", "it 'adds its lines', retry: 5 do"]],
  ['the run is left', 'assertion-bypassed', ['RSpec.describe', 'at_exit { exit!(0) }\n\nRSpec.describe']],
  [
    'the runner is configured',
    'runner-patched',
    ['RSpec.describe', 'RSpec.configure { |c| c.dry_run = true }\n\nRSpec.describe'],
  ],
  [
    'what is tested is replaced',
    'mock-added',
    [
      '    expect(cart.total).to eq(6)',
      '    allow(cart).to receive(:total).and_return(6)\n    expect(cart.total).to eq(6)',
    ],
  ],
  [
    'what is tested is opened',
    'runner-patched',
    ['RSpec.describe', 'Shop::Cart.class_eval { def total = 6 }\n\nRSpec.describe'],
  ],
  [
    'the linter is silenced',
    'suppression',
    ['    cart = described', '    # rubocop:disable all\n    cart = described'],
  ],
  [
    'the result is written by hand',
    'test-code-changed',
    ['cart = described_class.new([Shop::Line.new(3, 2)])', 'cart = six'],
  ],
];
