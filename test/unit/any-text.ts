import fc from 'fast-check';

/** Any UTF-16 text, control characters and lone surrogates included. */
export function anyText(maxLength = 400): fc.Arbitrary<string> {
  const ordinary = fc.integer({ min: 0, max: 0x17f });
  const surrogate = fc.integer({ min: 0xd800, max: 0xdfff });
  const unit = fc.oneof(ordinary, surrogate, fc.integer({ min: 0, max: 0xffff }));
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units));
}
