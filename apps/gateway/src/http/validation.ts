import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidInput } from '#libs/faults';

/** Checks bodies and queries by the schema of their parameter; what breaks it becomes `input/invalid` with pointers. */
export function createValidation(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    // A missing body reads as an empty one, so that the pointers name the fields that are missing.
    exceptionFactory: (issues) => invalidInput(issues),
  });
}
