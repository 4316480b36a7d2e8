import fc from 'fast-check';

/** What would do something in a shell, in HCL, in Markdown, in JSON or on a terminal, were it not quoted. */
const FRAGMENTS = [
  ...[
    "'",
    '"',
    '`',
    '$(touch owned)',
    '`touch owned`',
    '${HOME}',
    '%{ if true }',
    '$((1+1))',
    '\\',
    "'\\''",
    '!!',
  ],
  ...['\n', '\r\n', '\u0000', '\u0007', '\u001b[2J', '\u2028', '\u202e', '\ud800', '\t', '\u0085'],
  ...[
    '; touch owned #',
    '&& touch owned',
    '| touch owned',
    '> owned',
    '#',
    'END',
    '\nEND\ntouch owned\n',
    '*/',
    '//',
  ],
  ...[
    '{{',
    '}}',
    '${file("/etc/passwd")}',
    '<script>',
    '</script>',
    '](javascript:x)',
    '|',
    '*',
    '_',
    '![x](y)',
    'aws',
  ],
  ...['Łódź', '東京', '👩‍💻', 'O’Neil & Söhne'],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
