const cardLike = /(?<![\p{L}\d_-])[2-6]\d{3}(?:[ .-]?\d){9,15}(?![\p{L}\d_-])/gu;
const ibanLike = /(?<![\p{L}\d_-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![\p{L}\d_-])/gu;
const phoneLike = /(?<![\p{L}\d])\+[1-9](?:[ ().-]{0,2}\d){7,14}(?![\p{L}\d])/gu;

/**
 * A text without the numbers of cards (Luhn), accounts (IBAN, mod 97) and telephones (`+` and country code): words of other
 * people's systems, such as an error of a provider, can hold what somebody wrote. Numbers without a valid check digit stay.
 *
 * What bots hide from models is found in more spellings; a log line has none of a person.
 */
export function hidePrivateNumbers(text: string): string {
  if (!/\d{4}/.test(text)) return text;
  return text
    .replace(ibanLike, (found) => (isIban(found) ? '[iban]' : found))
    .replace(cardLike, (found) => (isCard(found) ? '[card]' : found))
    .replace(phoneLike, '[phone]');
}

/** @see ISO/IEC 7812-1: the last digit by Luhn's formula */
function isCard(written: string): boolean {
  let sum = 0;
  for (const [index, digit] of written.replace(/\D/g, '').split('').toReversed().entries()) {
    const value = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** @see ISO 13616: the first four signs moved to the end, letters as 10–35, the number modulo 97 is 1 */
function isIban(written: string): boolean {
  const compact = written.replaceAll(' ', '');
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const value = /\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 55;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
