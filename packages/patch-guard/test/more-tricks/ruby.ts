import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const ruby: readonly MoreTrick[] = [
  ['a lambda takes it', ['    expect(cart.total).to eq(6)', '    -> { expect(cart.total).to eq(6) }']],
  ['a text takes it', ['    expect(cart.total).to eq(6)', '    <<~TEXT\n    expect(cart.total).to eq(6)\n    TEXT']],
  ['a quoted text takes it', ['    expect(cart.total).to eq(6)', '    %q(\n    expect(cart.total).to eq(6)\n    )']],
  ['or else', ['    expect(cart.total).to eq(6)', '    expect(cart.total).to eq(6).or be_nil']],
  [
    'a define takes it',
    ['    expect(cart.total).to eq(6)', '    define_singleton_method(:x) do\n    expect(cart.total).to eq(6)\n    end'],
  ],
  [
    'the block is never yielded',
    ['    expect(cart.total).to eq(6)', '    [].each do |one|\n    expect(cart.total).to eq(6)\n    end'],
  ],
];
