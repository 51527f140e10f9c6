import type { Project } from './project.ts';

/** The sample project in this language. */
export const ruby: Project = {
  language: 'ruby',
  source: {
    path: 'lib/shop/cart.rb',
    text: `require_relative 'line'

module Shop
  class Cart
    def initialize(lines)
      @lines = lines
    end

    def total
      sum = 0
      (0..@lines.size).each do |index|
        sum += @lines[index].price * @lines[index].count
      end
      sum
    end
  end
end
`,
  },
  test: {
    path: 'spec/shop/cart_spec.rb',
    text: `require 'shop/cart'

RSpec.describe Shop::Cart do
  it 'adds its lines' do
    cart = described_class.new([Shop::Line.new(3, 2)])
    expect(cart.total).to eq(6)
  end

  it 'is free when empty' do
    expect(described_class.new([]).total).to eq(0)
    expect(described_class.new([])).to be_truthy
  end

  it 'is near the share' do
    expect(described_class.new([Shop::Line.new(1, 1)]).total / 3.0).to be_within(0.001).of(0.333)
  end
end
`,
  },
};
