import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const ruby: HonestEdits = {
  source: {
    bound: [['(0..@lines.size)', '(0...@lines.size)']],
    import: [["require_relative 'line'", "require 'bigdecimal'\nrequire_relative 'line'"]],
    guard: [['      sum = 0\n', '      return 0 if @lines.empty?\n\n      sum = 0\n']],
    words: [['    def total\n', '    # The sum of the lines, in cents.\n    def total\n']],
  },
  test: {
    'another test': [
      [
        "  it 'is near the share'",
        "  it 'adds more than one line' do\n    cart = described_class.new([Shop::Line.new(1, 2), Shop::Line.new(3, 1)])\n    expect(cart.total).to eq(5)\n  end\n\n  it 'is near the share'",
      ],
    ],
    'another assertion': [
      ['    expect(cart.total).to eq(6)', '    expect(cart.total).to eq(6)\n    expect(cart.total).to be > 5'],
    ],
    'missing import': [["require 'shop/cart'", "require 'shop/cart'\nrequire 'shop/line'"]],
  },
  fresh: {
    path: 'spec/shop/line_spec.rb',
    text: "require 'shop/line'\n\nRSpec.describe Shop::Line do\n  it 'has a price' do\n    expect(described_class.new(3, 2).price).to eq(3)\n  end\nend\n",
  },
};
