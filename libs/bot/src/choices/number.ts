/** One number of up to four digits of any script, with nothing around it but what one puts around a list number. */
const listNumber = /^[\s#№(["'*]*(\p{Nd}{1,4})[\s.)\]"':,;!*]*$/u;
const decimal = /^\p{Nd}$/u;

/**
 * The number that a whole message is: `2`, ` #2. `, `(2)`, `２`, `٢`, `2️⃣`. Neither `-2`, `2%` nor `2 pizzas`.
 *
 * @returns null when the message is anything else
 */
export function listNumberOf(text: string): number | null {
  if (text.length > 40) return null;
  const plain = text.normalize('NFKC').replace(/[\p{Cf}\uFE0F\u20E3]/gu, '');
  const digits = listNumber.exec(plain)?.[1];
  return digits === undefined
    ? null
    : Array.from(digits).reduce((sum, digit) => sum * 10 + digitValue(digit), 0);
}

/** Unicode keeps the ten digits of a script side by side, zero first; two sets may touch each other. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (decimal.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
