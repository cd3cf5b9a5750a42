/** Keys whose value is masked whatever it looks like. Compared without case, blanks, dashes and underscores. */
const secretKey =
  /pass(word|wd|phrase)?$|secret|token|apikey|accesskey|privatekey|authorization|^auth$|cookie|session(id)?$|credential|signature|^pin$|writekey/;
const personalKey =
  /e?mail|phone|mobile|^tel$|fax|firstname|lastname|fullname|surname|street|^address|postal|zipcode|birth|ssn|socialsecurity|passport|iban|card|cvc|cvv|^ip(address)?$|latitude|longitude/;

/** Products, libraries and events have names too: a `name` is masked where it is a person's. */
const person = /user|traits|customer|contact|shipping|billing|recipient|person|account|owner|profile|lead|cardholder/;

const MASKED = '[masked]';
const DEPTH = 20;
const LONGEST = 2_000;

/** In order: what is more specific comes first. */
const patterns: readonly [RegExp, string | ((match: string) => string)][] = [
  [/\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '[token]'],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, '[token]'],
  [/\b(?:xox[abposr]-|xapp-|sk_|pk_|rk_|ghp_|gho_|github_pat_|glpat-|AKIA|pw_|whsec_|sgp_)[A-Za-z0-9_-]{6,}/g, '[token]'],
  [/(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/g, '[credentials]'],
  [/[A-Za-z0-9._%+'-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g, '[email]'],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, '[iban]'],
  [/\b\d(?:[ -]?\d){12,18}\b/g, (match) => (isCard(match) ? '[card]' : match)],
  [/\b\d{3}-\d{2}-\d{4}\b/g, '[ssn]'],
  [/(?<![\w.])\+\d[\d\s().-]{6,18}\d(?!\w)/g, '[phone]'],
  [/(?<![\w.-])\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\w-])/g, '[phone]'],
  // A long run of letters and digits mixed is a key more often than a word; provider ids are shorter.
  [/\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b/g, '[token]'],
];

/** Luhn's check digit. */
function isCard(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number).reverse();
  const sum = digits.reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return sum % 10 === 0;
}

/** Half a character at a cut could not be stored. */
const whole = (cut: string): string => cut.replace(/[\uD800-\uDBFF]$/, '');

/**
 * A few letters that tell one secret from another and say nothing about either: keyed, so that nobody can try secrets out. With it
 * `[token]` becomes `[token:9f2a61c0]`, and a changed secret shows as changed.
 */
export type Fingerprint = (secret: string) => string;

/** Letters of a fingerprint: enough that a change is seen. */
const FINGERPRINT = 8;

/** Made with a keyed hash. */
export const fingerprint =
  (sign: (text: string) => string): Fingerprint =>
  (secret) =>
    sign(`secret ${secret}`).slice(0, FINGERPRINT);

/** What stands in the place of a secret. */
const stand = (label: string, secret: string, print: Fingerprint | undefined): string =>
  print ? `${label.slice(0, -1)}:${print(secret)}]` : label;

/** A text with everything that looks personal or secret replaced by what it was. Masked first and cut then: half a secret is one. */
export function maskText(text: string, print?: Fingerprint): string {
  const masked = patterns.reduce((rest, [pattern, to]) => {
    return rest.replace(pattern, (match: string) => {
      const label = typeof to === 'string' ? to : to(match);
      return label === match ? match : stand(label, match, print);
    });
  }, text);
  if (masked.length <= LONGEST) return masked;
  return `${whole(masked.slice(0, LONGEST))}…${print ? stand('[cut]', text, print) : ''}`;
}

/**
 * A copy without personal data and secrets: by key name, by the look of a value, and inside JSON that travels as a string.
 * Deeper than 20 levels is masked as a whole.
 */
export const mask = (value: unknown, print?: Fingerprint): unknown => maskIn(value, 0, '', print);

function maskIn(value: unknown, depth: number, parent: string, print: Fingerprint | undefined): unknown {
  if (depth > DEPTH) return stand(MASKED, JSON.stringify(value) ?? '', print);
  if (typeof value === 'string') return maskString(value, depth, print);
  if (typeof value === 'number') return isCardNumber(value) ? stand('[card]', String(value), print) : value;
  if (Array.isArray(value)) return value.map((item) => maskIn(item, depth + 1, parent, print));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      maskText(key, print),
      isPrivateKey(key, parent) ? maskWhole(item, print) : maskIn(item, depth + 1, key.toLowerCase(), print),
    ]),
  );
}

const isCardNumber = (value: number): boolean =>
  Number.isInteger(value) && value >= 1e12 && /^\d{13,19}$/.test(String(value)) && isCard(String(value));

function isPrivateKey(key: string, parent: string): boolean {
  const plain = key.toLowerCase().replace(/[\s_-]/g, '');
  return secretKey.test(plain) || personalKey.test(plain) || (plain === 'name' && person.test(parent));
}

/** Whether something was there at all is worth seeing. */
const maskWhole = (value: unknown, print: Fingerprint | undefined): unknown =>
  value === null || value === '' || typeof value === 'boolean' ? value : stand(MASKED, JSON.stringify(value) ?? '', print);

/** Masks text that is JSON by its keys and values, any other text by its looks. */
export const maskJson = (text: string): string => String(maskString(text, 0, undefined));

function maskString(text: string, depth: number, print: Fingerprint | undefined): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.stringify(maskIn(JSON.parse(text), depth + 1, '', print));
    } catch {
      // Not JSON after all: masked as the text it is.
    }
  }
  return maskText(text, print);
}
