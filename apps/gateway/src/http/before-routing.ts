import { fault, problemContentType, toProblem } from '#libs/faults';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers what the router cannot read: a path with a broken escape, or with a segment longer than any identifier.
 * Such a path names nothing. Fastify would answer in a form of its own, past every hook and filter.
 */
export function answerUnreadablePath(publicUrl: string) {
  return (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const met = fault('state/not-found', { detail: 'There is no such path.' });
    void reply
      .header('request-id', request.id)
      .status(met.http)
      .type(`${problemContentType}; charset=utf-8`)
      .send(JSON.stringify(toProblem(met, request.id, { publicUrl })));
  };
}
