import type { OtherStyle } from './other-style.ts';

export const minitest: OtherStyle = {
  path: 'test/models/order_test.rb',
  text: `require 'minitest/autorun'
require 'shop/order'

class OrderTest < Minitest::Test
  def setup
    @order = Order.parse('2x tea')
  end

  def test_counts
    assert_equal 2, @order.count
    refute_nil @order.what
  end

  def test_refuses
    assert_raises(ArgumentError) { Order.parse('') }
  end
end
`,
  hostile: {
    'the class is another': [['OrderTest < Minitest::Test', 'OrderTest < Object']],
    'a test returns': [['    assert_equal 2', '    return\n    assert_equal 2']],
    'a test returns unless': [['    assert_equal 2', '    return unless @order.count == 2\n    assert_equal 2']],
    'equal becomes truth': [['assert_equal 2, @order.count', 'assert @order.count']],
    'equal to itself': [['assert_equal 2, @order.count', 'assert_equal @order.count, @order.count']],
    'a rescue at its end': [
      [
        "    assert_raises(ArgumentError) { Order.parse('') }",
        "    assert_raises(ArgumentError) { Order.parse('') }\n  rescue StandardError\n    true",
      ],
    ],
    'the set-up gives the answer': [["@order = Order.parse('2x tea')", '@order = Struct.new(:count, :what).new(2, 1)']],
    'a test is private': [['  def test_counts', '  private\n\n  def test_counts']],
    'a method is taken away': [['  def test_refuses', '  undef_method :test_counts\n\n  def test_refuses']],
    'unless true': [['    assert_equal 2, @order.count\n', '    assert_equal 2, @order.count unless true\n']],
  },
  honest: {
    'equal for not nil': [['refute_nil @order.what', "assert_equal 'tea', @order.what"]],
    'another test': [
      [
        '  def test_refuses',
        "  def test_trims\n    assert_equal 3, Order.parse(' 3x tea').count\n  end\n\n  def test_refuses",
      ],
    ],
  },
};
