import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CausewayError } from '../../client/index.js';
import type { GatewayHono } from '../http/hono-types.js';
import type { Readiness } from '../readiness.js';
import { PROBLEM_STATUS } from './catalogue.js';
import { PROBLEM_MEDIA_TYPE, ProblemError, problemOf, problemOfClient } from './problem.js';

/**
 * Whatever was thrown, as an answer. Only what nobody foresaw is a 500, and only that is logged as an error.
 */
export async function answerError(
  error: unknown,
  context: Context<GatewayHono>,
  readiness: () => Promise<Readiness>,
): Promise<Response> {
  const problem = await whoIsMissing(problemErrorOf(error), readiness);
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

/** Whoever waits in vain for an answer of the worker does not know whether Temporal is there: then that is asked. */
async function whoIsMissing(
  problem: ProblemError,
  readiness: () => Promise<Readiness>,
): Promise<ProblemError> {
  if (problem.code !== 'NoWorker') return problem;
  const { checks } = await readiness();
  if (checks.some(({ name, ok }) => name === 'namespace' && ok)) return problem;
  return new ProblemError('Unreachable', problem.message, { ...problem.more, cause: problem });
}

function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof CausewayError) return problemOfClient(error);
  if (error instanceof HTTPException) return problemOfHttp(error);
  return new ProblemError('InternalError', 'report it with the request id', { cause: error });
}

/** The framework's own refusals. */
function problemOfHttp({ status, message }: HTTPException): ProblemError {
  if (status === 413) return new ProblemError('PayloadTooLarge', 'a body has at most 16 KB');
  if (status === 415)
    return new ProblemError('UnsupportedMediaType', 'send the header Content-Type: application/json');
  return status < 500
    ? new ProblemError('BadRequest', `${message}; send one JSON document`)
    : new ProblemError('InternalError', 'report it with the request id');
}
