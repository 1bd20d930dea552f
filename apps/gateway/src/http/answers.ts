import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { Problem } from '#libs/faults';
import type { z } from 'zod';

/** Says what a route answers with when all is well: for the caller, and for the OpenAPI document. */
export function Answers(status: number, schema: z.ZodType | null, description: string): MethodDecorator {
  const response = { status, description };
  return applyDecorators(
    HttpCode(status),
    ApiResponse(schema ? { ...response, standardSchema: schema } : response),
  );
}

/** One more status that a route can answer with. */
export function AlsoAnswers(status: number, schema: z.ZodType, description: string): MethodDecorator {
  return ApiResponse({ status, standardSchema: schema, description });
}

/** The answer of a route that streams. @param isResumed  it goes on where a client stopped */
export function AnswersEvents(description: string, isResumed = true): MethodDecorator {
  const content = { 'text/event-stream': { schema: { type: 'string' as const } } };
  return applyDecorators(
    HttpCode(200),
    ApiResponse({ status: 200, description, content }),
    ...(isResumed ? [LastEventIdHeader()] : []),
  );
}

const LastEventIdHeader = () =>
  ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The `id` of the last event that was handled: the stream goes on behind it',
  });

/** The answer of a route that streams one JSON document. */
export function AnswersJson(description: string): MethodDecorator {
  const content = { 'application/json': { schema: { type: 'object' as const } } };
  return applyDecorators(HttpCode(200), ApiResponse({ status: 200, description, content }));
}

/** The answer of a route that gives a file. */
export function AnswersFile(description: string): MethodDecorator {
  const content = { '*/*': { schema: { type: 'string' as const, format: 'binary' } } };
  return applyDecorators(HttpCode(200), ApiResponse({ status: 200, description, content }));
}

/** Every route can end in a problem document. */
export const Problems = (): ClassDecorator & MethodDecorator =>
  ApiResponse({
    status: 'default',
    standardSchema: Problem,
    description: 'A problem document; its `type` is a page that says cause, fix and whether to retry',
  });
