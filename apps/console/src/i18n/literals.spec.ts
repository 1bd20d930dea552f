import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const files = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../i18n/**', '!../**/*.spec.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Properties and attributes whose value a person reads or hears. */
const SHOWN = new Set(
  'alt aria-label ariaLabel caption description error label legend message nothingFound placeholder text title'.split(
    ' ',
  ),
);
/** What a person sees but nobody translates: names, keys, and what is typed at a provider as it is. */
const NAMES = new Set(
  'Parley|Bearer |Ctrl|Ctrl K|⌘K|client_id|kid|CSV|JSON|OK|-----BEGIN PUBLIC KEY-----'.split('|'),
);

describe('what a person reads in the console', () => {
  it.each(Object.entries(files))('comes from the words of a language in %s', (path, text) => {
    expect(literalsIn(path, text)).toEqual([]);
  });

  it.each([
    ['text between tags', '<p>Save now</p>'],
    ['an attribute', '<Input placeholder="Your name" />'],
    ['an attribute by a condition', "<Input aria-label={open ? 'Close' : 'Open'} />"],
    ['a child by a condition', "<p>{open && 'It is open'}</p>"],
    ['a property', "notify({ message: 'Saved' })"],
    ['a sentence anywhere', "const words = 'This is a sentence';"],
  ])('is found when it is English in %s', (_, code) => {
    expect(literalsIn('x.tsx', code)).toHaveLength(code.includes('Open') ? 2 : 1);
  });
});

/** The English words of a source that a person would see, each with its line. */
function literalsIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isShown(node) && !NAMES.has(wordsOf(node))) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${line + 1}: ${wordsOf(node)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function wordsOf(node: ts.Node): string {
  if (ts.isJsxText(node)) return node.text.trim();
  return ts.isStringLiteralLike(node) ? node.text : '';
}

function isShown(node: ts.Node): boolean {
  const words = wordsOf(node);
  if (!/\p{L}{2}/u.test(words)) return false;
  if (ts.isJsxText(node)) return true;
  if (isSentence(words)) return true;
  // An attribute or a child shows whatever its expression comes to; a property only what begins like words.
  const place = placeOf(node);
  if (place === 'child') return true;
  return SHOWN.has(place) && (ts.isJsxAttribute(node.parent) || /^\p{Lu}|\s/u.test(words));
}

/** The name of the attribute or property that a literal is the value of, or `child` between tags. */
function placeOf(node: ts.Node): string {
  const { parent } = node;
  if (ts.isJsxAttribute(parent)) return parent.name.getText();
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node ? nameOf(parent.name) : '';
  if (ts.isJsxExpression(parent)) return ts.isJsxAttribute(parent.parent) ? placeOf(parent) : 'child';
  const isBranch = ts.isConditionalExpression(parent) && parent.condition !== node;
  const isLast = ts.isBinaryExpression(parent) && parent.right === node && isChoice(parent);
  return isBranch || isLast || ts.isParenthesizedExpression(parent) ? placeOf(parent) : '';
}

function isChoice({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

function nameOf(name: ts.PropertyName): string {
  return ts.isStringLiteralLike(name) ? name.text : name.getText();
}

function isSentence(words: string): boolean {
  return /^\p{Lu}\p{Ll}* [\p{L}’']+(?: |$|[.,:!?])/u.test(words) && !/[{}<>$/\\"]/.test(words);
}
