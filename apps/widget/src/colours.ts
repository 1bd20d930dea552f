/**
 * Which of near-black and white can be read better on a colour.
 *
 * @param colour  `#rrggbb`
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio (read 2026-11-21)
 */
export function inkOn(colour: string): '#ffffff' | '#10181b' {
  const light = luminanceOf(colour);
  const onWhite = 1.05 / (light + 0.05);
  const onInk = (light + 0.05) / (luminanceOf('#10181b') + 0.05);
  // White looks calmer on a strong colour, as long as it can be read.
  return onWhite >= 4.5 || onWhite >= onInk ? '#ffffff' : '#10181b';
}

/** Contrast of two colours, 1–21. */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
