// The pages of settings, errors and jobs, and .env.example, from the compiled libraries.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { renderConfig, renderEnvExample } from './docs/render-config.mjs';
import { renderErrors } from './docs/render-errors.mjs';
import { renderJobs } from './docs/render-jobs.mjs';

/** @returns {Promise<Record<string, string>>} path under the root → text */
export async function genDocs(root) {
  const { describeSettings } = await load(root, 'config');
  const { describeFaults, faultAreas } = await load(root, 'faults');
  const { allJobs } = await load(root, 'queue');
  const settings = describeSettings();
  return {
    '.env.example': renderEnvExample(settings),
    'docs/config.md': await asMarkdown(root, renderConfig(settings)),
    'docs/jobs.md': await asMarkdown(root, renderJobs(allJobs)),
    'docs/errors.md': await asMarkdown(root, renderErrors(describeFaults(), faultAreas)),
  };
}

const load = (root, lib) => import(pathToFileURL(path.join(root, `dist/libs/${lib}/src/index.js`)).href);

async function asMarkdown(root, text) {
  const config = await prettier.resolveConfig(path.join(root, 'README.md'));
  return prettier.format(text, { ...config, parser: 'markdown' });
}
