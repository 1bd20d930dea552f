import { type ComponentType, createContext, useContext } from 'react';
import type { BotProblem } from '../problems.js';
import type { JsonSchema } from './json-schema.js';

/** What all fields of a form share. */
export interface FormContext {
  root: JsonSchema;
  isOff: boolean;
  problems: readonly BotProblem[];
  /** What can be chosen for a field of a name, such as the flows of the bot for `start_flow`. */
  suggested: Readonly<Record<string, readonly string[]>>;
  /** The control of a part, whatever it is: those with parts of their own show them by it. */
  Field: ComponentType<FieldProps>;
}

/** Given by the form to its fields. */
export const FormContext = createContext<FormContext>({
  root: {},
  isOff: true,
  problems: [],
  suggested: {},
  Field: () => null,
});

/** What one field is made of. */
export interface FieldProps {
  schema: JsonSchema;
  /** The last word of the pointer: what the field is called. */
  name: string;
  /** JSON pointer into the definition. */
  pointer: string;
  value: unknown;
  isRequired: boolean;
  /** Undefined takes the field away. */
  onChange: (value: unknown) => void;
}

/** What is wrong at a place itself. */
export function useErrorAt(pointer: string): string | undefined {
  const { problems } = useContext(FormContext);
  return problems.find((problem) => problem.pointer === pointer)?.message;
}
