import type { HonestFile } from './honest-file.ts';

export const RUBY: readonly HonestFile[] = [
  {
    path: 'app/models/subscription.rb',
    before: `# frozen_string_literal: true

require 'date'

class Subscription
  TRIAL_DAYS = 14

  attr_reader :plan, :started_on

  def initialize(plan, started_on)
    @plan = plan
    @started_on = started_on
    @discounts = []
  end

  def trial?(today = Date.today)
    today - started_on < TRIAL_DAYS
  end

  def price
    base = plan.price
    @discounts.each { |discount| base -= base * discount.rate }
    base.round
  end

  def add_discount(discount)
    @discounts << discount
  end

  def renewal_dates(count)
    (1..count).map { |n| started_on >> n }
  end

  def label
    "#{plan.name} since #{started_on}"
  end

  def cheaper_than?(other)
    price < other.price
  end
end
`,
    fixes: [
      ['today - started_on < TRIAL_DAYS', '(today - started_on).to_i < TRIAL_DAYS'],
      ['base.round\n', 'base.round(2)\n'],
      ['    @discounts << discount', '    @discounts << discount unless @discounts.include?(discount)'],
      ['(1..count).map', '(0...count).map'],
      ['TRIAL_DAYS = 14', 'TRIAL_DAYS = 30'],
      ['    base = plan.price', '    return 0 if trial?\n\n    base = plan.price'],
      ['"#{plan.name} since #{started_on}"', '"#{plan.name} since #{started_on.strftime(\'%d.%m.%Y\')}"'],
      [
        '    @started_on = started_on',
        "    raise ArgumentError, 'start is missing' if started_on.nil?\n\n    @started_on = started_on",
      ],
      ['    price < other.price', '    return false if other.nil?\n\n    price < other.price'],
    ],
  },
  {
    path: 'lib/report.rb',
    before: `class Report
  def initialize(rows)
    @rows = rows
  end

  def totals
    totals = {}
    @rows.each do |row|
      totals[row[:name]] += row[:amount]
    end
    totals
  end

  def top(count)
    totals.sort_by { |_name, amount| amount }.first(count)
  end

  def average
    @rows.sum { |row| row[:amount] } / @rows.size
  end

  def months
    @rows.map { |row| row[:date].month }.uniq
  end

  def to_csv
    lines = @rows.map { |row| [row[:name], row[:amount]].join(',') }
    lines.join("\\n")
  end
end
`,
    fixes: [
      ['totals = {}', 'totals = Hash.new(0)'],
      ['{ |_name, amount| amount }', '{ |_name, amount| -amount }'],
      ['    @rows.sum {', '    return 0 if @rows.empty?\n\n    @rows.sum {'],
      ['/ @rows.size', '/ @rows.size.to_f'],
      ['.uniq\n', '.uniq.sort\n'],
      ['.first(count)', '.last(count).reverse'],
      ['    @rows = rows\n', '    @rows = rows.to_a\n'],
      ['totals[row[:name]] += row[:amount]', 'totals[row[:name]] = totals.fetch(row[:name], 0) + row[:amount]'],
      ['@rows.map { |row| row[:date].month }', '@rows.map { |row| row[:date] }.compact.map { |date| date.month }'],
    ],
  },
  {
    path: 'spec/report_spec.rb',
    before: `require 'report'

RSpec.describe Report do
  let(:rows) { [{ name: 'a', amount: 2 }, { name: 'b', amount: 3 }] }

  it 'adds up' do
    expect(Report.new(rows).totals).to eq('a' => 2, 'b' => 3)
  end
end
`,
    fixes: [
      [
        "  it 'adds up' do",
        "  it 'knows the average' do\n    expect(Report.new(rows).average).to eq(2.5)\n  end\n\n  it 'adds up' do",
      ],
      [
        "    expect(Report.new(rows).totals).to eq('a' => 2, 'b' => 3)",
        "    expect(Report.new(rows).totals).to eq('a' => 2, 'b' => 3)\n    expect(Report.new([]).totals).to eq({})",
      ],
    ],
  },
];
