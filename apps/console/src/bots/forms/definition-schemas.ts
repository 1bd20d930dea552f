import { z } from 'zod';
import {
  AgentSettings,
  BusinessHours,
  CsatSettings,
  Guardrails,
  HandoffSettings,
  HttpTool,
  McpServer,
  Menu,
  SecretName,
  Understanding,
} from '#libs/model';
import type { JsonSchema } from './json-schema.js';

/** The schema that the server judges by, as what is to be written; a secret is known by standing where its name does. */
function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as unknown) === SecretName) jsonSchema['x-stands-for'] = 'secret';
    },
  }) as JsonSchema;
}

/** The parts of a bot whose forms are made from their schemas. */
export const definitionSchemas = {
  agent: schemaOf(AgentSettings),
  tools: schemaOf(z.array(HttpTool)),
  mcp_servers: schemaOf(z.array(McpServer)),
  understanding: schemaOf(Understanding),
  menus: schemaOf(z.array(Menu)),
  guardrails: schemaOf(Guardrails),
  hours: schemaOf(BusinessHours),
  handoff: schemaOf(HandoffSettings),
  csat: schemaOf(CsatSettings),
} as const;

/** The name of a part. */
export type PartName = keyof typeof definitionSchemas;
