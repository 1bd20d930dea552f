import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const built = path.resolve(import.meta.dirname, '../../dist/apps/widget');

describe('the files of the widget', () => {
  const sizeOf = (prefix: string): number => {
    const name = readdirSync(built).find((each) => each.startsWith(prefix));
    return gzipSync(readFileSync(path.join(built, name ?? ''))).length;
  };

  it('are small: the loader at most 1.5 kB, the app at most 20 kB, the window at most 14 kB', () => {
    expect(sizeOf('widget.js')).toBeLessThanOrEqual(1_500);
    expect(sizeOf('app-')).toBeLessThanOrEqual(20_000);
    expect(sizeOf('panel-')).toBeLessThanOrEqual(14_000);
  });

  it('never write HTML', () => {
    const code = readdirSync(built)
      .map((name) => readFileSync(path.join(built, name), 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });
});
