import type { Parley } from '#libs/sdk';
import type { z } from 'zod';

/** What a program may do through the Model Context Protocol. */
export interface McpTool<Input extends z.ZodObject = z.ZodObject> {
  /** In snake case, a verb first. */
  name: string;
  title: string;
  /** What it does and when to use it, for a model: our words only. */
  description: string;
  /** The scope that a key needs for it; who lacks it does not see the tool. */
  scope: string;
  input: Input;
  /** `write` reaches people or changes something; `read` changes nothing. */
  effect: 'read' | 'write';
  /** Whether the answer holds what people outside wrote. */
  isUntrusted: boolean;
  /** Answers JSON. Refusals of the API are thrown. */
  run(parley: Parley, input: z.infer<Input>): Promise<unknown>;
}

/** A tool, with the types of its input checked. */
export function tool<Input extends z.ZodObject>(definition: McpTool<Input>): McpTool {
  return definition;
}
