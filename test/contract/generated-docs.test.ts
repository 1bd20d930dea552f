import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { describeSettings, settingNames } from '#libs/config';
import { describeFaults, faultAreas, faultCodes } from '#libs/faults';
import { renderConfig, renderEnvExample } from '../../tools/docs/render-config.mjs';
import { allJobs } from '#libs/queue';
import { renderErrors } from '../../tools/docs/render-errors.mjs';
import { renderJobs } from '../../tools/docs/render-jobs.mjs';

const root = join(import.meta.dirname, '../..');
const file = (path: string): string => readFileSync(join(root, path), 'utf8');
const asMarkdown = async (text: string, path: string): Promise<string> =>
  format(text, { ...(await resolveConfig(join(root, path))), parser: 'markdown' });

describe('generated pages say what the code says', () => {
  it('docs/config.md', async () => {
    expect(file('docs/config.md')).toBe(await asMarkdown(renderConfig(describeSettings()), 'docs/config.md'));
  });

  it('.env.example', () => {
    expect(file('.env.example')).toBe(renderEnvExample(describeSettings()));
  });

  it('docs/errors.md', async () => {
    expect(file('docs/errors.md')).toBe(
      await asMarkdown(renderErrors(describeFaults(), faultAreas), 'docs/errors.md'),
    );
  });
});

describe('docs/jobs.md', () => {
  it('says what the definitions say', async () => {
    expect(file('docs/jobs.md')).toBe(await asMarkdown(renderJobs(allJobs), 'docs/jobs.md'));
  });

  it('has a heading for every kind of job, and no other', () => {
    const headings = [...file('docs/jobs.md').matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(allJobs.map(({ name }) => name));
  });
});

describe('docs/errors.md', () => {
  it('has a heading for every code, and no heading for a code that is not', () => {
    const headings = [...file('docs/errors.md').matchAll(/^### (.+)$/gm)].map((match) => match[1]);
    expect(headings).toHaveLength(faultCodes.length);
    expect(new Set(headings)).toEqual(new Set(faultCodes));
  });
});

describe('docs/config.md and .env.example', () => {
  it('name every setting once, and nothing else', () => {
    const inPage = [...file('docs/config.md').matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
    const inExample = [...file('.env.example').matchAll(/^#(\w+)=/gm)].map((match) => match[1]);
    expect([inPage.length, inExample.length]).toEqual([settingNames.length, settingNames.length]);
    expect(new Set(inPage)).toEqual(new Set(settingNames));
    expect(new Set(inExample)).toEqual(new Set(settingNames));
  });
});
