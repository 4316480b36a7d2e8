import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CausewayError } from '../../client/index.js';
import type { GatewayHono } from '../http/hono-types.js';
import { PROBLEM_STATUS } from './catalogue.js';
import { PROBLEM_MEDIA_TYPE, ProblemError, problemOf, problemOfClient } from './problem.js';

/**
 * Whatever was thrown, as an answer. Only what nobody foresaw is a 500, and only that is logged as an error.
 */
export function answerError(error: unknown, context: Context<GatewayHono>): Response {
  const problem = problemErrorOf(error);
  if (problem.code === 'InternalError') {
    const { requestId, log } = context.var;
    log.error({ requestId, err: error }, 'unforeseen');
  }
  return answerProblem(problem, context);
}

export function answerProblem(problem: ProblemError, context: Context<GatewayHono>): Response {
  return context.body(
    JSON.stringify(problemOf(problem, context.var.requestId)),
    PROBLEM_STATUS[problem.code],
    {
      'Content-Type': PROBLEM_MEDIA_TYPE,
      ...problem.more.headers,
    },
  );
}

function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof CausewayError) return problemOfClient(error);
  if (error instanceof HTTPException) return problemOfHttp(error);
  return new ProblemError('InternalError', 'report it with the request id', { cause: error });
}

/** The framework's own refusals. */
function problemOfHttp({ status, message }: HTTPException): ProblemError {
  switch (status) {
    case 400:
      return new ProblemError('BadRequest', `${message}; send one JSON document`);
    case 413:
      return new ProblemError('PayloadTooLarge', 'a body has at most 16 KB');
    case 415:
      return new ProblemError('UnsupportedMediaType', 'send the header Content-Type: application/json');
    default:
      return new ProblemError('InternalError', 'report it with the request id');
  }
}
