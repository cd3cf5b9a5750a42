import fc from 'fast-check';

/** Words from outside, at their worst. */
export const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"\'&<>]]>',
    '&#0;&lt;',
    'W'.repeat(1_024),
    '🚀'.repeat(300),
    '\u202eabc',
    'עברית 12 %',
    '',
  ),
);
