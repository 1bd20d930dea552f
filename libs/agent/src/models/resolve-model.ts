import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { fault } from '#libs/faults';
import type { AgentModel, WorkspaceId } from '#libs/model';
import type { AgentPorts, InstalledModel, ResolvedModel, WebFetch } from '../ports.js';

/** Where the providers are. Named here, because their libraries would look into the environment otherwise. */
const homes = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
} as const;

/**
 * Makes the model that a definition names, with its address and key.
 *
 * @throws Fault `state/not-found` when its secret is not there, or the installation brings no model
 */
export async function resolveModel(
  asked: AgentModel,
  workspaceId: WorkspaceId,
  { fetch, installed, secretOf }: AgentPorts,
): Promise<ResolvedModel> {
  if (asked.provider === 'installation') {
    if (!installed) throw fault('state/not-found', { detail: 'The installation brings no model.' });
    return { model: make(installed, fetch), label: `installation/${installed.name}` };
  }
  const key = asked.key === undefined ? undefined : await secretOf(workspaceId, asked.key);
  if (key === null) throw fault('state/not-found', { detail: `There is no secret “${asked.key}”.` });
  const { provider, name = '', base_url: baseUrl } = asked;
  return { model: make({ provider, name, baseUrl, key }, fetch), label: `${provider}/${name}` };
}

function make(
  { provider, name, baseUrl, key = '' }: InstalledModel,
  fetch: WebFetch,
): ResolvedModel['model'] {
  if (provider === 'anthropic') {
    return createAnthropic({ baseURL: baseUrl ?? homes.anthropic, apiKey: key, fetch })(name);
  }
  // The chat endpoint keeps nothing at the provider between calls.
  if (provider === 'openai') {
    return createOpenAI({ baseURL: baseUrl ?? homes.openai, apiKey: key, fetch }).chat(name);
  }
  const withKey = key === '' ? {} : { apiKey: key };
  const settings = { name: 'compatible', baseURL: baseUrl ?? homes.openai, includeUsage: true, fetch };
  return createOpenAICompatible({ ...settings, ...withKey })(name);
}
