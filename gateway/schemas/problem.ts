import { z } from '@hono/zod-openapi';
import { PROBLEM_STATUS, type ProblemCode, type ProblemStatus } from '../problems/catalogue.js';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../problems/problem.js';

function isCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEM_STATUS, text);
}

const problem: z.ZodType<Problem> = z
  .object({
    type: z.string().meta({ format: 'uri', examples: ['urn:causeway:problem:NotFound'] }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEM_STATUS).filter(isCode)),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), problem: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

const DESCRIPTIONS: Partial<Record<ProblemStatus, string>> = {
  400: 'The request is not valid; every wrong field is named',
  401: 'No API key, or none of this gateway',
  403: 'The key has not the scope, or another site made a browser send the request',
  404: 'No such thing, or nothing that this key may see',
  409: 'What there is stands in the way',
  413: 'More than 16 KB',
  415: 'No JSON',
  422: 'The idempotency key was used with another body',
  429: 'Too many requests; the header Retry-After says when to try again',
  503: 'Temporal, a worker or AWS does not answer; the header Retry-After says when to try again',
};

interface ProblemResponse {
  description: string;
  content: { [PROBLEM_MEDIA_TYPE]: { schema: typeof problem } };
}

/** The problems that every route of /v1 can answer with, and those of this one; whatever else goes wrong looks the same. */
export function problems<S extends ProblemStatus = never>(
  ...own: S[]
): Record<401 | 403 | 429 | 503 | S | 'default', ProblemResponse> {
  const response = (status: ProblemStatus | 'default'): ProblemResponse => ({
    description: status === 'default' ? 'Any other problem' : (DESCRIPTIONS[status] ?? 'A problem'),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } },
  });
  const statuses: ProblemStatus[] = [401, 403, 429, 503, ...own];
  return Object.fromEntries(
    [...statuses, 'default' as const].map((status) => [status, response(status)]),
  ) as Record<401 | 403 | 429 | 503 | S | 'default', ProblemResponse>;
}
